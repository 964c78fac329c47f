"""Networks of linear layers from a named start."""

import pytest
import torch
from torch import nn

from helpers.networks import fully_connected


def names(network):
    return [type(layer).__name__ for layer in network]


def test_layers_come_in_the_order_of_the_2015_paper():
    assert names(fully_connected((64, 50, 20, 10))) == ["Linear", "ReLU", "Linear", "ReLU", "Linear"]
    assert names(fully_connected((64, 50, 10), norm=nn.BatchNorm1d)) == ["Linear", "BatchNorm1d", "ReLU", "Linear"]
    assert names(fully_connected((64, 10), norm=nn.BatchNorm1d)) == ["Linear"]
    assert names(fully_connected((3, 5, 2), nonlinearity=nn.Tanh)) == ["Linear", "Tanh", "Linear"]


def test_widths_are_those_asked_for():
    network = fully_connected((64, 50, 20, 10), norm=nn.BatchNorm1d)
    assert network(torch.ones(7, 64)).shape == (7, 10)
    assert [layer.num_features for layer in network if isinstance(layer, nn.BatchNorm1d)] == [50, 20]


def test_he_start_keeps_the_mean_square_of_relu_layers():
    torch.manual_seed(0)
    network = fully_connected((400, 400, 400, 10))
    hidden = [layer for layer in network if isinstance(layer, nn.Linear)][:-1]
    for layer in hidden:
        assert layer.bias.abs().max() == 0
        assert layer.weight.var().item() == pytest.approx(2 / 400, rel=0.03)


def test_centred_start_gives_mean_0_and_standard_deviation_1():
    torch.manual_seed(0)
    z = torch.randn(5000, 400)
    for layer in fully_connected((400, 400, 400, 400, 10), start="centred")[:-1]:
        z = layer(z)
        if isinstance(layer, nn.Linear):
            over_pictures = z.mean(0)  # of each unit
            assert over_pictures.abs().mean() < 0.1
            assert z.std(0).mean().item() == pytest.approx(1, abs=0.05)


def test_pytorch_start_is_that_of_nn_linear():
    torch.manual_seed(3)
    network = fully_connected((5, 4, 2), start="PyTorch")
    torch.manual_seed(3)
    for layer, expected in zip((network[0], network[2]), (nn.Linear(5, 4), nn.Linear(4, 2)), strict=True):
        assert torch.equal(layer.weight, expected.weight) and torch.equal(layer.bias, expected.bias)


def test_what_cannot_be_made_is_named():
    with pytest.raises(ValueError, match=r"sizes is \[64\]; expected inputs"):
        fully_connected((64,))
    with pytest.raises(ValueError, match="start is 'Xavier'; expected 'He', 'centred', 'PyTorch'"):
        fully_connected((64, 10), start="Xavier")
