"""Judges for notebook 14, batch norm on many devices."""

import numpy as np

from helpers.exercises.checking import judge_choice, judge_function, judge_number


def two_replicas(answer):
    """Means 2 and 6, variances 1 and 3, equal sizes: the variance over both."""
    hints = [
        (2.0, "That is within, the mean of the variances. The means differ too: add their variance."),
        (4.0, "That is between, the variance of the means (or the sum of the variances). Within is still to be added."),
        (8.0, "You added the variances. Within is their mean, 2; between is the variance of 2 and 6."),
        (18.0, "The variance of 2 and 6 is 4: both are 2 away from their mean. 16 is the square of their distance."),
        (10.0, "The variance of 2 and 6 is 4, divided by 2 examples, not by 1. Batch norm uses the biased variance."),
    ]
    return judge_number(answer, 6.0, hints, "Two parts: the mean of the variances, and the variance of the means 2 and 6.")


def whose_mean(answer):
    """16 devices, 4 pictures each, 8 micro-batches, plain batch norm."""
    hints = {
        "b": "The micro-batches went through the network one after the other. Did they meet in batch norm?",
        "c": "That would be SyncBN. Ordinary batch norm does not ask the other devices.",
        "d": "That is the batch of the step. Which of these pictures are in the layer at the same time, on the same device?",
    }
    return judge_choice(answer, "a", hints)


def combined(answer):
    """Mean and variance over shards of different size."""
    rng = np.random.default_rng(14)
    counts = np.array([[3.0], [10.0], [40.0]])
    means, variances = rng.normal(size=(3, 4)), rng.uniform(0.5, 2.0, (3, 4))

    def weighted(n, values):
        return (n * values).sum(axis=0) / n.sum(axis=0)

    def right(n, m, v):
        mean = weighted(n, m)
        return mean, weighted(n, v) + weighted(n, (m - mean) ** 2)

    hints = [
        (lambda n, m, v: (m.mean(0), v.mean(0) + m.var(0)), "That holds for shards of equal size. Weight each shard by its count."),
        (lambda n, m, v: (m.mean(0), v.mean(0)), "Between is missing, and each shard counts by its size."),
        (lambda n, m, v: (weighted(n, m), weighted(n, v)), "The mean is right. The variance lacks what lies between the shards."),
        (lambda n, m, v: (weighted(n, m), weighted(n, v) + m.var(0)), "Within is right. Between has to be weighted by the counts, too."),
        (
            lambda n, m, v: (weighted(n, m), weighted(n, v) + ((m - weighted(n, m)) ** 2).mean(0)),
            "Within is right. Between has to be weighted by the counts, too.",
        ),
        (lambda n, m, v: (weighted(n, m), right(n, m, v)[1] * n.sum() / (n.sum() - 1)), "Batch norm normalizes with the biased variance."),
    ]
    otherwise = "Weight everything by share = counts / counts.sum(axis=0): the mean, the variances, and the squared distances of the means."
    return judge_function(answer, right, [(counts, means, variances)], hints, otherwise)


JUDGES = {"14.1": two_replicas, "14.2": whose_mean, "14.3": combined}
