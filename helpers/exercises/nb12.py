"""Judges for notebook 12, drift or smoothness."""

import copy

import numpy as np

from helpers.exercises.checking import attempted, judge_choice, judge_function, judge_number


def change_per_distance(answer):
    """Rate 0.1, gradient of length 5, its change of length 3."""
    hints = [
        (3 / 5, "Divide by the distance that the parameters have moved: the rate is part of it."),
        (3 / 0.1, "Divide by the distance: the rate times the length of the gradient."),
        (0.1 * 5 / 3, "Upside down: change per distance."),
        (3 * 0.1 * 5, "Per distance means divided by it."),
        (3, "That is the change. Divide it by the distance that the parameters have moved."),
    ]
    return judge_number(answer, 3 / (0.1 * 5), hints, "How far have the parameters moved? Divide the change by that.")


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

    def at_length(number):
        def function(gradient, w, rate, lengths):
            g, t = gradient(w), lengths[number]
            return np.linalg.norm(gradient(w - t * rate * g) - g) / (t * rate * np.linalg.norm(g))

        return function

    def each_from_the_last(gradient, w, rate, lengths):
        found = []
        for t in lengths:
            g = gradient(w)
            step = t * rate * g
            w = w - step
            found.append(np.linalg.norm(gradient(w) - g) / np.linalg.norm(step))
        return max(found)

    def largest_over_largest(gradient, w, rate, lengths):
        g = gradient(w)
        changes = [np.linalg.norm(gradient(w - t * rate * g) - g) for t in lengths]
        return max(changes) / (max(lengths) * rate * np.linalg.norm(g))

    hints = [
        (with_parts(lambda t, rate, norm: t * rate), "The distance is t times the rate times the length of the gradient."),
        (with_parts(lambda t, rate, norm: t * norm), "The distance is t times the rate times the length of the gradient."),
        (with_parts(lambda t, rate, norm: rate * norm), "The point lies t steps away: the distance contains t."),
        (with_parts(lambda t, rate, norm: 1.0), "That is the largest change. Divide each change by the distance gone."),
        (with_parts(lambda t, rate, norm: norm), "That is the change relative to the gradient. Divide by the distance gone."),
        (with_parts(moved, combine=np.mean), "The largest of the quotients, not their mean."),
        (at_length(0), "That is the quotient at the first length alone. Return the largest over all lengths."),
        (at_length(-1), "That is the quotient at the last length alone. Return the largest over all lengths."),
        (with_parts(moved, combine=min), "The largest of the quotients, not the smallest."),
        (largest_over_largest, "Divide each change by its own distance first, then take the largest quotient."),
        (each_from_the_last, "Every point is measured from the first w: do not walk on from the point before."),
        (with_parts(moved, towards=1), "The step goes against the gradient: w minus t · rate · gradient."),
        (difference_of_lengths, "Take the length of the difference, not the difference of the lengths."),
    ]

    def first_case(w):  # the largest quotient is at the first length
        return np.array([1.0, 4.0, 0.5]) * w**3 + w

    def middle_case(w):  # here at the second of three
        return np.array([1.0, 2.0, 0.5]) * np.sin(3 * w) + 0.1 * w

    cases = [
        (first_case, np.array([1.0, -0.5, 0.8]), 0.1, np.array([0.5, 1.0, 2.0])),
        (middle_case, np.array([1.0, -0.5, 0.8]), 0.3, np.array([0.5, 1.5, 4.0])),
    ]
    if callable(answer):
        gradient, w, rate, lengths = copy.deepcopy(cases[0])
        before, returned = w.copy(), attempted(answer(gradient, w, rate, lengths))
        if not np.array_equal(w, before):
            return "Your function changes w. Compute the new point in another array, with w - ..., not with w -= ..."
        if np.ndim(returned) == 1:
            return "Return one number: the largest of the quotients, not all of them."
    otherwise = "For each t: the length of gradient(w − t · rate · g) − g over the length of t · rate · g. Return the largest."
    return judge_function(answer, with_parts(moved), cases, hints, otherwise)


JUDGES = {"12.1": change_per_distance, "12.2": noise_that_stays, "12.3": smoothness}
