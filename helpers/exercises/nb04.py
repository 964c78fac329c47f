"""Judges for notebook 04, what batch norm computes."""

import numpy as np

from helpers.batch_norm import batch_norm_forward
from helpers.exercises.checking import judge_function, judge_number


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
    """The forward pass on (N, C, L)."""
    rng = np.random.default_rng(4)
    x = rng.normal(2.0, 0.05, (3, 2, 5)) * np.array([1.0, 5.0])[:, None]
    gamma, beta = np.array([1.5, -2.0]), np.array([0.5, 3.0])

    def variant(axes, ddof=0, affine=True, spread=lambda var, eps: np.sqrt(var + eps)):
        def wrong(x, gamma, beta, eps=1e-5):
            x_hat = (x - x.mean(axes, keepdims=True)) / spread(x.var(axes, ddof=ddof, keepdims=True), eps)
            return gamma[:, None] * x_hat + beta[:, None] if affine else x_hat

        return wrong

    hints = [
        (variant((0, 2), affine=False), "That is x̂. γ and β are missing: gamma[:, None] meets the channels of x."),
        (variant((1, 2)), "That is LayerNorm: it averages over the channels, too. Keep the channels apart: axes 0 and 2."),
        (variant(0), "You average over the examples only. The positions of a channel belong together: axes 0 and 2."),
        (variant(2), "You average within each example (instance norm). The examples belong together, too: axes 0 and 2."),
        (variant((0, 2), ddof=1), "Your variance divides by the number of values minus 1. Batch norm divides by their number (ddof=0)."),
        (variant((0, 2), spread=lambda var, eps: np.sqrt(var) + eps), "Your ε is outside the root. It belongs inside: sqrt(var + eps)."),
        (variant((0, 2), spread=lambda var, eps: var + eps), "You divide by the variance. Divide by its root: sqrt(var + eps)."),
    ]
    otherwise = "Check in this order: mean over axes 0 and 2 with keepdims=True, variance over the same, x̂, then γ and β per channel."
    return _slip(answer, x, gamma, beta) or judge_function(
        answer, lambda *case: batch_norm_forward(*case)[0], [(x, gamma, beta)], hints, otherwise
    )


def _slip(answer, x, gamma, beta):
    """The hint for a function that returns nothing, or stops because two shapes do not meet; None for any other."""
    if not callable(answer):
        return None
    try:
        output = answer(x.copy(), gamma.copy(), beta.copy())
    except ValueError as error:
        if "broadcast" not in str(error):
            raise
        return (
            "Two shapes do not meet. Either keepdims=True is missing, so that μ and σ² have shape (C,) and not (1, C, 1); "
            "or γ and β still have shape (C,): gamma[:, None] has shape (C, 1) and meets axis 1 of x."
        )
    code = getattr(answer, "__code__", None)
    written = code is not None and (code.co_names or code.co_nlocals > code.co_argcount)  # more than the stub's ...
    return "Your function returns nothing. Is a return missing?" if output is None and written else None


JUDGES = {"04.1": four_numbers, "04.2": forward}
