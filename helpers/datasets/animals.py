"""Made-up animals of four numbers, of which colour varies most: a learner's question, as data."""

import numpy as np

PARTS = ("head", "body", "tail", "colour")
RULES = {"shape": lambda x: x[:, 0] + x[:, 1] > x[:, 2] + 5, "colour": lambda x: x[:, 3] > 5}


def animals(count, seed):
    """(count, 4) numbers: head, body and tail are normal with mean 5 and standard deviation 1, colour is even between 0 and 10.

    RULES says of such rows which animals belong to class 1, by shape or by colour. seed: fixes the draw.
    """
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.normal(5, 1, (count, 3)), rng.uniform(0, 10, count)])
