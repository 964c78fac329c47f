"""train_by() and its parts against plain loops over one ordinary network."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.networks import forward_with, measure_statistics, plain_copy, replicate, train, train_by

COPIES, EXAMPLES, BATCH = 3, 24, 6
RNG = np.random.default_rng(0)
X = RNG.normal(size=(COPIES, EXAMPLES, 4))
Y = RNG.integers(0, 3, (COPIES, EXAMPLES))


def make_network():
    return nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 3))


def network():
    return replicate(make_network, COPIES, seed=1).double()


def mini_batch(network, x, rows, stored):
    return network(x[rows])


def whole_set(network, x, rows, stored):
    return network(x)[rows]


def constant(network, x, rows, stored):
    return forward_with(network, x[rows], measure_statistics(network, x))


def stored_statistics(network, x, rows, stored):
    return forward_with(network, x[rows], stored)


def run(outputs, **changes):
    options = {"steps": 8, "batch_size": BATCH, "lr": 0.3, "seed": 5, "look_every": 4} | changes
    return train_by(outputs, network(), X, Y, **options)


def weights(trained):
    return torch.cat([p.detach().flatten(1) for p in trained.parameters()], 1)


def test_with_the_batchs_own_statistics_it_is_ordinary_training():
    rows = np.arange(COPIES * EXAMPLES).reshape(COPIES, EXAMPLES)
    ordinary = network()
    order = np.stack([rows[i][np.concatenate([np.random.default_rng(5 + i).permutation(EXAMPLES)])] for i in range(COPIES)])
    order = order.reshape(COPIES, -1, BATCH).transpose(1, 0, 2)
    train(ordinary, X.reshape(-1, 4), Y.reshape(-1), (rows, rows), steps=4, batch_size=BATCH, lr=0.3, seed=5, order=order)
    torch.testing.assert_close(weights(run(mini_batch, steps=4).network), weights(ordinary))


def test_measured_statistics_are_those_that_a_plain_copy_meets_in_training():
    together, x = network(), torch.tensor(X)
    found = measure_statistics(together, x)
    for i in range(COPIES):
        plain, values = plain_copy(together, i).train(), x[i]
        for layer, (mean, var) in zip((plain[:1], plain[:4]), found, strict=True):
            z = layer(values)
            torch.testing.assert_close(mean[i, 0], z.mean(0))
            torch.testing.assert_close(var[i, 0], z.var(0, unbiased=False))
    assert not any(part.requires_grad for pair in found for part in pair)


def test_given_the_statistics_of_the_same_examples_the_outputs_are_those_of_training():
    together, x = network(), torch.tensor(X)
    torch.testing.assert_close(forward_with(together, x, measure_statistics(together, x)), together(x))


def test_given_statistics_are_constants_for_the_gradient():
    together, x = network(), torch.tensor(X)
    statistics = measure_statistics(together, x)
    weight = together.layers[0].weight
    (found,) = torch.autograd.grad(forward_with(together, x, statistics)[:, :, 0].sum(), [weight])
    for i in range(COPIES):
        plain = plain_copy(together, i).eval()
        for layer, (mean, var) in zip((plain[1], plain[4]), statistics, strict=True):
            layer.running_mean.copy_(mean[i, 0])
            layer.running_var.copy_(var[i, 0])
        (expected,) = torch.autograd.grad(plain(x[i])[:, 0].sum(), [plain[0].weight])
        torch.testing.assert_close(found[i], expected)


def test_the_whole_set_takes_the_loss_on_the_mini_batch_alone():
    found, plain = run(whole_set, steps=1), network()
    for i in range(COPIES):
        copy = plain_copy(plain, i).train()
        rows = np.random.default_rng(5 + i).permutation(EXAMPLES)[:BATCH]
        loss = F.cross_entropy(copy(torch.tensor(X[i]))[rows], torch.tensor(Y[i][rows]))
        assert found.batch_loss[0, i] == pytest.approx(loss.item())


def test_stored_statistics_that_are_always_fresh_are_the_constants():
    torch.testing.assert_close(weights(run(stored_statistics, refresh=1).network), weights(run(constant).network))
    assert (weights(run(stored_statistics, refresh=4).network) - weights(run(constant).network)).abs().max() > 1e-3


def test_what_is_noted():
    found = run(whole_set)
    assert found.steps.tolist() == [0, 4, 8]
    assert found.loss.shape == found.training_loss.shape == found.length.shape == (3, COPIES)
    np.testing.assert_allclose(found.loss, found.training_loss)  # this version trains with what it is judged by
    assert (np.abs(run(mini_batch).loss - run(mini_batch).training_loss) > 1e-3).all()
    first = network()
    length = (first.layers[0].weight.square().sum((1, 2)) + first.layers[3].weight.square().sum((1, 2))).sqrt()
    np.testing.assert_allclose(found.length[0], length.detach())


def test_a_copy_that_diverges_is_nan_from_then_on():
    found = run(stored_statistics, lr=1e9, refresh=100, steps=12)
    assert np.isfinite(found.loss[0]).all() and np.isnan(found.loss[-1]).all() and np.isnan(found.batch_loss[-1]).all()


def test_without_look_every_it_looks_at_both_ends():
    assert run(mini_batch, look_every=None).steps.tolist() == [0, 8]
