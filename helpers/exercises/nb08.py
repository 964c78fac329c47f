"""Judges for notebook 08, scale invariance."""

import numpy as np

from helpers.exercises.checking import judge_choice, judge_function, judge_number


def after_one_step(answer):
    """The squared length 4, gradient of length 3, rate 2: the squared length after a step at a right angle."""
    hints = [
        (22.0, "The step has the length η‖g‖ = 2 · 3. Pythagoras squares all of it, the rate too."),
        (13.0, "The step has the length η‖g‖ = 2 · 3; you left the rate out."),
        (64.0, "You added the lengths. w and the step are at a right angle: add the squares."),
        (16.0, "You subtracted the lengths. w and the step are at a right angle: add the squares."),
        (-32.0, "The step is subtracted, but its squared length is added: the two are at a right angle."),
        (10.0, "4 is the squared length already; the step's length, 6, has to be squared too."),
        (36.0, "That is the squared length of the step. Add it to what was there."),
        (np.sqrt(40.0), "That is the length. The question asks for its square."),
        (52.0, "4 is the squared length already; do not square it again."),
    ]
    return judge_number(answer, 40.0, hints, "w, the step and the new w make a right triangle. How long are its two legs?")


def rate_for_shorter_weights(answer):
    """Which rate gives the same training from weights a third as long."""
    hints = {
        "a": "A third as long, and a gradient 3 times longer: at the same rate the weights turn much more.",
        "b": "That makes the step as long as before. But it turns a vector a third as long.",
        "d": "The gradient is longer already. The rate has to make up for that, not add to it.",
    }
    return judge_choice(answer, "c", hints)


def rates_without_decay(answer):
    """The growing rates that replace weight decay."""

    def variant(exponent, base=lambda rate, decay: 1 - rate * decay):
        return lambda rate, decay, steps: rate * base(rate, decay) ** exponent(np.arange(steps))

    hints = [
        (variant(lambda s: -2.0 * s), "Nearly: in step s the weights shrink before the gradient is subtracted. One factor is missing."),
        (variant(lambda s: -2.0 * s - 2), "Nearly: the gradient of step s is taken before the shrinking. That is one factor too many."),
        (variant(lambda s: -(s + 1.0)), "The length is made up for, the gradient is not: it is shorter by the same factor. So the square."),
        (variant(lambda s: -1.0 * s), "The length is made up for, the gradient is not: it is shorter by the same factor. So the square."),
        (variant(lambda s: 2.0 * s + 1), "These rates fall. Without decay the weights stay longer, so they need larger rates: divide."),
        (variant(lambda s: -2.0 * s - 1, lambda rate, decay: 1 - decay), "The weights shrink by 1 − rate · decay, not by 1 − decay."),
        (variant(lambda s: 2.0 * s + 1, lambda rate, decay: 1 + rate * decay), "Close for small decay. Exactly: divide by 1 − ηλ."),
    ]
    otherwise = "Step s gets η/(1 − ηλ)^(2s + 1), with s = 0 for the first step. Return an array of `steps` numbers."
    return judge_function(answer, variant(lambda s: -2.0 * s - 1), [(0.3, 0.1, 6), (0.5, 0.02, 4)], hints, otherwise)


JUDGES = {"08.1": after_one_step, "08.2": rate_for_shorter_weights, "08.3": rates_without_decay}
