"""Judges for notebook 01, why inputs are standardized."""

import numpy as np

from helpers.exercises.checking import judge_choice, judge_function, judge_number


def largest_stable_rate(answer):
    """Eigenvalues 0.5, 2 and 8."""
    hints = [
        (4.0, "That is 2/λmin. At that rate the steepest axis, λ = 8, multiplies its distance by 1 − 4·8 = −31 at every step."),
        (0.125, "That is 1/λmax, the rate that settles the steepest axis in one step. Up to twice that, it still shrinks."),
        (1.0, "That suits the middle axis. The steepest one must shrink too: |1 − rate·8| < 1."),
        (16.0, "Divide: the steeper the bowl, the smaller the rate."),
    ]
    return judge_number(answer, 0.25, hints, "Each axis is multiplied by 1 − rate·λ; for every λ this must stay between −1 and 1.")


def standardize(answer):
    """Training statistics for both tables."""
    rng = np.random.default_rng(1)
    train, test = rng.normal([1.0, 50.0], [0.5, 9.0], (6, 2)), rng.normal([3.0, 80.0], [0.7, 5.0], (4, 2))

    def by(center, spread):
        return lambda a, b: ((a - center(a, b)) / spread(a, b), (b - center(a, b)) / spread(a, b))

    def right(a, b):
        return by(lambda a, b: a.mean(0), lambda a, b: a.std(0))(a, b)

    def own(a, b):
        return (a - a.mean(0)) / a.std(0), (b - b.mean(0)) / b.std(0)

    def rows(a, b):
        return tuple((v - v.mean(1, keepdims=True)) / v.std(1, keepdims=True) for v in (a, b))

    hints = [
        (own, "You gave the test set its own μ and σ. Use the training set's for both."),
        (
            by(lambda a, b: np.vstack([a, b]).mean(0), lambda a, b: np.vstack([a, b]).std(0)),
            "You measured μ and σ on both tables. The test set is not there when the model is made.",
        ),
        (by(lambda a, b: a.mean(0), lambda a, b: a.var(0)), "You divided by the variance. Divide by its root, the standard deviation."),
        (by(lambda a, b: a.mean(), lambda a, b: a.std()), "You took one mean over the whole table. Each feature has its own: axis=0."),
        (rows, "You averaged along the rows, over the features of one example. Average over the examples: axis=0."),
        (
            by(lambda a, b: a.mean(0), lambda a, b: a.std(0, ddof=1)),
            "That divides by N − 1 under the root. A fair choice, but the course uses N (ddof=0).",
        ),
        (by(lambda a, b: a.mean(0), lambda a, b: 1.0), "Centred, but not divided by σ yet."),
    ]
    otherwise = "Measure mean and standard deviation of train over axis 0, then use them on train and on test."
    return judge_function(answer, right, [(train, test)], hints, otherwise)


def other_unit(answer):
    """What a change of unit does to standardized data."""
    hints = {
        "a": "Before standardizing it would. What happens to σ when all numbers grow a thousandfold?",
        "b": "For the raw data it would. Is the standardized table any different?",
        "d": "σ grows a thousandfold, and so do the numbers that are divided by it.",
    }
    return judge_choice(answer, "c", hints)


JUDGES = {"01.1": largest_stable_rate, "01.2": standardize, "01.3": other_unit}
