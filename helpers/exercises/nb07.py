"""Judges for notebook 07, faster training."""

import numpy as np

from helpers.exercises.checking import judge_choice, judge_function, judge_number


def rest_of_the_recipe(answer):
    """31.0, 13.3 and 2.1 million steps: the factor that comes on top of batch norm alone."""
    hints = [
        (31.0 / 2.1, "That is the whole recipe against the network without batch norm. Take batch norm alone out of it."),
        (31.0 / 13.3, "That is batch norm alone. What is left from there to the whole recipe?"),
        (2.1 / 13.3, "Upside down: how many times fewer steps, so the larger number goes on top."),
        (31.0 / 2.1 - 31.0 / 13.3, "Factors are divided, not subtracted: 31.0/2.1 is 31.0/13.3 times what you look for."),
    ]
    return judge_number(answer, 13.3 / 2.1, hints, "Divide the steps of batch norm alone by the steps of the recipe.", tolerance=0.02)


def first_objection(answer):
    """One learning rate, one start, 16 seeds: what to ask for before believing "batch norm is 20 times faster"."""
    hints = {
        "a": "Sixteen seeds show the spread well enough. What was the same for both that need not suit both?",
        "c": "A longer run tells how slow the other is with these settings. Were they the best settings for it?",
        "d": "That would be another question. What was the same for both that need not suit both?",
    }
    return judge_choice(answer, "b", hints)


def product(answer):
    """One gradient step on y = x * w1 * ... * wL: (predicted decrease, true decrease)."""

    def gradient(w, x):
        return np.array([x * np.prod(np.delete(w, k)) for k in range(len(w))])

    def right(w, x, rate):
        g = gradient(w, x)
        return rate * (g**2).sum(), x * np.prod(w) - x * np.prod(w - rate * g)

    def with_gradient(g_of):
        def wrong(w, x, rate):
            g = g_of(w, x)
            return rate * (g**2).sum(), x * np.prod(w) - x * np.prod(w - rate * g)

        return wrong

    def alone(w, x, rate):
        g, y = gradient(w, x), x * np.prod(w)
        changed = [np.prod(np.where(np.arange(len(w)) == k, w - rate * g, w)) for k in range(len(w))]
        return rate * (g**2).sum(), sum(y - x * p for p in changed)

    hints = [
        (alone, "The second number adds up steps in one factor at a time. Change all factors at once, then multiply."),
        (lambda w, x, rate: right(w, x, rate)[::-1], "The right numbers, in the wrong order: predicted first, then true."),
        (lambda w, x, rate: (right(w, x, rate)[0], -right(w, x, rate)[1]), "The decrease is y before minus y after."),
        (lambda w, x, rate: ((gradient(w, x) ** 2).sum(), right(w, x, rate)[1]), "The prediction is rate times the squared length."),
        (lambda w, x, rate: (rate * np.linalg.norm(gradient(w, x)), right(w, x, rate)[1]), "The length of the gradient has to be squared."),
        (with_gradient(lambda w, x: x * np.prod(w) * np.ones(len(w))), "The derivative by wk leaves wk out of the product: y / wk."),
        (with_gradient(lambda w, x: np.prod(w) / w), "x is a factor of the gradient too."),
    ]
    otherwise = "The gradient by wk is y / wk. Predicted: rate · sum of its squares. True: y before minus y after w − rate · gradient."
    return judge_function(answer, right, [(np.array([1.5, 0.8, 1.2, 2.0]), 0.7, 0.05)], hints, otherwise)


JUDGES = {"07.1": rest_of_the_recipe, "07.2": first_objection, "07.3": product}
