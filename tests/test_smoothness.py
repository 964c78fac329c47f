from functools import partial

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from helpers.measures import along_step, gradient_change
from helpers.networks import plain_copy, replicate

LENGTHS = (0.5, 2.0)


def make(batch_norm):
    normalization = [nn.BatchNorm1d(5)] if batch_norm else []
    return nn.Sequential(nn.Linear(4, 5), *normalization, nn.Tanh(), nn.Linear(5, 5), nn.Tanh(), nn.Linear(5, 3)).double()


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    return rng.normal(size=(2, 12, 4)), rng.integers(3, size=(2, 12))


def loss_and_gradient(network, x, y):
    loss = F.cross_entropy(network(torch.tensor(x)), torch.tensor(y))
    return loss.item(), parameters_to_vector(torch.autograd.grad(loss, list(network.parameters()))).detach()


@pytest.mark.parametrize("batch_norm", [False, True])
def test_along_the_step_everything_is_as_for_a_plain_network(examples, batch_norm):
    network, rates = replicate(partial(make, batch_norm), 2, seed=3), [0.3, 0.7]
    found = along_step(network, *examples, rates, LENGTHS)
    for k in range(2):
        plain = plain_copy(network, k).train()
        start = parameters_to_vector(plain.parameters()).detach()
        loss, gradient = loss_and_gradient(plain, examples[0][k], examples[1][k])
        assert found["loss"][k] == pytest.approx(loss)
        assert found["gradient"][k] == pytest.approx(gradient.norm().item())
        losses, quotients = [], []
        for j, length in enumerate(LENGTHS):
            vector_to_parameters(start - length * rates[k] * gradient, plain.parameters())
            there, turned = loss_and_gradient(plain, examples[0][k], examples[1][k])
            change, distance = (turned - gradient).norm().item(), length * rates[k] * gradient.norm().item()
            assert found["losses"][k, j] == pytest.approx(there)
            assert found["changes"][k, j] == pytest.approx(change)
            losses.append(there), quotients.append(change / distance)
        assert found["range"][k] == pytest.approx(max(losses) - min(losses))
        assert found["smoothness"][k] == pytest.approx(max(quotients))
        weights = [p for name, p in plain_copy(network, k).named_parameters() if p.ndim == 2]
        assert found["weights"][k] == pytest.approx(parameters_to_vector(weights).norm().item())


def test_smoothness_of_a_parabola_is_its_curvature():
    """Without hidden layers and for tiny steps, the change per distance is that of the Hessian along the gradient."""
    network = replicate(lambda: nn.Sequential(nn.Linear(2, 2, bias=False)).double(), 1, seed=0)
    x, y = torch.randn(1, 30, 2, dtype=torch.float64), torch.zeros(1, 30, dtype=torch.int64)
    plain = plain_copy(network, 0)
    weight = plain[0].weight.detach()

    def loss(w):
        return F.cross_entropy(x[0] @ w.view(2, 2).T, y[0])

    gradient = torch.autograd.functional.jacobian(loss, weight.flatten())
    hessian = torch.autograd.functional.hessian(loss, weight.flatten())
    found = along_step(network, x, y, 1e-5, [1.0])
    assert found["smoothness"][0] == pytest.approx((hessian @ gradient).norm().item() / gradient.norm().item(), rel=1e-3)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_the_gradient_change_is_that_of_a_plain_network_with_the_layers_below_moved(examples, batch_norm):
    network = replicate(partial(make, batch_norm), 2, seed=3)
    found = gradient_change(network, *examples, 0.4)
    linear = [0, 3, 5] if batch_norm else [0, 2, 4]
    for k in range(2):
        plain = plain_copy(network, k).train()
        x, y = torch.tensor(examples[0][k]), torch.tensor(examples[1][k])
        names = [name for name, _ in plain.named_parameters()]
        before = dict(zip(names, torch.autograd.grad(F.cross_entropy(plain(x), y), list(plain.parameters())), strict=True))
        for number, layer in enumerate(linear):
            changed = plain_copy(network, k).train()
            with torch.no_grad():
                for name, p in changed.named_parameters():
                    place = max(i for i in range(len(linear)) if linear[i] <= int(name[0]))
                    if place < number:
                        p -= 0.4 * before[name]
            after = torch.autograd.grad(F.cross_entropy(changed(x), y), [changed[layer].weight])[0]
            one = before[f"{layer}.weight"]
            assert found["before"][number, k] == pytest.approx(one.norm().item())
            assert found["change"][number, k] == pytest.approx((after - one).norm().item(), abs=1e-12)
            assert found["cosine"][number, k] == pytest.approx(F.cosine_similarity(one.flatten(), after.flatten(), dim=0).item())


def test_the_first_layer_has_none_below(examples):
    found = gradient_change(replicate(partial(make, True), 2, seed=0), *examples, 0.4)
    np.testing.assert_allclose(found["change"][0], 0, atol=1e-12)
    np.testing.assert_allclose(found["cosine"][0], 1)


def test_the_network_is_left_as_it_was_and_gradients_may_be_off(examples):
    network = replicate(partial(make, True), 2, seed=0).eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with torch.no_grad():  # as in the `measure` of train()
        along_step(network, *examples, 0.3, LENGTHS)
        gradient_change(network, *examples, 0.3)
    assert not network.training
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert all(p.grad is None for p in network.parameters())


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        ({"lengths": [0.5, 0]}, "expected positive multiples of the rate"),
        ({"x": np.zeros((3, 12, 4))}, r"expected \(N, F\), or \(2, N, F\)"),
        ({"y": np.zeros((2, 11), int)}, r"y \(2, 11\)"),
    ],
)
def test_bad_input_is_explained(examples, change, fragment):
    arguments = {"x": examples[0], "y": examples[1], "rate": 0.1, "lengths": LENGTHS, **change}
    with pytest.raises(ValueError, match=fragment):
        along_step(replicate(partial(make, False), 2, seed=0), **arguments)
