"""Judges for notebook 10, running averages."""

import numpy as np

from helpers.exercises.checking import judge_choice, judge_function, judge_number


def after_two_batches(answer):
    """Momentum 0.1, start 1, two batches of variance 4: the running variance."""
    hints = [
        (1.3, "That is after the first batch. Apply the same line once more."),
        (3.97, "You kept 0.1 of the old value, as a Keras momentum of 0.1 would. In PyTorch 0.1 is the weight of the new batch."),
        (0.76, "You started at 0. The running mean starts there; the running variance starts at 1."),
        (0.4, "That is the new batch's part of one step. Add 0.9 times the old value, twice in all."),
        (4.0, "That is the truth, and the average gets there only slowly: one step moves it by a tenth of the distance."),
        (2.5, "You took the plain mean of 1 and 4. Each new batch counts 0.1."),
    ]
    otherwise = "Write the line down twice: 0.9 times the old value plus 0.1 times 4."
    return judge_number(answer, 1.57, hints, otherwise)


def which_fault(answer):
    """Bad on training pictures, not cured by one pass, cured with dropout off."""
    hints = {
        "a": "The network is bad in evaluation mode, so eval() was called.",
        "b": "Against lag the first pass would have helped: it replaces the moving average altogether.",
        "d": "It is bad on its own training pictures. Which of the two passes made the difference?",
    }
    return judge_choice(answer, "c", hints)


def _combined(means, variances, counts, within=1.0, between=1.0, weighted=True, unbiased=False):
    """The right answer, and with other settings wrong ones."""
    weights = counts / counts.sum() if weighted else np.full(len(counts), 1 / len(counts))
    mean = (weights * means).sum()
    var = within * (weights * variances).sum() + between * (weights * (means - mean) ** 2).sum()
    return mean, var * counts.sum() / (counts.sum() - 1) if unbiased else var


def combined(answer):
    """Mean and variance of all values from those of batches of different size."""
    case = np.array([2.0, -1.0, 4.0]), np.array([1.0, 3.0, 0.5]), np.array([60, 60, 20])

    def variant(**changes):
        return lambda *arguments: _combined(*arguments, **changes)

    def swapped(*arguments):
        return _combined(*arguments)[::-1]

    def rooted(*arguments):
        mean, var = _combined(*arguments)
        return mean, np.sqrt(var)

    hints = [
        (variant(between=0.0), "The variance between the batches is missing: the spread of their means."),
        (variant(within=0.0), "You have the spread of the means alone. Add the mean of the variances, the part within."),
        (variant(between=0.0, weighted=False), "Two things: weight each batch by its size, and add the spread of the means."),
        (variant(weighted=False), "The batches differ in size. Give each the weight counts / counts.sum(), in the mean and in both parts."),
        (variant(unbiased=True), "You divide by the number of values less one. Asked was the biased variance, divided by their number."),
        (swapped, "Both are right, but in another order: return mean, variance."),
        (rooted, "The second one is the standard deviation. Return its square, the variance."),
    ]
    otherwise = "Weights counts / counts.sum(); the weighted mean of the means; then the parts within and between, weighted too."
    return judge_function(answer, _combined, [case], hints, otherwise)


JUDGES = {"10.1": after_two_batches, "10.2": which_fault, "10.3": combined}
