import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.networks import GhostBatchNorm1d, GhostBatchNorm2d, LpBatchNorm1d, MovingNoise, Residual, plain_copy, replicate
from helpers.networks.replicated_layers import ELEMENTWISE
from helpers.networks.training import losses_per_copy

COPIES, SEED, BATCH, FEATURES, CLASSES = 3, 5, 8, 6, 4
VARIANTS = {
    "default": {},
    "no parameters": {"affine": False},
    "plain average": {"momentum": None},
    "not tracked": {"track_running_stats": False},
    "eps and momentum": {"eps": 0.1, "momentum": 0.5},
}
for_every_variant = pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)


def network(**variant):
    """A nested network with every kind of layer; the last activation is used in two places."""
    twice, inner = nn.Tanh(), nn.Sequential(nn.LeakyReLU(0.2), nn.Identity())
    hidden = nn.Sequential(nn.Linear(7, 7, bias=False), nn.BatchNorm1d(7, **variant), twice, inner)
    return nn.Sequential(nn.Linear(FEATURES, 7), nn.BatchNorm1d(7, **variant), twice, hidden, nn.Linear(7, CLASSES)).double()


def alone(i, **variant):
    """The plain network that copy i starts as."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED + i)
        return network(**variant)


def random_batches(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    x = 3 * torch.randn(*shape, FEATURES, generator=generator, dtype=torch.float64) + 1
    return x, torch.randint(CLASSES, shape, generator=generator)


def trained(net, batches, loss, lr=0.05):
    """The losses of plain gradient descent, which changes net."""
    optimizer, losses = torch.optim.SGD(net.parameters(), lr=lr), []
    for x, y in batches:
        optimizer.zero_grad()
        losses.append(loss(net, x, y))
        losses[-1].sum().backward()
        optimizer.step()
    return torch.stack(losses).detach()


def plain_loss(net, x, y):
    return F.cross_entropy(net(x), y)


def assert_same_state(got, wanted):
    assert got.state_dict().keys() == wanted.state_dict().keys()
    for name, tensor in wanted.state_dict().items():
        torch.testing.assert_close(got.state_dict()[name], tensor, rtol=0, atol=1e-8, msg=lambda text, name=name: f"{name}: {text}")


def assert_same_outputs(got, wanted):
    """Equal in evaluation mode and then, because it changes the running statistics, in training mode."""
    x, _ = random_batches(BATCH, seed=9)
    for mode in (False, True):
        torch.testing.assert_close(got.train(mode)(x), wanted.train(mode)(x), rtol=0, atol=1e-8)


@for_every_variant
def test_every_copy_follows_the_plain_network_trained_alone(variant):
    x, y = random_batches(50, COPIES, BATCH)
    together = replicate(lambda: network(**variant), COPIES, SEED)
    losses = trained(together, zip(x, y, strict=True), losses_per_copy)
    for i in range(COPIES):
        plain = alone(i, **variant)
        plain_losses = trained(plain, zip(x[:, i], y[:, i], strict=True), plain_loss)
        torch.testing.assert_close(losses[:, i], plain_losses, rtol=0, atol=1e-8)
        assert_same_state(plain_copy(together, i), plain)
        assert_same_outputs(plain_copy(together, i), plain)


@for_every_variant
def test_evaluation_mode_uses_the_running_statistics_and_leaves_them(variant):
    x, y = random_batches(5, COPIES, BATCH)
    together = replicate(lambda: network(**variant), COPIES, SEED)
    trained(together, zip(x, y, strict=True), losses_per_copy)
    together.eval()
    before = {name: buffer.clone() for name, buffer in together.named_buffers()}
    outputs = together(x[0])
    for i in range(COPIES):
        torch.testing.assert_close(outputs[i], plain_copy(together, i)(x[0, i]), rtol=0, atol=1e-8)
    assert all(torch.equal(buffer, before[name]) for name, buffer in together.named_buffers())
    first_two = together(x[0][:, :2])
    tracked = bool(before)  # without running statistics there is nothing but the batch to go by
    assert torch.allclose(first_two, outputs[:, :2]) is tracked


@for_every_variant
def test_a_copy_starts_as_the_plain_network_seeded_for_it(variant):
    together = replicate(lambda: network(**variant), COPIES, SEED)
    for i in range(COPIES):
        assert_same_state(plain_copy(together, i), alone(i, **variant))


@pytest.mark.parametrize("mode", [True, False])
def test_the_plain_copy_takes_over_the_mode(mode):
    assert all(module.training is mode for module in plain_copy(replicate(network, 2, SEED).train(mode), 1).modules())


def test_the_plain_copy_is_a_copy():
    together = replicate(network, 2, SEED)
    with torch.no_grad():
        for tensor in plain_copy(together, 1).parameters():
            tensor.zero_()
    assert_same_state(plain_copy(together, 1), alone(1))


@for_every_variant
def test_the_plain_copy_follows_a_change_of_precision(variant):
    together = replicate(lambda: network(**variant).float(), 2, SEED).double()
    x, _ = random_batches(BATCH)
    torch.testing.assert_close(plain_copy(together, 1)(x), together(x)[1], rtol=0, atol=1e-8)


@pytest.mark.parametrize("kind", ELEMENTWISE, ids=lambda kind: kind.__name__)
def test_every_known_activation_gives_what_it_gives_alone(kind):
    together = replicate(lambda: nn.Sequential(nn.Linear(FEATURES, 3), kind()).double(), COPIES, SEED)
    x, _ = random_batches(COPIES, BATCH)
    for i in range(COPIES):
        torch.testing.assert_close(together(x)[i], plain_copy(together, i)(x[i]), rtol=0, atol=1e-12)


def test_a_batch_without_copies_goes_to_every_copy():
    x, _ = random_batches(BATCH)
    together = replicate(network, COPIES, SEED).eval()
    assert together(x).shape == (COPIES, BATCH, CLASSES)
    torch.testing.assert_close(together(x), together(x.repeat(COPIES, 1, 1)), rtol=0, atol=0)


def test_replicate_leaves_the_global_random_state_as_it_was():
    before = torch.get_rng_state()
    replicate(network, 2, SEED)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("make", [lambda: nn.Bilinear(1, 1, 1), nn.Dropout2d, lambda: nn.BatchNorm3d(3)])
def test_an_unknown_layer_is_named_with_the_known_ones(make):
    name = type(make()).__name__
    with pytest.raises(ValueError, match=f"does not know the layer {name}; it knows Sequential, Residual, Linear, BatchNorm1d, .*ReLU"):
        replicate(lambda: nn.Sequential(nn.Linear(3, 3), nn.Sequential(make())), 2, SEED)


@pytest.mark.parametrize("copies", [0, -1])
def test_less_than_one_copy_is_refused(copies):
    with pytest.raises(ValueError, match=f"copies is {copies}; expected at least 1"):
        replicate(network, copies, SEED)


@pytest.mark.parametrize("index", [-1, COPIES])
def test_a_copy_that_is_not_there_is_refused(index):
    with pytest.raises(ValueError, match=f"no copy {index}; the copies are 0 to {COPIES - 1}"):
        plain_copy(replicate(network, COPIES, SEED), index)


@pytest.mark.parametrize(
    ("layer", "shape", "fragment"),
    [
        (lambda: nn.Linear(6, 2), (COPIES, 8, 5), r"5 features \(shape \(3, 8, 5\)\).*expects 6"),
        (lambda: nn.Linear(6, 2), (COPIES + 1, 8, 6), r"\(4, 8, 6\); expected \(3, batch, features\)"),
        (lambda: nn.Linear(6, 2), (6,), r"shape \(6,\); expected"),
        (lambda: nn.Linear(6, 2), (1, COPIES, 8, 6), r"\(1, 3, 8, 6\); expected"),
        (lambda: nn.BatchNorm1d(6), (COPIES, 8, 5), r"5 channels \(shape \(3, 8, 5\)\).*has 6"),
        (lambda: nn.BatchNorm1d(6), (COPIES, 1, 6), "more than 1 value per channel"),
        (lambda: nn.LayerNorm(6), (COPIES, 8, 5), r"features of shape \(5,\); this layer norm expects \(6,\)"),
        (lambda: LpBatchNorm1d(6, 1), (COPIES, 8, 5), r"5 channels \(shape \(3, 8, 5\)\).*has 6"),
        (lambda: LpBatchNorm1d(6, 1), (COPIES, 1, 6), "more than 1 value per channel"),
        (lambda: GhostBatchNorm1d(6, 3), (COPIES, 8, 6), "mini-batch of 8 cannot be cut into groups of 3"),
    ],
)
def test_an_input_of_the_wrong_shape_is_refused(layer, shape, fragment):
    with pytest.raises(ValueError, match=fragment):
        replicate(layer, COPIES, SEED)(torch.ones(shape))


def assert_every_copy_follows(make):
    """Each copy against the plain network with the same seed, for its start and, because of dropout, for its training."""
    x, y = random_batches(50, COPIES, BATCH)
    together = replicate(make, COPIES, SEED)
    losses = trained(together, zip(x, y, strict=True), losses_per_copy)
    for i in range(COPIES):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(SEED + i)
            plain = make()
            torch.manual_seed(SEED + i)
            plain_losses = trained(plain, zip(x[:, i], y[:, i], strict=True), plain_loss)
        torch.testing.assert_close(losses[:, i], plain_losses, rtol=0, atol=1e-8)
        assert_same_state(plain_copy(together, i), plain)
        torch.testing.assert_close(together.eval()(x[0])[i], plain.eval()(x[0, i]), rtol=0, atol=1e-8)


OTHER_LAYERS = {
    "ghost": lambda: GhostBatchNorm1d(7, 4),
    "ghost, first group stored": lambda: GhostBatchNorm1d(7, 4, store_first=True),
    "ghost, plain average": lambda: GhostBatchNorm1d(7, 4, momentum=None),
    "ghost, bare": lambda: GhostBatchNorm1d(7, 4, affine=False, track_running_stats=False),
    "layer norm": lambda: nn.LayerNorm(7),
    "layer norm without bias": lambda: nn.LayerNorm(7, eps=0.1, bias=False),
    "layer norm, bare": lambda: nn.LayerNorm(7, elementwise_affine=False),
    "dropout": lambda: nn.Dropout(0.3),
    "no dropout": lambda: nn.Dropout(0.0),
    "noise": lambda: MovingNoise(),
    "slow noise": lambda: MovingNoise(example=0, memory=5, speed=0.1, stops=2),
    "l1 norm": lambda: LpBatchNorm1d(7, 1),
    "l3 norm": lambda: LpBatchNorm1d(7, 3, momentum=0.5),
    "largest value": lambda: LpBatchNorm1d(7, float("inf")),
}


@pytest.mark.parametrize("layer", OTHER_LAYERS.values(), ids=OTHER_LAYERS)
def test_every_other_layer_inside_and_outside_a_branch_follows_the_plain_network(layer):
    def make():
        branch = Residual(nn.Linear(7, 7), layer(), nn.Tanh(), nn.Linear(7, 7))
        return nn.Sequential(nn.Linear(FEATURES, 7), layer(), nn.ReLU(), branch, nn.Linear(7, CLASSES)).double()

    assert_every_copy_follows(make)


PICTURE_LAYERS = {
    "plain": lambda: nn.Identity(),
    "batch norm": lambda: nn.BatchNorm2d(4),
    "ghost": lambda: GhostBatchNorm2d(4, 4),
    "ghost of single pictures": lambda: GhostBatchNorm2d(4, 1),
    "group norm": lambda: nn.GroupNorm(2, 4),
    "group norm, bare": lambda: nn.GroupNorm(2, 4, affine=False),
    "instance norm": lambda: nn.InstanceNorm2d(4),
    "grouped convolution": lambda: nn.Conv2d(4, 4, 3, padding=1, groups=2, bias=False),
    "max pooling": lambda: nn.MaxPool2d(2),
    "dropout": lambda: nn.Dropout(0.3),
}


@pytest.mark.parametrize("layer", PICTURE_LAYERS.values(), ids=PICTURE_LAYERS)
def test_every_layer_for_pictures_follows_the_plain_network(layer):
    def make():
        body = [nn.Conv2d(1, 4, 3, padding=1), layer(), nn.ReLU(), Residual(nn.Conv2d(4, 4, 3, padding=1, stride=1)), nn.AvgPool2d(2)]
        head = [nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.GroupNorm(4, 16), nn.Linear(16, CLASSES)]
        return nn.Sequential(nn.Linear(FEATURES, 64), nn.Unflatten(1, (1, 8, 8)), *body, *head).double()

    assert_every_copy_follows(make)


@pytest.mark.parametrize("layer", [lambda: nn.BatchNorm1d(6), lambda: GhostBatchNorm1d(6, 4)], ids=["whole", "ghost"])
def test_a_frozen_layer_is_in_evaluation_mode_whatever_the_network_is_in(layer):
    together = replicate(lambda: nn.Sequential(layer()), COPIES, SEED)
    x = torch.randn(COPIES, BATCH, FEATURES)
    together(x)
    expected = together.eval()(x)
    together.layers[0].frozen = True
    before = [buffer.clone() for buffer in together.buffers()]
    torch.testing.assert_close(together.train()(x), expected)
    assert all(torch.equal(a, b) for a, b in zip(before, together.buffers(), strict=True))


@pytest.mark.parametrize(
    ("make", "fragment"),
    [
        (lambda: nn.Conv2d(1, 1, 3, padding=1, padding_mode="circular"), "knows Conv2d with zeros as padding; got padding_mode='circular'"),
        (lambda: nn.InstanceNorm2d(3, affine=True), "InstanceNorm2d without parameters"),
    ],
)
def test_a_variant_that_is_not_known_is_refused(make, fragment):
    with pytest.raises(ValueError, match=fragment):
        replicate(lambda: nn.Sequential(make()), 2, SEED)


@pytest.mark.parametrize(
    ("layer", "fragment"),
    [
        (lambda: nn.Conv2d(3, 2, 1), r"\(3, 8, 2, 1, 3\); this convolution expects \(copies, batch, 3, H, W\)"),
        (lambda: nn.BatchNorm2d(3), r"\(3, 8, 2, 1, 3\); this batch norm layer expects"),
        (lambda: nn.GroupNorm(1, 3), r"got 2 channels .*expects 3"),
    ],
)
def test_pictures_of_the_wrong_shape_are_refused(layer, fragment):
    with pytest.raises(ValueError, match=fragment):
        replicate(lambda: nn.Sequential(nn.Unflatten(1, (2, 1, 3)), layer()), COPIES, SEED)(torch.ones(COPIES, 8, 6))


# What a network carries besides its list of layers is followed, or refused by name; it is never dropped without a word.


def frozen_first():
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))
    network[0].requires_grad_(False)
    network[1].bias.requires_grad_(False)
    network[1].eval()
    return network


def test_what_is_frozen_stays_frozen_and_modes_are_kept():
    replicated = replicate(frozen_first, 2, SEED)
    asked = {name: parameter.requires_grad for name, parameter in replicated.named_parameters()}
    assert asked == {
        name.replace("layers.", "layers."): p.requires_grad
        for name, p in ((f"layers.{n}", p) for n, p in frozen_first().named_parameters())
    }
    assert [layer.training for layer in replicated.layers] == [True, False, True, True] and replicated.training
    assert [p.requires_grad for p in plain_copy(replicated, 1).parameters()] == [p.requires_grad for p in frozen_first().parameters()]


def shared_layer():
    layer = nn.Linear(2, 2)
    return nn.Sequential(layer, layer, nn.Linear(2, 2))


def tied_weights():
    network = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2))
    network[2].weight = network[0].weight
    return network


def shared_batch_norm():
    norm = nn.BatchNorm1d(2, affine=False)
    return nn.Sequential(nn.Linear(2, 2), norm, nn.Linear(2, 2), norm)


def with_hook(kind):
    layer = nn.Linear(2, 2)
    getattr(layer, kind)(lambda *_: None)
    return nn.Sequential(layer)


def with_own_forward():
    network = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    network[1].forward = lambda x: x
    return network


def with_parameter():
    network = nn.Sequential(nn.Linear(2, 2))
    network.register_parameter("scale", nn.Parameter(torch.ones(1)))
    return network


def with_buffer():
    network = nn.Sequential(nn.Linear(2, 2))
    network[0].register_buffer("mask", torch.ones(2))
    return network


def with_hook_on_a_parameter():
    network = nn.Sequential(nn.Linear(2, 2))
    network[0].weight.register_hook(lambda gradient: 0 * gradient)
    return network


def shared_buffer():
    network = nn.Sequential(nn.BatchNorm1d(2), nn.BatchNorm1d(2))
    network[1].running_mean = network[0].running_mean
    return network


def shared_memory():
    network = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2))
    network[2].weight.data = network[0].weight.data
    return network


ONE_PARAMETER = nn.Parameter(torch.ones(2, 2))


def one_parameter_for_all_copies():
    network = nn.Sequential(nn.Linear(2, 2))
    network[0].weight = ONE_PARAMETER
    return network


THE_SAME = nn.Sequential(nn.Linear(2, 2))


@pytest.mark.parametrize(
    ("make", "fragment"),
    [
        (shared_layer, "the layer 0 is used a second time as 1; replicate cannot share"),
        (tied_weights, "the parameter 0.weight is used a second time as the parameter 2.weight"),
        (shared_batch_norm, "the layer 1 is used a second time as 3"),
        (lambda: with_hook("register_forward_hook"), r"the layer 0 \(Linear\) has a hook"),
        (lambda: with_hook("register_forward_pre_hook"), "has a hook"),
        (lambda: with_hook("register_full_backward_hook"), "has a hook"),
        (lambda: nn.Sequential(nn.utils.spectral_norm(nn.Linear(2, 2))), "has a hook"),
        (lambda: nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))), "the layer 0|does not know the layer Parametrized"),
        (with_own_forward, r"the layer 1 \(ReLU\) has a forward\(\) of its own"),
        (with_parameter, r"the layer \(the whole\) \(Sequential\) carries scale"),
        (with_buffer, "carries mask"),
        (lambda: THE_SAME, "returned the same network"),
        (with_hook_on_a_parameter, "has a parameter with a hook"),
        (shared_buffer, "the buffer 0.running_mean is used a second time as the buffer 1.running_mean"),
        (shared_memory, "the parameter 0.weight is used a second time"),
        (one_parameter_for_all_copies, "layers or parameters of it, for several copies"),
        (lambda: None, "returned NoneType; expected a network.*Is a return missing"),
    ],
)
def test_what_cannot_be_followed_is_refused_by_name(make, fragment):
    with pytest.raises(ValueError, match=fragment):
        replicate(make, 2, SEED)


@pytest.mark.parametrize(
    ("one", "other", "fragment"),
    [
        (nn.Dropout(0.0), nn.Dropout(0.9), "copies differ in p of the layer 0"),
        (nn.BatchNorm1d(2), nn.BatchNorm1d(2, eps=0.1), "copies differ in eps"),
        (nn.BatchNorm1d(2), nn.BatchNorm1d(2, momentum=None), "copies differ in momentum"),
        (nn.Linear(2, 2), nn.Linear(2, 2, bias=False), "the shape of bias"),
        (nn.Linear(2, 2), nn.Linear(2, 3), "copies differ in out_features"),
        (nn.Linear(2, 2), nn.Linear(2, 2).requires_grad_(False), "requires_grad of weight"),
        (nn.Linear(2, 2), nn.Linear(2, 2).double(), "number type of weight"),
        (nn.Linear(2, 2), nn.Linear(2, 2).eval(), "copies differ in training"),
        (nn.ReLU(), nn.Tanh(), r"copies differ in the kind of the layer 0 \(ReLU\): Tanh"),
        (nn.LeakyReLU(0.1), nn.LeakyReLU(0.2), "negative_slope"),
        (nn.Conv2d(1, 1, 3), nn.Conv2d(1, 1, 3, stride=2), "stride"),
        (nn.LayerNorm(2, eps=np.float32(1e-5)), nn.LayerNorm(2, eps=np.float32(0.1)), "copies differ in eps"),
        (nn.LayerNorm(2, eps=torch.tensor(1e-5)), nn.LayerNorm(2, eps=torch.tensor(0.1)), "copies differ in eps"),
    ],
)
def test_copies_that_differ_in_a_setting_are_refused(one, other, fragment):
    with pytest.raises(ValueError, match=fragment):
        replicate([nn.Sequential(one), nn.Sequential(other)])


def test_copies_with_different_numbers_of_layers_are_refused():
    with pytest.raises(ValueError, match="different numbers of layers"):
        replicate([nn.Sequential(nn.Linear(2, 2)), nn.Sequential(nn.Linear(2, 2), nn.ReLU())])


def test_networks_that_exist_already_are_set_side_by_side():
    networks = [nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)) for _ in range(3)]
    networks[1][1].running_mean += 5
    replicated = replicate(networks).eval()
    x = torch.randn(4, 3)
    for i, network in enumerate(networks):
        torch.testing.assert_close(replicated(x)[i], network.eval()(x))
    with pytest.raises(ValueError, match="takes a function that makes a network"):
        replicate(networks, 2)


def test_whole_numbers_of_any_kind_are_taken_and_others_refused():
    def make():
        return nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))

    first, second = replicate(make, np.int64(2), np.int32(3)), replicate(make, 2, 3)
    assert torch.equal(first.layers[0].weight, second.layers[0].weight)
    for wrong in ({"copies": 2.0, "seed": 0}, {"copies": 2, "seed": "3"}, {"copies": None, "seed": 0}):
        with pytest.raises(ValueError, match="expected a whole number"):
            replicate(make, **wrong)


@pytest.mark.parametrize(
    "x", [np.ones((4, 3)), np.ones((4, 3), int), np.ones((2, 4, 3), np.float32), torch.ones(4, 3, dtype=torch.float64)]
)
def test_arrays_and_tensors_of_any_real_type_go_in(x):
    replicated = replicate(lambda: nn.Linear(3, 2), 2, SEED)
    assert replicated(x).dtype == torch.float32 and replicated(x).shape == (2, 4, 2)


@pytest.mark.parametrize("x", [np.ones((4, 3), complex), torch.ones(4, 3, dtype=torch.complex64), np.array([["a"] * 3]), [None]])
def test_what_is_no_real_number_does_not_go_in(x):
    with pytest.raises(ValueError, match="real"):
        replicate(lambda: nn.Linear(3, 2), 2, SEED)(x)


def test_layers_are_listed_in_order_also_within_others():
    def make():
        inner = Residual(nn.BatchNorm2d(2), nn.ReLU(), nn.Conv2d(2, 2, 3, padding=1))
        return nn.Sequential(
            nn.Unflatten(1, (1, 4, 4)), nn.Conv2d(1, 2, 3, padding=1), inner, nn.Flatten(), nn.BatchNorm1d(32), nn.Linear(32, 2)
        )

    replicated = replicate(make, 2, SEED)
    assert [tuple(layer.weight.shape) for layer in replicated.linears()] == [(2, 2, 1, 3, 3), (2, 2, 2, 3, 3), (2, 2, 32)]
    assert [layer.channels for layer in replicated.batch_norms()] == [2, 32]


def test_batch_norm_of_features_says_what_it_takes():
    replicated = replicate(lambda: nn.Sequential(nn.Unflatten(1, (2, 3)), nn.BatchNorm1d(2)), 2, SEED)
    with pytest.raises(ValueError, match="this side-by-side BatchNorm1d takes features"):
        replicated(np.ones((4, 6)))
