"""Judges for notebook 12, drift or smoothness."""

import numpy as np

from helpers.exercises.checking import judge_choice, judge_function, judge_number


def change_per_distance(answer):
    """Rate 0.5, gradient of length 2, its change of length 3."""
    hints = [
        (3 / 2, "Divide by the distance that the parameters have moved: the rate is part of it."),
        (3 / 0.5, "Divide by the distance: the rate times the length of the gradient."),
        (1 / 3, "Upside down: change per distance."),
        (3 * 0.5 * 2, "Per distance means divided by it."),
    ]
    return judge_number(answer, 3 / (0.5 * 2), hints, "How far have the parameters moved? Divide the change by that.")


def noise_that_stays(answer):
    """Which noise in front of batch norm is not taken out by it."""
    hints = {
        "a": "The mean of the unit moves by that number, and batch norm subtracts the mean.",
        "b": "The standard deviation grows by that factor, and batch norm divides by it.",
        "d": "For each unit that is a factor common to all examples. What does batch norm do with it?",
    }
    return judge_choice(answer, "c", hints)


def smoothness(answer):
    """The largest change of the gradient per distance along the step."""

    def with_parts(distance, combine=max, size=np.linalg.norm, towards=-1):
        def function(gradient, w, rate, lengths):
            g = gradient(w)
            return combine([size(gradient(w + towards * t * rate * g) - g) / distance(t, rate, np.linalg.norm(g)) for t in lengths])

        return function

    def moved(t, rate, norm):
        return t * rate * norm

    def difference_of_lengths(gradient, w, rate, lengths):
        g, norm = gradient(w), np.linalg.norm
        return max(abs(norm(gradient(w - t * rate * g)) - norm(g)) / (t * rate * norm(g)) for t in lengths)

    hints = [
        (with_parts(lambda t, rate, norm: t * rate), "The distance is t times the rate times the length of the gradient."),
        (with_parts(lambda t, rate, norm: t * norm), "The distance is t times the rate times the length of the gradient."),
        (with_parts(lambda t, rate, norm: rate * norm), "The point lies t steps away: the distance contains t."),
        (with_parts(lambda t, rate, norm: 1.0), "That is the largest change. Divide each change by the distance gone."),
        (with_parts(lambda t, rate, norm: norm), "That is the change relative to the gradient. Divide by the distance gone."),
        (with_parts(moved, combine=np.mean), "The largest of the quotients, not their mean."),
        (with_parts(moved, combine=min), "The largest of the quotients, not the smallest."),
        (with_parts(moved, towards=1), "The step goes against the gradient: w minus t · rate · gradient."),
        (difference_of_lengths, "Take the length of the difference, not the difference of the lengths."),
    ]
    case = (lambda w: np.array([1.0, 4.0, 0.5]) * w**3 + w, np.array([1.0, -0.5, 0.8]), 0.1, np.array([0.5, 1.0, 2.0]))
    otherwise = "For each t: the length of gradient(w − t · rate · g) − g over the length of t · rate · g. Return the largest."
    return judge_function(answer, with_parts(moved), [case], hints, otherwise)


JUDGES = {"12.1": change_per_distance, "12.2": noise_that_stays, "12.3": smoothness}
