from functools import partial

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.measures import predicted_decrease
from helpers.networks import plain_copy, replicate


def make(batch_norm):
    normalization = [nn.BatchNorm1d(5)] if batch_norm else []
    return nn.Sequential(nn.Linear(4, 5), *normalization, nn.ReLU(), nn.Linear(5, 3)).double()


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    return rng.normal(size=(2, 12, 4)), rng.integers(3, size=(2, 12))


@pytest.mark.parametrize("batch_norm", [False, True])
def test_it_is_the_decrease_of_a_plain_step_over_rate_times_squared_gradient(examples, batch_norm):
    network = replicate(partial(make, batch_norm), 2, seed=3)
    found = predicted_decrease(network, *examples, predicted=0.2, alone=True)
    for k in range(2):
        x, y = torch.tensor(examples[0][k]), torch.tensor(examples[1][k])

        def step(names, k=k, x=x, y=y):
            plain = plain_copy(network, k).train()
            loss = F.cross_entropy(plain(x), y)
            loss.backward()
            predicted = found["rate"][k] * sum(p.grad.square().sum() for p in plain.parameters())
            with torch.no_grad():
                for name, p in plain.named_parameters():
                    if name[0] in names:
                        p -= found["rate"][k] * p.grad
                return loss.item(), predicted.item(), (loss - F.cross_entropy(plain(x), y)).item()

        first, last = ("01", "3") if batch_norm else ("0", "2")
        loss, predicted, together = step(first + last)
        assert found["loss"][k] == pytest.approx(loss)
        assert predicted == pytest.approx(0.2 * loss)
        assert found["together"][k] == pytest.approx(together / predicted)
        assert found["alone"][k] == pytest.approx((step(first)[2] + step(last)[2]) / predicted)


def test_a_tiny_step_does_what_the_gradient_predicts(examples):
    found = predicted_decrease(replicate(partial(make, True), 2, seed=0), *examples, predicted=1e-5, alone=True)
    np.testing.assert_allclose(found["together"], 1, atol=1e-3)
    np.testing.assert_allclose(found["alone"], 1, atol=1e-3)


def test_the_network_is_left_as_it_was(examples):
    network = replicate(partial(make, True), 2, seed=0).eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    predicted_decrease(network, *examples, alone=True)
    assert not network.training
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert all(p.grad is None for p in network.parameters())


def test_it_works_where_gradients_are_off(examples):
    with torch.no_grad():  # as in the `measure` of train()
        assert set(predicted_decrease(replicate(partial(make, False), 2, seed=0), *examples)) == {"loss", "rate", "together"}


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        ({"predicted": 0}, "expected a part of the loss between 0 and 1"),
        ({"x": np.zeros((3, 12, 4))}, r"expected \(N, F\), or \(2, N, F\)"),
        ({"y": np.zeros((2, 11), int)}, r"y \(2, 11\)"),
    ],
)
def test_bad_input_is_explained(examples, change, fragment):
    arguments = {"x": examples[0], "y": examples[1], **change}
    with pytest.raises(ValueError, match=fragment):
        predicted_decrease(replicate(partial(make, False), 2, seed=0), **arguments)


def test_without_the_curvature_of_the_loss_a_linear_network_does_what_was_predicted(examples):
    network = replicate(lambda: nn.Linear(4, 3).double(), 2, seed=0)
    assert predicted_decrease(network, *examples, linear_loss=True)["together"] == pytest.approx([1, 1])
    assert (predicted_decrease(network, *examples)["together"] < 0.99).all()


def test_without_the_curvature_of_the_loss_it_is_the_change_of_weighted_outputs(examples):
    network = replicate(partial(make, True), 2, seed=3)
    found = predicted_decrease(network, *examples, predicted=0.2, alone=True, linear_loss=True)
    x, y = torch.tensor(examples[0][1]), torch.tensor(examples[1][1])
    plain = plain_copy(network, 1).train()
    outputs = plain(x)
    [slopes] = torch.autograd.grad(F.cross_entropy(outputs, y), outputs, retain_graph=True)
    F.cross_entropy(outputs, y).backward()
    with torch.no_grad():
        for p in plain.parameters():
            p -= found["rate"][1] * p.grad
        decrease = ((outputs - plain(x)) * slopes).sum()
    assert found["together"][1] == pytest.approx(decrease.item() / (0.2 * found["loss"][1]))
    assert found["alone"][1] != pytest.approx(found["together"][1], abs=1e-3)
