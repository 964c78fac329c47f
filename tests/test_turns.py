import numpy as np
import pytest
import torch
from torch import nn

from helpers.measures import Turns
from helpers.networks import replicate


def test_turns_and_lengths_of_weights_that_are_turned_by_hand():
    network = replicate(lambda: nn.Linear(2, 1), copies=1, seed=0)
    weight, angles = network.linears()[0].weight, (0.0, 30.0, 30.001, 210.001)
    turns = Turns(weight)
    for angle, length in zip(angles, (1.0, 2.0, 3.0, 0.5), strict=True):
        weight.data = length * torch.tensor([[[np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))]]], dtype=weight.dtype)
        network(torch.ones(1, 1, 2, dtype=weight.dtype)).sum().backward()
    np.testing.assert_allclose(turns.lengths()[:, 0, 0], [1, 2, 3, 0.5], rtol=1e-5)
    np.testing.assert_allclose(turns.degrees()[:, 0, 0], [30, 0.001, 180], rtol=0.02)


def test_a_weight_of_one_network_is_refused():
    with pytest.raises(ValueError, match="copies, units, inputs"):
        Turns(nn.Linear(2, 1).weight)
