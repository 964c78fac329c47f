"""Which examples train and which test, for each copy."""

import numpy as np


def splits(examples, train, copies, seed):
    """A split of its own for each copy: index arrays (train, test) of shapes (copies, train) and (copies, examples - train).

    Row i is range(examples) in a random order drawn from seed + i, cut after the first `train`. To give every copy the
    same split, repeat row 0: `np.repeat(part[:1], copies, axis=0)`.
    """
    if copies < 1:
        raise ValueError(f"copies is {copies}; expected at least 1.")
    if not 0 < train < examples:
        raise ValueError(f"train is {train}; of {examples} examples, between 1 and {examples - 1} can be training examples.")
    orders = np.stack([np.random.default_rng(seed + i).permutation(examples) for i in range(copies)])
    return orders[:, :train], orders[:, train:]
