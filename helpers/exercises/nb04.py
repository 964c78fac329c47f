"""Judges for notebook 04, what batch norm computes."""

import numpy as np

from helpers.batch_norm import batch_norm_forward
from helpers.exercises.checking import judge_choice, judge_function, judge_number


def four_numbers(answer):
    """z = 0, 6, 6, 8, gamma = 2, beta = 1: the output for z = 8."""
    hints = [
        (1.0, "That is x̂. Now apply γ and β."),
        (2.0, "That is γx̂. β is still missing."),
        (4.0, "You added β before scaling: it is γ·x̂ + β, not γ·(x̂ + β)."),
        (2 * 3 / np.sqrt(12) + 1, "You divided the squared deviations by 3. Batch norm divides by the number of examples, 4."),
        (2 * 3 / 9 + 1, "You divided by the variance σ² = 9. Divide by its root, σ = 3."),
        (17.0, "Scale the standardized value x̂, not z itself."),
    ]
    return judge_number(answer, 3.0, hints, "Write down μ, then σ² (divide by 4), then x̂ of the 8, then γx̂ + β.")


def forward(answer):
    """The forward pass on (N, C, H, W)."""
    rng = np.random.default_rng(4)
    x = rng.normal(2.0, 0.05, (3, 2, 4, 4)) * np.array([1.0, 5.0])[:, None, None]
    gamma, beta = np.array([1.5, -2.0]), np.array([0.5, 3.0])

    def variant(axes, ddof=0, eps_outside=False, affine=True):
        def wrong(x, gamma, beta, eps=1e-5):
            sd = np.sqrt(x.var(axes, ddof=ddof, keepdims=True) + (0 if eps_outside else eps)) + (eps if eps_outside else 0)
            x_hat = (x - x.mean(axes, keepdims=True)) / sd
            return gamma[:, None, None] * x_hat + beta[:, None, None] if affine else x_hat

        return wrong

    hints = [
        (variant((0, 2, 3), affine=False), "That is x̂. γ and β are missing: gamma[:, None, None] meets the channels of x."),
        (variant((1, 2, 3)), "That is LayerNorm: it averages over the channels, too. Keep the channels apart: axes 0, 2, 3."),
        (variant(0), "You average over the examples only. The positions of a channel belong together: axes 0, 2, 3."),
        (variant((2, 3)), "You average within each picture (instance norm). The examples belong together too: axes 0, 2, 3."),
        (variant((0, 2, 3), ddof=1), "Your variance divides by m − 1. Batch norm normalizes with the biased one, divided by m (ddof=0)."),
        (variant((0, 2, 3), eps_outside=True), "Your ε is outside the root. It belongs inside: sqrt(var + eps)."),
    ]
    otherwise = "Check in this order: mean over the axes 0, 2, 3 with keepdims=True, variance over the same, x̂, then γ and β per channel."
    return judge_function(answer, lambda *case: batch_norm_forward(*case)[0], [(x, gamma, beta)], hints, otherwise)


def swapped_picture(answer):
    """Whose output depends on the other examples of the batch."""
    hints = {
        "b": "LayerNorm takes its mean within one example. Which one averages over the examples?",
        "c": "LayerNorm takes its mean within one example, so it cannot notice the others.",
        "d": "Look again at the figure with the coloured tables: in one row a colour runs through all examples.",
    }
    return judge_choice(answer, "a", hints)


JUDGES = {"04.1": four_numbers, "04.2": forward, "04.3": swapped_picture}
