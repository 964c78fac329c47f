import copy

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers import datasets, measures
from helpers.networks import GhostBatchNorm1d, Residual, plain_copy, replicate
from helpers.networks.training import train

COPIES, EXAMPLES = 3, 20
RNG = np.random.default_rng(0)
X = RNG.normal(size=(EXAMPLES, 4))
Y = RNG.integers(0, 3, EXAMPLES)


def make_network():
    return nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 3))


@pytest.fixture
def network():
    return replicate(make_network, COPIES, seed=1).double()


@pytest.fixture
def history():
    splits = datasets.splits(EXAMPLES, train=15, copies=COPIES, seed=1)
    network = replicate(make_network, COPIES, seed=1)

    def measure(network):
        return {"deep": measures.pre_and_post_activations(network, X)[0][-1]}

    return train(network, X, Y, splits, steps=12, batch_size=5, lr=0.1, seed=1, eval_every=3, measure=measure)


def test_what_enters_and_leaves_is_that_of_each_plain_copy_in_training(network):
    entering, leaving = measures.pre_and_post_activations(network, X)
    for i in range(COPIES):
        plain = plain_copy(network, i).train()
        z = plain[:2](torch.tensor(X))
        torch.testing.assert_close(entering[0][i], z)
        torch.testing.assert_close(leaving[0][i], z.tanh())
        torch.testing.assert_close(entering[1][i], plain[3](z.tanh()))
        torch.testing.assert_close(leaving[1][i], plain[3](z.tanh()).relu())


def test_probing_leaves_the_network_as_it_was(network):
    network.eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    measures.pre_and_post_activations(network, X)
    measures.gradient_norms(network, X, Y)
    measures.losses(network, X, Y)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert not network.training and all(parameter.grad is None for parameter in network.parameters())


def test_every_copy_can_have_inputs_of_its_own(network):
    own = np.stack([X, 2 * X, X + 1])
    entering, _ = measures.pre_and_post_activations(network, own)
    alone, _ = measures.pre_and_post_activations(network, own[1])
    torch.testing.assert_close(entering[1][1], alone[1][1])


@pytest.mark.parametrize("shape", [(20,), (2, 20, 4)])
def test_inputs_of_another_shape_are_refused(network, shape):
    with pytest.raises(ValueError, match=r"x has shape .*expected \(N, F\), or \(3, N, F\)"):
        measures.pre_and_post_activations(network, np.zeros(shape))


@pytest.mark.parametrize(
    ("function", "flat", "steep"),
    [(nn.Sigmoid(), [-3.7, 3.7, 30.0], [-3.6, 0.0, 3.6]), (torch.tanh, [-1.9, 1.9], [-1.7, 1.7]), (nn.ReLU(), [-0.1, -5.0], [0.1, 5.0])],
)
def test_saturated_is_where_the_slope_is_below_a_tenth_of_its_largest(function, flat, steep):
    assert measures.saturated_fraction(np.array([flat, flat]), function).tolist() == [1, 1]
    assert measures.saturated_fraction(torch.tensor([steep, steep]), function).tolist() == [0, 0]


def test_the_share_is_counted_for_each_copy():
    values = np.array([[[0.0, 9.0], [9.0, 9.0]], [[0.0, 0.0], [0.0, -9.0]]])
    assert measures.saturated_fraction(values, nn.Sigmoid()).tolist() == [0.75, 0.25]


def test_values_without_a_copy_axis_are_refused():
    with pytest.raises(ValueError, match=r"values have shape \(3,\); expected \(copies, ...\)"):
        measures.saturated_fraction(np.zeros(3), torch.tanh)


def test_gradient_norms_are_those_of_each_plain_copy(network):
    norms = measures.gradient_norms(network, X, Y)
    assert norms.shape == (3, COPIES)
    for i in range(COPIES):
        plain = plain_copy(network, i).train()
        F.cross_entropy(plain(torch.tensor(X)), torch.tensor(Y)).backward()
        np.testing.assert_allclose(norms[:, i], [plain[k].weight.grad.norm().item() for k in (0, 3, 5)])


def test_histograms_are_densities_and_keep_what_lies_outside():
    layer = torch.tensor([[[0.1], [0.2], [-0.1], [50.0]], [[0.1], [0.1], [0.1], [0.1]]])
    heaps = measures.histograms([layer, layer])
    width, middle = measures.EDGES[1] - measures.EDGES[0], len(measures.EDGES) // 2
    assert heaps.shape == (2, 2, len(measures.EDGES) - 1)
    np.testing.assert_allclose(heaps.sum(axis=2) * width, 1)
    np.testing.assert_allclose(heaps[0, 0, [middle - 1, middle, -1]] * width, [0.25, 0.5, 0.25])


def test_losses_are_those_of_each_plain_copy_in_training(network):
    found = measures.losses(network.eval(), X, Y)
    for i in range(COPIES):
        plain = plain_copy(network, i).train()
        np.testing.assert_allclose(found[i], F.cross_entropy(plain(torch.tensor(X)), torch.tensor(Y)).item())


def test_sharpness_is_the_mean_rise_over_steps_of_relative_size():
    # One input that is always 1 and no bias: the logits are the two weights, w and -w, and the loss is known in closed form.
    network = replicate(lambda: nn.Sequential(nn.Linear(1, 2, bias=False)), 1, seed=0).double()
    with torch.no_grad():
        network.layers[0].weight.copy_(torch.tensor([[[1.0], [-1.0]]]))
    rise = measures.sharpness(network, np.ones((4, 1)), np.array([0, 0, 1, 1]), 0.1, seed=0, draws=200)
    both = np.array([np.log(2 * np.cosh(1 + step)) - np.log(2 * np.cosh(1)) for step in (0.1, -0.1, 0, 0)])
    assert both.min() < rise[0] < both.max()


def test_sharpness_does_not_depend_on_the_scale_of_weights_below_batch_norm(network):
    network.layers[1].eps = 1e-12
    before = measures.sharpness(network, X, Y, 0.3, seed=1)
    with torch.no_grad():
        network.layers[0].weight *= 7.0
        network.layers[0].bias *= 7.0
    after = measures.sharpness(network, X, Y, 0.3, seed=1)
    np.testing.assert_allclose(after, before, rtol=1e-3)


def test_sharpness_leaves_the_network_as_it_was_and_follows_its_seed():
    network = replicate(lambda: nn.Sequential(nn.Linear(4, 5), GhostBatchNorm1d(5, 4), nn.ReLU(), nn.Linear(5, 3)), COPIES, seed=1)
    network.eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    rises = [measures.sharpness(network, X[:18], Y[:18], 0.3, seed=seed) for seed in (1, 1, 2)]  # 18 is no multiple of 4
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert not network.training and network.layers[1].group == 4 and rises[0].shape == (COPIES,)
    assert (rises[0] == rises[1]).all() and (rises[0] != rises[2]).all()


def test_sharpness_is_that_of_each_copy_alone(network):
    moved = measures.sharpness(network, X, Y, 0.3, seed=1)
    with torch.no_grad():
        network.layers[0].weight[0] *= -2.0
    assert (measures.sharpness(network, X, Y, 0.3, seed=1)[1:] == moved[1:]).all()


@pytest.mark.parametrize(("size", "draws"), [(0, 5), (float("nan"), 5), (0.3, 0)])
def test_sharpness_refuses_no_step(network, size, draws):
    with pytest.raises(ValueError, match="expected a size above 0, such as 0.3, and at least one draw"):
        measures.sharpness(network, X, Y, size, seed=0, draws=draws)


def after_many_batches(*layers):
    """A network whose running averages are those of 500 passes over X in training mode."""
    network = replicate(lambda: nn.Sequential(*copy.deepcopy(layers)), 2, seed=0).double()
    for module in network.modules():
        module.momentum = None  # the plain average
    with torch.no_grad():
        for _ in range(500):
            network(torch.tensor(X))
    return network


def test_variance_shift_of_dropout_directly_before_and_a_linear_layer_before_batch_norm():
    for between in ([], [nn.Linear(4, 4)]):
        network = after_many_batches(nn.ReLU(), nn.Dropout(0.6), *between, nn.BatchNorm1d(4, momentum=None)).eval()
        before = {name: value.clone() for name, value in network.state_dict().items()}
        measured, predicted = measures.variance_shift(network, X)
        assert measured.shape == predicted.shape == (1, 2) and (predicted > 1.5).all()
        np.testing.assert_allclose(measured * (EXAMPLES - 1) / EXAMPLES, predicted, rtol=0.1)
        assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    a, keep = np.maximum(X, 0), 0.4
    formula = ((a.var(0) + a.mean(0) ** 2) / keep - a.mean(0) ** 2).sum() / a.var(0).sum()
    alone = replicate(lambda: nn.Sequential(nn.ReLU(), nn.Dropout(0.6), nn.BatchNorm1d(4)), 1, seed=0).double()
    np.testing.assert_allclose(measures.variance_shift(alone, X)[1], formula)


def test_without_dropout_no_variance_shift_is_predicted(network):
    assert (measures.variance_shift(network, X)[1] == 1).all()


def test_gradients_around_layers_are_those_of_each_plain_copy(network):
    found = measures.gradients_around_layers(network, X, Y)
    assert len(found) == 2 and not hasattr(found[1], "dy")  # the second has no batch norm behind it
    for i in range(COPIES):
        plain = plain_copy(network, i).train()
        z1 = plain[0](torch.tensor(X))
        y1 = plain[1](z1)
        z2 = plain[3](plain[2](y1))
        loss = F.cross_entropy(plain[5](plain[4](z2)), torch.tensor(Y))
        for got, wanted in zip((found[0].z, found[0].y, found[1].z), (z1, y1, z2), strict=True):
            torch.testing.assert_close(got[i], wanted.detach())
        for got, wanted in zip((found[0].dz, found[0].dy, found[1].dz), torch.autograd.grad(loss, [z1, y1, z2]), strict=True):
            torch.testing.assert_close(got[i], wanted)
        torch.testing.assert_close(found[0].gamma[i], plain[1].weight.detach())


def test_gradients_around_layers_leave_the_network_as_it_was(network):
    before = {name: value.clone() for name, value in network.state_dict().items()}
    measures.gradients_around_layers(network, X, Y)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


# Layers within layers, and convolutions: every measure counts the same layers.


def nested():
    inner = Residual(nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 6))
    return nn.Sequential(nn.Linear(4, 6), inner, nn.Sequential(nn.ReLU(), nn.Linear(6, 3)))


def convolutional():
    return nn.Sequential(
        nn.Unflatten(1, (1, 2, 2)), nn.Conv2d(1, 3, 2, padding=1), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), nn.Linear(27, 3)
    )


@pytest.fixture(params=[nested, convolutional])
def deep(request):
    return replicate(request.param, COPIES, seed=1).double()


RNG = np.random.default_rng(7)
FEW, CLASSES = RNG.normal(size=(COPIES, 12, 4)), RNG.integers(3, size=(COPIES, 12))


def plain_gradients(plain, i):
    loss = F.cross_entropy(plain(torch.tensor(FEW[i])), torch.tensor(CLASSES[i]))
    weights = [layer.weight for layer in plain.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]
    return weights, torch.autograd.grad(loss, list(plain.parameters()))


def test_gradient_norms_have_a_row_for_every_layer_with_weights(deep):
    found = measures.gradient_norms(deep, FEW, CLASSES)
    for i in range(COPIES):
        plain = plain_copy(deep, i).train()
        weights, gradients = plain_gradients(plain, i)
        by_id = {id(p): g for p, g in zip(plain.parameters(), gradients, strict=True)}
        np.testing.assert_allclose(found[:, i], [by_id[id(w)].norm().item() for w in weights])


def test_gradient_change_moves_what_lies_before_a_layer_and_nothing_else(deep):
    found = measures.gradient_change(deep, FEW, CLASSES, 0.5)["change"]
    for i in range(COPIES):
        for number in range(len(found)):
            plain = plain_copy(deep, i).train()
            weights, gradients = plain_gradients(plain, i)
            names = [name for name, _ in plain.named_parameters()]
            first = next(k for k, p in enumerate(plain.parameters()) if p is weights[number])
            old = gradients[first]
            with torch.no_grad():
                for k, (p, g) in enumerate(zip(plain.parameters(), gradients, strict=True)):
                    if k < first:
                        p -= 0.5 * g
            new = dict(zip(names, plain_gradients(plain, i)[1], strict=True))[names[first]]
            np.testing.assert_allclose(found[number, i], (new - old).norm().item() if number else 0, atol=1e-12)


def test_nonlinear_functions_within_layers_are_looked_at():
    deep = replicate(nested, COPIES, seed=1).double()
    entering, leaving = measures.pre_and_post_activations(deep, FEW)
    assert len(entering) == len(leaving) == 2
    plain = plain_copy(deep, 0).train()
    inner = plain[1].branch[0](plain[0](torch.tensor(FEW[0])))
    torch.testing.assert_close(entering[0][0], inner.detach())
    torch.testing.assert_close(leaving[0][0], inner.detach().relu())


@pytest.mark.parametrize(
    "measure",
    [
        lambda net: measures.losses(net, FEW, CLASSES),
        lambda net: measures.training_loss(FEW[0], CLASSES[0], np.tile(np.arange(4), (COPIES, 1)), 2)(net),
        lambda net: measures.gradient_norms(net, FEW, CLASSES),
        lambda net: measures.gradient_change(net, FEW, CLASSES, 0.1),
        lambda net: measures.predicted_decrease(net, FEW, CLASSES, alone=True),
        lambda net: measures.along_step(net, FEW, CLASSES, 0.1, [0.5, 1]),
        lambda net: measures.sharpness(net, FEW, CLASSES, 0.3, seed=0),
        lambda net: measures.pre_and_post_activations(net, FEW),
    ],
)
def test_every_measure_leaves_the_network_as_it_was(deep, measure):
    deep.train()
    deep.batch_norms()[0].eval()
    before = {name: value.clone() for name, value in deep.state_dict().items()}
    modes = [module.training for module in deep.modules()]
    measure(deep)
    assert all(torch.equal(value, before[name]) for name, value in deep.state_dict().items())
    assert [module.training for module in deep.modules()] == modes
    assert all(p.grad is None for p in deep.parameters())


def test_one_batch_serves_all_copies(deep):
    same = measures.losses(deep, np.broadcast_to(FEW[0], FEW.shape), np.broadcast_to(CLASSES[0], CLASSES.shape))
    np.testing.assert_allclose(measures.losses(deep, FEW[0], CLASSES[0]), same)


def test_variance_shift_says_what_it_cannot_follow():
    with pytest.raises(ValueError, match="without layers within layers only"):
        measures.variance_shift(replicate(nested, COPIES, seed=1).double(), FEW)


def test_a_frozen_layer_has_a_gradient_in_the_measures_and_stays_frozen():
    def frozen():
        network = nested()
        network[0].requires_grad_(False)
        return network

    free, still = replicate(nested, COPIES, seed=1).double(), replicate(frozen, COPIES, seed=1).double()
    np.testing.assert_allclose(measures.gradient_norms(still, FEW, CLASSES), measures.gradient_norms(free, FEW, CLASSES))
    change = measures.gradient_change(still, FEW, CLASSES, 0.5)["change"]
    assert change.shape == (3, COPIES) and not still.linears()[0].weight.requires_grad


def test_gradients_around_layers_says_what_it_cannot_follow():
    with pytest.raises(ValueError, match="no layers within layers"):
        measures.gradients_around_layers(replicate(nested, COPIES, seed=1).double(), FEW, CLASSES)


@pytest.mark.parametrize(("layers", "moving"), [(None, {0, 1, 3, 5}), ([1], {0, 1}), ([2, 3], {3, 5}), ([], set())])
def test_a_step_in_some_layers_is_that_of_plain_descent_there(network, layers, moving):
    before = copy.deepcopy(network.state_dict())
    stepped = measures.after_step(network, X, Y, 0.3, layers)
    for i in range(COPIES):
        plain = plain_copy(network, i).train()
        F.cross_entropy(plain(torch.tensor(X)), torch.tensor(Y)).backward()
        for place, part in enumerate(plain):
            for name, parameter in part.named_parameters():
                expected = parameter - 0.3 * parameter.grad if place in moving else parameter
                torch.testing.assert_close(getattr(plain_copy(stepped, i)[place], name), expected)
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_a_step_in_a_layer_that_is_not_there_is_refused(network):
    with pytest.raises(ValueError, match=r"layers are \[4\]; the network has the layers 1 to 3"):
        measures.after_step(network, X, Y, 0.3, [4])


def test_weighted_sums_are_those_of_each_plain_copy_in_front_of_batch_norm(network):
    sums = measures.weighted_sums(network, X)
    for i in range(COPIES):
        plain = plain_copy(network, i).train()
        torch.testing.assert_close(sums[0][i], plain[0](torch.tensor(X)))
        torch.testing.assert_close(sums[1][i], plain[:4](torch.tensor(X)))
        torch.testing.assert_close(sums[2][i], plain(torch.tensor(X)))


def test_the_largest_curvature_is_an_eigenvalue_of_the_hessian_of_least_squares():
    network = replicate(lambda: nn.Linear(5, 1, bias=False).double(), 3, 0)
    x, y = np.random.default_rng(0).normal(size=(3, 40, 5)), np.zeros((3, 40))
    hessians = [2 * part.T @ part / 40 for part in x]  # of the mean squared error by the weights
    found = measures.largest_curvature(network, torch.tensor(x), torch.tensor(y), seed=0, rounds=60)
    np.testing.assert_allclose(found, [np.linalg.eigvalsh(hessian)[-1] for hessian in hessians], rtol=1e-3)


def test_the_largest_curvature_is_the_largest_and_not_the_most_negative_one():
    def two_factors():
        return nn.Sequential(nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)).double()

    network = replicate(two_factors, 1, 0)
    with torch.no_grad():  # the loss (3 - u v)^2 at u = v = 0.1: curvatures 2 v^2 plus and minus 2 (3 - 2 u v)
        for layer in network.linears():
            layer.weight.fill_(0.1)
    found = measures.largest_curvature(network, torch.ones(1, 4, 1), torch.full((1, 4), 3.0), seed=0, rounds=20)
    np.testing.assert_allclose(found, 2 * 0.01 + 2 * (3 - 2 * 0.01), rtol=1e-3)


def test_relative_change_does_not_depend_on_the_length_of_weights_in_front_of_batch_norm():
    def made(factor):
        network = nn.Sequential(nn.Linear(6, 7, bias=False), nn.BatchNorm1d(7, eps=1e-300), nn.ReLU(), nn.Linear(7, 4)).double()
        with torch.no_grad():
            network[0].weight *= factor
        return network

    x, y = torch.randn(20, 6, dtype=torch.float64), torch.arange(20) % 4
    one, ten = (measures.relative_change(replicate(lambda factor=factor: made(factor), 2, 0), x, y, [0.01, 0.1]) for factor in (1, 10))
    np.testing.assert_allclose(one, ten, rtol=1e-6)
    assert (one[1] > one[0]).all()


def test_relative_change_in_random_directions_is_that_of_the_gradient_at_the_moved_weights():
    x, y = torch.randn(20, 5, generator=torch.Generator().manual_seed(3)), torch.arange(20) % 3
    network = replicate(lambda: nn.Linear(5, 3), 1, 0)
    found = measures.relative_change(network, x, y, [0.5], random_seed=7)[0, 0]
    plain = plain_copy(network, 0)
    before = torch.autograd.grad(nn.functional.cross_entropy(plain(x), y), plain.weight)[0]
    way = torch.randn(1, 3, 5, generator=torch.Generator().manual_seed(7))[0]
    with torch.no_grad():
        plain.weight -= 0.5 * plain.weight.norm() * way / way.norm()
    after = torch.autograd.grad(nn.functional.cross_entropy(plain(x), y), plain.weight)[0]
    assert found == pytest.approx(((after - before).norm() / before.norm()).item(), rel=1e-4)
    assert found != pytest.approx(measures.relative_change(network, x, y, [0.5])[0, 0], rel=0.01)


@pytest.mark.parametrize(("measure", "options"), [("largest_curvature", {"seed": 0, "rounds": 0}), ("relative_change", {"sizes": [0.0]})])
def test_bad_settings_of_curvature_and_relative_change_are_explained(measure, options):
    with pytest.raises(ValueError, match="expected"):
        getattr(measures, measure)(replicate(lambda: nn.Linear(3, 2), 2, 0), X[:, :3], np.zeros(len(X), int), **options)


def test_training_loss_is_the_mean_over_mini_batches_each_normalized_by_itself(network):
    rows = np.stack([np.random.default_rng(i).permutation(EXAMPLES)[:12] for i in range(COPIES)])
    found = measures.training_loss(X, Y, rows, 6)(network)["training_loss"]
    for i in range(COPIES):
        plain = plain_copy(network, i).train()
        batches = (F.cross_entropy(plain(torch.tensor(X[part])), torch.tensor(Y[part])).item() for part in (rows[i, :6], rows[i, 6:]))
        assert found[i] == pytest.approx(np.mean(list(batches)))


def test_training_loss_meets_each_copy_at_every_rate():
    rows = np.stack([np.arange(i, i + 10) for i in range(COPIES)])
    twice = replicate([plain_copy(replicate(make_network, COPIES, seed=1), i) for i in (0, 1, 2, 0, 1, 2)]).double()
    found = measures.training_loss(X, Y, rows, 5)(twice)["training_loss"]
    np.testing.assert_allclose(found[:COPIES], found[COPIES:])
    with pytest.raises(ValueError, match="expected a multiple"):
        measures.training_loss(X, Y, rows[:2], 5)(replicate(make_network, COPIES, seed=1))
    with pytest.raises(ValueError, match="n a multiple"):
        measures.training_loss(X, Y, rows, 4)
