import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.networks import GhostBatchNorm1d, GhostBatchNorm2d, LpBatchNorm1d, NoisePerUnit, Residual, plain_copy, replicate
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


@pytest.mark.parametrize("layer", [nn.Bilinear(1, 1, 1), nn.Dropout2d(), nn.BatchNorm3d(3)], ids=lambda layer: type(layer).__name__)
def test_an_unknown_layer_is_named_with_the_known_ones(layer):
    name = type(layer).__name__
    with pytest.raises(ValueError, match=f"does not know the layer {name}; it knows Sequential, Residual, Linear, BatchNorm1d, .*ReLU"):
        replicate(lambda: nn.Sequential(nn.Linear(3, 3), nn.Sequential(layer)), 2, SEED)


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
    "ghost, plain average": lambda: GhostBatchNorm1d(7, 4, momentum=None),
    "ghost, bare": lambda: GhostBatchNorm1d(7, 4, affine=False, track_running_stats=False),
    "layer norm": lambda: nn.LayerNorm(7),
    "layer norm without bias": lambda: nn.LayerNorm(7, eps=0.1, bias=False),
    "layer norm, bare": lambda: nn.LayerNorm(7, elementwise_affine=False),
    "dropout": lambda: nn.Dropout(0.3),
    "no dropout": lambda: nn.Dropout(0.0),
    "noise": lambda: NoisePerUnit(0.5, 1.5),
    "noise for each value": lambda: NoisePerUnit(0.5, 1.5, jitter=0.2),
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
