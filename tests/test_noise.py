import math

import pytest
import torch
from torch import nn

from helpers.networks import MovingNoise, noise_is, replicate

X = torch.randn(400, 300, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def parts(layer):
    """The factor and the offset of each unit in one pass, each (300,), for noise without a part of single examples."""
    noisy = layer(X)
    factor = noisy.std(0) / X.std(0)
    return factor, noisy.mean(0) - factor * X.mean(0)


def test_each_unit_is_moved_as_a_whole_within_the_bounds_and_anew_at_every_step():
    layer = MovingNoise(offset=0.5, factor=2.0, example=0)
    factor, offset = parts(layer)
    assert 1 <= factor.min() < 1.05 and 1.95 < factor.max() <= 2
    assert -0.5 <= offset.min() < -0.45 and 0.45 < offset.max() <= 0.5
    torch.testing.assert_close(layer(X).shape, X.shape)
    assert (parts(layer)[1] - offset).abs().median() > 0.2
    assert layer.eval()(X) is X


def test_each_example_differs_by_its_own_part():
    noisy = MovingNoise(offset=0, factor=1, example=0.1)(torch.zeros(400, 300, dtype=torch.float64))
    assert noisy.abs().max() <= 0.1 and noisy.std() == pytest.approx(0.1 / math.sqrt(3), rel=0.02)
    stretched = MovingNoise(offset=0, factor=1, example=0.1)(torch.ones(400, 300, dtype=torch.float64))
    assert stretched.std() == pytest.approx(math.sqrt(0.01 + 0.01 / 3), rel=0.02)


@pytest.mark.parametrize(("memory", "correlation"), [(0, 0.0), (10, math.exp(-0.1)), (math.inf, 1.0)])
def test_memory_sets_how_alike_two_steps_are_and_leaves_the_law_as_it_is(memory, correlation):
    layer = MovingNoise(offset=1.0, factor=1, example=0, memory=memory)
    steps = torch.stack([parts(layer)[1] for _ in range(40)])
    assert steps.std() == pytest.approx(1 / math.sqrt(3), rel=0.1)
    found = torch.corrcoef(torch.stack([steps[:-1].flatten(), steps[1:].flatten()]))[0, 1]
    assert found.item() == pytest.approx(correlation, abs=0.06)


def test_speed_moves_each_unit_one_way():
    layer = MovingNoise(offset=0, factor=1, example=0, speed=0.1)
    first, second, third = (parts(layer)[1] for _ in range(3))
    torch.testing.assert_close(second - first, third - second)
    assert 0.09 < (second - first).abs().max() <= 0.1


def test_a_drift_that_stops_stays_where_it_is():
    layer = MovingNoise(offset=0, factor=1, example=0, speed=0.1, stops=2)
    first, second, third, fourth = (parts(layer)[1] for _ in range(4))
    assert (second - first).abs().median() > 0.02
    torch.testing.assert_close(third, fourth)


def test_held_stays_off_does_nothing_and_fresh_leaves_the_training_alone():
    layer = MovingNoise(offset=1.0, factor=1, example=0, memory=100, speed=0.01)
    before = parts(layer)[1]
    with noise_is(layer, "held"):
        torch.testing.assert_close(parts(layer)[1], before)
    with noise_is(layer, "off"):
        assert layer(X) is X
    with noise_is(layer, "fresh"):
        assert (parts(layer)[1] - before).abs().median() > 0.2
    assert (parts(layer)[1] - before).abs().median() < 0.15  # one step on from where it was


def test_modes_reach_replicated_networks_and_unknown_ones_are_refused():
    network = replicate(lambda: nn.Sequential(nn.Linear(3, 4), MovingNoise(), nn.ReLU(), nn.Linear(4, 2)), 2, 0)
    x = torch.randn(5, 3)
    with noise_is(network, "off"):
        torch.testing.assert_close(network(x), network(x))
    assert not torch.allclose(network(x), network(x))
    with pytest.raises(ValueError, match="mode is 'loud'; expected 'on', 'held', 'off', 'fresh'"), noise_is(network, "loud"):
        pass


@pytest.mark.parametrize("options", [{"offset": -1}, {"factor": 0.5}, {"example": -0.1}, {"memory": -1}, {"speed": -0.1}, {"stops": -1}])
def test_noise_that_makes_no_sense_is_refused(options):
    with pytest.raises(ValueError, match="expected 0 or more, and a factor of at least 1"):
        MovingNoise(**options)
