"""Other places that pictures may come from: what changes them on the way, as plain functions of arrays.

Pictures are rows of 64 numbers, 8x8 pixels from 0 (paper) to 1 (ink), as datasets.load("digits").x has them. Every
function returns a new array of the same shape and leaves the labels, which it does not see, as they were.
"""

import numpy as np

SIDE = 8


def blur(x, strength=1.0):
    """Each pixel mixed with the mean of its 3x3 neighbourhood; beyond the edge is paper, 0.

    x: (N, 64). strength: 0 (as it was) to 1 (the mean alone). Raises ValueError for another shape or strength.
    """
    pictures = _checked(x, strength).reshape(-1, SIDE, SIDE)
    padded = np.pad(pictures, ((0, 0), (1, 1), (1, 1)))
    shifted = [padded[:, row : row + SIDE, column : column + SIDE] for row in range(3) for column in range(3)]
    return ((1 - strength) * pictures + strength * np.mean(shifted, axis=0)).reshape(-1, SIDE * SIDE)


def dim_each(x, strength, seed):
    """Each picture times a number of its own, drawn evenly from 1 - strength to 1: brightness that differs from picture to picture.

    x: (N, 64). strength: 0 (as it was) to 1. seed: fixes the draw. Raises ValueError for another shape or strength.
    """
    x = _checked(x, strength)
    return x * (1 - strength * np.random.default_rng(seed).random((len(x), 1)))


def haze(x, strength):
    """All pictures paler by one rule: (1 - strength) times the ink, and grey of half that strength over everything.

    x: (N, 64). strength: 0 (as it was) to below 1, where nothing would be left. One shift and scale for all: standardizing
    undoes it exactly. Raises ValueError for another shape or strength.
    """
    x = _checked(x, strength)
    if strength == 1:
        raise ValueError("strength is 1, which leaves one grey for all pictures; choose a number below 1.")
    return (1 - strength) * x + strength / 2


def noisy(x, strength, seed):
    """A random number for each pixel, normally distributed with the standard deviation `strength`, added to it.

    x: (N, 64). strength: 0 (as it was) to 1, in units of full ink. seed: fixes the draw. Raises ValueError for another shape or strength.
    """
    x = _checked(x, strength)
    return x + strength * np.random.default_rng(seed).standard_normal(x.shape)


def invert(x, strength=1.0):
    """The photographic negative, light digits on dark paper: 1 - x at strength 1; at 0.5 every picture is one grey.

    x: (N, 64). strength: 0 (as it was) to 1. Raises ValueError for another shape or strength.
    """
    x = _checked(x, strength)
    return (1 - strength) * x + strength * (1 - x)


def match_moments(x, mean, spread, target_mean, target_spread):
    """Each pixel moved and stretched so that what had the mean and standard deviation of the target has the given ones.

    x: (..., F). mean, spread, target_mean, target_spread: (F,) or broadcast with x. A pixel without spread in the target says nothing:
    it becomes its mean. This standardizes the target's pixels and undoes the source's standardization, so that a network
    trained on the source's pixels as they are reads them in its own units.
    Raises ValueError for a negative or NaN spread.
    """
    spread, target_spread = np.asarray(spread, dtype=float), np.asarray(target_spread, dtype=float)
    if not (spread >= 0).all() or not (target_spread >= 0).all():
        raise ValueError("a standard deviation is negative or NaN; expected numbers from 0 upwards, such as x.std(axis=0).")
    still = target_spread < 1e-9
    x_hat = np.where(still, 0.0, (np.asarray(x) - target_mean) / np.where(still, 1.0, target_spread))
    return x_hat * spread + mean


def _checked(x, strength):
    x = np.asarray(x, dtype=float)
    if x.ndim != 2 or x.shape[1] != SIDE * SIDE:
        raise ValueError(f"the pictures have shape {x.shape}; expected (N, 64), one row of 8x8 pixels for each.")
    if not 0 <= strength <= 1:
        raise ValueError(f"strength is {strength}; expected a number from 0 (nothing happens) to 1.")
    return x
