import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.networks import descents, plain_copy

COPIES, PICTURES = 2, 12
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(COPIES, PICTURES, 5)).astype(np.float32), RNG.integers(3, size=(COPIES, PICTURES))


def make(batch_norm, layers=2):
    parts, width = [], 5
    for _ in range(layers):
        parts += [nn.Linear(width, 6), *([nn.BatchNorm1d(6)] if batch_norm else []), nn.ReLU()]
        width = 6
    return nn.Sequential(*parts, nn.Linear(6, 3))


def start(batch_norm):
    return descents.same_start(lambda: make(batch_norm), X, Y, seed=3)


def test_with_and_without_batch_norm_start_as_the_same_function_with_hes_weights():
    plain, normed = start(False), start(True)
    torch.testing.assert_close(plain(X), normed(X), atol=1e-4, rtol=1e-4)
    assert torch.equal(plain.linears()[0].weight, normed.linears()[0].weight)
    assert plain.linears()[0].bias.abs().max() == 0 and plain.linears()[-1].bias.abs().max() > 0
    torch.testing.assert_close(descents.values_of(plain, 2), descents.values_of(normed, 2), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(("batch_norm", "frozen"), [(False, False), (True, False), (True, True)])
def test_a_descent_is_full_batch_gradient_descent_of_each_copy(batch_norm, frozen):
    networks = start(batch_norm)
    plain = [plain_copy(networks, i).train() for i in range(COPIES)]
    run = descents.descend(networks, 0.1, steps=3, frozen=frozen, look_at=2)
    assert run.loss.shape == (4, COPIES) and run.values.shape == (4, COPIES, PICTURES, 6)
    for i, network in enumerate(plain):
        learned = [p for m in network for p in m.parameters() if not (frozen and isinstance(m, nn.BatchNorm1d))]
        for step in range(4):
            loss = F.cross_entropy(network(torch.tensor(X[i])), torch.tensor(Y[i]))
            np.testing.assert_allclose(run.loss[step, i], loss.item(), rtol=1e-4)
            entering = network[: 5 if batch_norm else 3](torch.tensor(X[i]))
            np.testing.assert_allclose(run.values[step, i], entering.detach(), atol=1e-4)
            gradients = torch.autograd.grad(loss, learned)
            with torch.no_grad():
                for p, gradient in zip(learned, gradients, strict=True):
                    p -= 0.1 * gradient


def test_a_shifted_beta_moves_by_the_shift_in_every_step_always_in_one_direction():
    networks = start(True)
    before = [layer.bias.detach().clone() for layer in networks.batch_norms()]
    descents.descend(networks, 0.0, steps=5, shift=0.01)
    moved = torch.stack([layer.bias - old for layer, old in zip(networks.batch_norms(), before, strict=True)]).detach()
    torch.testing.assert_close(moved.abs(), torch.full_like(moved, 0.05), atol=1e-5, rtol=1e-4)
    assert moved.min() < 0 < moved.max()


def test_a_step_in_some_layers_leaves_the_others_and_the_networks_as_they_were():
    networks = start(True)
    before = {name: value.clone() for name, value in networks.named_parameters()}
    moved = descents.step_in(networks, [1], 0.1)
    assert all(torch.equal(value, before[name]) for name, value in networks.named_parameters())
    changed = {name.split(".")[1] for name, value in moved.named_parameters() if not torch.equal(value, before[name])}
    assert changed == {"0", "1"}  # the first linear layer and its batch norm
    values = descents.values_of(descents.step_in(networks, [1], 0.5), 2)
    torch.testing.assert_close(values.mean(1), descents.values_of(networks, 2).mean(1), atol=1e-4, rtol=1e-4)


def test_a_loss_that_overflows_counts_as_diverged():
    networks = start(False)
    run = descents.descend(networks, 1e6, steps=4)
    assert np.isnan(run.loss[-1]).all() and np.isinf(run.last_loss).all()


@pytest.mark.parametrize("part", ["mean", "spread"])
def test_half_a_batch_norm_starts_as_the_same_function_and_keeps_its_half(part):
    networks = descents.keep_only(part, start(True))
    torch.testing.assert_close(networks(X), start(False)(X), atol=1e-4, rtol=1e-4)
    descents.descend(networks, 0.1, steps=2)
    layer, z = networks.batch_norms()[0], torch.randn(COPIES, PICTURES, 6)
    if part == "mean":
        torch.testing.assert_close(layer(z).mean(1), layer.bias.detach().expand_as(layer(z).mean(1)), atol=1e-5, rtol=1e-5)
    else:
        torch.testing.assert_close(layer(z).std(1, unbiased=False), layer.weight.detach().abs(), atol=1e-3, rtol=1e-3)


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="there is no layer 3; the network has 2 with a ReLU"):
        descents.values_of(start(False), 3)
    with pytest.raises(ValueError, match="expected 'mean' or 'spread'"):
        descents.keep_only("both", start(True))


def test_how_values_changed():
    before, after = np.array([[1.0], [3.0]]), np.array([[2.0], [10.0]])
    assert descents.mean_moved(before, after).tolist() == [4]
    assert descents.spread_grown(before, after).tolist() == [4]
    assert descents.correlation(before, after) == pytest.approx(1)
    assert descents.correlation(before, after[::-1]) == pytest.approx(-1)


def test_the_usual_start():
    networks = descents.usual_start(start(True))
    assert all((layer.weight == 1).all() and (layer.bias == 0).all() for layer in networks.batch_norms())


def test_a_plain_network_normalized_once_starts_as_the_usual_start():
    plain, normed = descents.normalize_once(start(False)), descents.usual_start(start(True))
    assert plain(plain.pictures).detach().numpy() == pytest.approx(normed(normed.pictures).detach().numpy(), abs=1e-4)
    z = descents.values_of(plain, 2)
    assert z.mean(1).abs().max() < 1e-4
