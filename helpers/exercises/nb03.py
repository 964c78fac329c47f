"""Judges for notebook 03, internal covariate shift."""

import numpy as np

from helpers.exercises.checking import judge_choice, judge_function, judge_number


def shape_drift(answer):
    """0, 2, 4, 6 before and 10, 14, 18, 22 after: the drift by shape."""
    hints = [
        (13.0, "That is the drift by distance: the mean of 10, 12, 14 and 16. By shape, standardize both lists first."),
        (np.sqrt(13**2 + 5) / np.sqrt(5), "That is the drift by moments. By shape, standardize both lists first."),
        (2.0, "The spread doubles, but shape does not count stretching: standardize both lists and compare."),
        (10.0, "Shape does not count shifting: standardize both lists and compare."),
    ]
    return judge_number(answer, 0.0, hints, "Standardize both lists, then take the mean difference of the sorted values.")


def first_question(answer):
    """What to ask when a network is said to drift little in 100 steps."""
    hints = {
        "a": "That matters for the other two definitions. This one could be small for a much simpler reason.",
        "c": "The median over units does not grow with their number. What could make any network's drift small?",
        "d": "Both could have any function. What could make any network's drift small?",
    }
    return judge_choice(answer, "b", hints)


def order(answer):
    """1 minus the correlation of a unit's values before and after."""
    rng = np.random.default_rng(3)
    before = rng.normal(2.0, 3.0, 12)
    after = 0.5 * before + rng.normal(-1.0, 1.0, 12)

    def correlation(b, a):
        return np.corrcoef(b, a)[0, 1]

    def standardized(v):
        return (v - v.mean()) / v.std()

    hints = [
        (correlation, "That is the correlation, which is 1 for values that did not move. The drift is 1 minus it."),
        (lambda b, a: 1 - np.mean(b * a), "Standardize both arrays before you multiply them."),
        (lambda b, a: 1 - np.cov(b, a, ddof=0)[0, 1], "That is 1 minus the covariance. Divide by both standard deviations."),
        (lambda b, a: 1 - np.cov(b, a)[0, 1], "That is 1 minus the covariance. Divide by both standard deviations."),
        (
            lambda b, a: 1 - correlation(np.sort(b), np.sort(a)),
            "You sorted. Then a swap of two pictures cannot be noticed: keep each picture in its place.",
        ),
        (
            lambda b, a: np.abs(standardized(b) - standardized(a)).mean(),
            "That is a mean difference. Multiply the standardized values instead.",
        ),
    ]
    otherwise = "Standardize before and after, multiply them picture by picture, take the mean, and subtract it from 1."
    return judge_function(answer, lambda b, a: 1 - correlation(b, a), [(before, after)], hints, otherwise)


JUDGES = {"03.1": shape_drift, "03.2": first_question, "03.3": order}
