import numpy as np
import pytest

from helpers import datasets
from helpers.datasets import corruptions

DIGITS = datasets.load("digits", raw=True).x[:40]
SHIFTS = {
    "blur": corruptions.blur,
    "dim_each": lambda x, s: corruptions.dim_each(x, s, seed=3),
    "haze": corruptions.haze,
    "noisy": lambda x, s: corruptions.noisy(x, s, seed=3),
    "invert": corruptions.invert,
}
each_shift = pytest.mark.parametrize("shift", SHIFTS.values(), ids=SHIFTS)


@each_shift
def test_strength_zero_changes_nothing_and_more_changes_more(shift):
    np.testing.assert_array_equal(shift(DIGITS, 0), DIGITS)
    moved = [np.abs(shift(DIGITS, strength) - DIGITS).mean() for strength in (0.2, 0.4, 0.8)]
    assert 0 < moved[0] < moved[1] < moved[2]


@each_shift
def test_the_input_is_left_alone(shift):
    before = DIGITS.copy()
    assert shift(DIGITS, 0.5).shape == DIGITS.shape
    np.testing.assert_array_equal(DIGITS, before)


@each_shift
def test_bad_input_is_explained(shift):
    with pytest.raises(ValueError, match="8x8 pixels"):
        shift(DIGITS[:, :63], 0.5)
    with pytest.raises(ValueError, match="from 0"):
        shift(DIGITS, 1.5)


def test_blur_of_one_dot_by_hand():
    dot = np.zeros((8, 8))
    dot[0, 4] = 9.0
    blurred = corruptions.blur(dot.reshape(1, 64)).reshape(8, 8)
    expected = np.zeros((8, 8))
    expected[:2, 3:6] = 1.0  # a third of the ink leaves the picture at its upper edge
    np.testing.assert_allclose(blurred, expected, atol=1e-12)


def test_brightness_is_one_number_for_each_picture():
    factor = corruptions.dim_each(DIGITS, 0.8, seed=3).sum(axis=1) / DIGITS.sum(axis=1)
    assert 0.2 <= factor.min() < 0.4 and 0.8 < factor.max() <= 1
    dimmed = corruptions.dim_each(DIGITS, 0.8, seed=3)
    np.testing.assert_allclose(dimmed, factor[:, None] * DIGITS, atol=1e-12)


def test_noise_has_the_asked_size_and_follows_its_seed():
    noise = corruptions.noisy(DIGITS, 0.3, seed=3) - DIGITS
    assert abs(noise.std() - 0.3) < 0.02 and abs(noise.mean()) < 0.03
    np.testing.assert_array_equal(noise, corruptions.noisy(DIGITS, 0.3, seed=3) - DIGITS)
    assert not np.allclose(noise, corruptions.noisy(DIGITS, 0.3, seed=4) - DIGITS)


def test_inverting_twice_gives_the_pictures_back():
    np.testing.assert_allclose(corruptions.invert(corruptions.invert(DIGITS)), DIGITS, atol=1e-12)


def test_rematch_undoes_what_is_one_shift_and_scale_for_all():
    pale = corruptions.haze(DIGITS, 0.7)
    again = corruptions.match_moments(pale, DIGITS.mean(0), DIGITS.std(0), pale.mean(0), pale.std(0))
    np.testing.assert_allclose(again, DIGITS, atol=1e-12)
    nothing = corruptions.haze(DIGITS, 0.999)
    assert np.isfinite(corruptions.match_moments(nothing, DIGITS.mean(0), DIGITS.std(0), nothing.mean(0), nothing.std(0))).all()


def test_rematch_puts_a_pixel_without_spread_at_its_mean_and_refuses_nonsense():
    x = np.array([[1.0, 5.0], [3.0, 5.0]])
    again = corruptions.match_moments(x, np.array([10.0, 20.0]), np.array([2.0, 3.0]), x.mean(0), x.std(0))
    np.testing.assert_allclose(again, [[8.0, 20.0], [12.0, 20.0]])
    with pytest.raises(ValueError, match="negative or NaN"):
        corruptions.match_moments(x, 0.0, -1.0, 0.0, 1.0)


def test_haze_of_full_strength_is_refused():
    with pytest.raises(ValueError, match="one grey"):
        corruptions.haze(DIGITS, 1)
