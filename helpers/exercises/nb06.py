"""Judges for notebook 06, gamma and beta."""

import numpy as np

from helpers.exercises.checking import judge_choice, judge_function, judge_number


def undoing_pair(answer):
    """mu = -2, variance 8, eps = 1: the gamma and beta that return the input."""
    hints = [
        ((np.sqrt(8), -2.0), "You left ε out. It is 1 here, and batch norm divides by √(σ² + ε)."),
        ((np.sqrt(8) + 1, -2.0), "ε is inside the root: √(σ² + ε)."),
        ((9.0, -2.0), "Batch norm divides by the root of σ² + ε, so γ has to be that root."),
        ((8.0, -2.0), "That is the variance. γ has to cancel a division by √(σ² + ε)."),
        ((1 / 3, -2.0), "That divides by the spread a second time. γ has to cancel the division, so multiply."),
        ((3.0, 2.0), "γ is right. β has to bring back the μ that was subtracted; look at its sign."),
        ((3.0, 0.0), "γ is right. β has to bring back the μ that was subtracted."),
        ((1.0, 0.0), "With γ = 1 and β = 0 the output is x̂, which has mean 0. Which numbers bring z back?"),
        ((-2.0, 3.0), "The right numbers, in the wrong order: γ first, then β."),
    ]
    return judge_number(answer, (3.0, -2.0), hints, "Solve γ·(z − μ)/√(σ² + ε) + β = z: first γ, so that z has the factor 1, then β.")


def free_to_change(answer):
    """What the layers below can change in the output of batch norm with gamma and beta frozen."""
    hints = {
        "a": "On the mini-batch the mean of x̂ is 0, so the mean of the output is β, and β is frozen.",
        "b": "On the mini-batch the spread of x̂ is 1, so the spread of the output is |γ|, and γ is frozen.",
        "d": "Two numbers are held, the mean and the spread. Look again at the section on what is not held.",
    }
    return judge_choice(answer, "c", hints)


def moved_into_next_layer(answer):
    """(beta, V) without gamma, for ReLU and a linear layer behind it."""
    rng = np.random.default_rng(6)
    # Square, so that scaling the columns of V by mistake has the right shape and gets its own hint.
    gamma, beta, V = np.array([0.5, 2.0, 3.0]), np.array([1.0, -0.4, 0.7]), rng.normal(size=(3, 3))
    hints = [
        (lambda g, b, V: (b, g[:, None] * V), "V is right. β changes too: ReLU(γx̂ + β) = γ·ReLU(x̂ + β/γ)."),
        (lambda g, b, V: (b / g, V), "β is right. The factor γ in front of the ReLU is still missing: it goes into V."),
        (lambda g, b, V: (b / g, V * g), "γ multiplies the columns of V here. Each unit has a row of V: gamma[:, None]."),
        (lambda g, b, V: (b / g, V / g[:, None]), "γ stands in front of the ReLU as a factor, so V is multiplied by it, not divided."),
        (lambda g, b, V: (b * g, g[:, None] * V), "V is right. To pull γ out of γx̂ + β, divide β by it."),
    ]
    otherwise = "Pull γ out: γx̂ + β = γ·(x̂ + β/γ). A positive factor passes through the ReLU and then multiplies its unit's row of V."
    return judge_function(answer, lambda g, b, V: (b / g, g[:, None] * V), [(gamma, beta, V)], hints, otherwise)


JUDGES = {"06.1": undoing_pair, "06.2": free_to_change, "06.3": moved_into_next_layer}
