"""Judges for notebook 09, the noise from the batch."""

import numpy as np

from helpers.exercises.checking import judge_choice, judge_function, judge_number


def spread_of_x_hat(answer):
    """B = 100, x_hat = 2, a bell curve (kurtosis 3, skew 0): the standard deviation of x_hat over batches."""
    hints = [
        (0.1, "That is the spread at the centre, where x̂ = 0. Here x̂ = 2, and the second term counts."),
        (0.03, "That is the variance. Take its root."),
        (0.2, "You used κ/4. It is (κ − 1)/4: for a bell curve 2/4."),
        (np.sqrt(3.0), "Divide by the size of the batch before you take the root."),
        (np.sqrt(0.02), "x̂ enters squared: 2² = 4."),
    ]
    return judge_number(answer, np.sqrt(0.03), hints, "The variance is (1 + x̂²(κ − 1)/4 + x̂ · skew)/B. Take its root.", tolerance=0.005)


def accumulated_gradients(answer):
    """Which batch is which when gradients of 16 mini-batches of 32 are added up before an update."""
    hints = {
        "a": "Each forward pass sees 32 examples only, so batch norm cannot average over 512.",
        "c": "The two are exchanged. Which number does a forward pass see, and after how many examples are the weights changed?",
        "d": "Batch norm sees 32. But the weights change once in 16 mini-batches: count the examples that enter one update.",
    }
    return judge_choice(answer, "b", hints)


def in_groups(answer):
    """x_hat of an (N, C) array, normalized in groups of consecutive examples."""
    z = np.random.default_rng(9).normal([3.0, -1.0], [2.0, 0.2], (12, 2))

    def by(normalize):
        return lambda z, group, eps=1e-5: normalize(z, group, eps)

    def right(z, group, eps):
        parts = z.reshape(-1, group, z.shape[1])
        return ((parts - parts.mean(1, keepdims=True)) / np.sqrt(parts.var(1, keepdims=True) + eps)).reshape(z.shape)

    def whole(z, group, eps):
        return (z - z.mean(0)) / np.sqrt(z.var(0) + eps)

    def unbiased(z, group, eps):
        parts = z.reshape(-1, group, z.shape[1])
        return ((parts - parts.mean(1, keepdims=True)) / np.sqrt(parts.var(1, ddof=1, keepdims=True) + eps)).reshape(z.shape)

    def interleaved(z, group, eps):
        parts = z.reshape(group, -1, z.shape[1])
        return ((parts - parts.mean(0)) / np.sqrt(parts.var(0) + eps)).reshape(z.shape)

    def number_for_size(z, group, eps):
        return right(z, len(z) // group, eps)

    def channels_too(z, group, eps):
        parts = z.reshape(-1, group, z.shape[1])
        return ((parts - parts.mean((1, 2), keepdims=True)) / np.sqrt(parts.var((1, 2), keepdims=True) + eps)).reshape(z.shape)

    hints = [
        (by(whole), "That is batch norm over all examples. Cut z into groups first: z.reshape(-1, group, C)."),
        (by(unbiased), "Your variance divides by group − 1. Batch norm normalizes with the biased one (ddof=0)."),
        (by(interleaved), "Your groups are interleaved: the first group is the first `group` examples, z.reshape(-1, group, C)."),
        (by(number_for_size), "You made `group` groups. `group` is the number of examples in each: z.reshape(-1, group, C)."),
        (by(channels_too), "You average over the channels too. Each unit keeps its own mean: after the reshape, axis 1 alone."),
    ]
    otherwise = "In this order: z.reshape(-1, group, C), mean and variance over axis 1 with keepdims=True, x̂, back to the shape of z."
    return judge_function(answer, by(right), [(z, 4)], hints, otherwise)


JUDGES = {"09.1": spread_of_x_hat, "09.2": accumulated_gradients, "09.3": in_groups}
