"""Judges for notebook 05, the backward pass."""

import numpy as np

from helpers.exercises.checking import judge_function, judge_number


def first_of_four(answer):
    """z = 0, 6, 6, 8, gamma = 2, dy = 0, 0, 0, 9: the gradient at z = 0."""
    hints = [
        (0.0, "The first example is in μ and in σ, and the last output depends on both. So its gradient is not its dy times a factor."),
        (2.5, "The path by μ is missing: subtract mean(dy), too."),
        (-1.5, "The path by σ² is missing: subtract x̂ · mean(dy · x̂), too."),
        (4.0, "You subtracted the sums over the batch. They are means: divide by N = 4."),
        (1.5, "γ/σ is missing: multiply by 2/3."),
        (0.5, "γ is missing: multiply by 2."),
        (3.0, "1/σ is missing: divide by 3."),
        (-4.0, "Check the sign of x̂: the first example lies below the mean, so its x̂ is −5/3."),
    ]
    otherwise = "Write down x̂ of the four, then mean(dy) and mean(dy · x̂), then the one line for the first example."
    return judge_number(answer, 1.0, hints, otherwise)


def _backward(dy, x_hat, sigma, gamma, by_mu=1.0, by_var=1.0, factor=None, sums=1.0):
    """The right answer, and with other weights of the paths, or another factor than gamma / sigma, a wrong one."""
    factor = gamma / sigma if factor is None else factor
    mean, along_x_hat = dy.mean(axis=0), x_hat * (dy * x_hat).mean(axis=0)
    return factor * (dy - by_mu * mean - by_var * along_x_hat), sums * (dy * x_hat).sum(axis=0), sums * dy.sum(axis=0)


def backward(answer):
    """The whole backward pass on (N, C)."""
    rng = np.random.default_rng(5)
    z = rng.normal(3.0, [0.5, 2.0, 4.0], (6, 3))
    sigma = np.sqrt(z.var(axis=0) + 1e-5)
    case = rng.normal(size=(6, 3)), (z - z.mean(axis=0)) / sigma, sigma, np.array([1.5, -2.0, 0.5])
    examples = len(z)

    def variant(**changes):
        return lambda dy, x_hat, sigma, gamma: _backward(dy, x_hat, sigma, gamma, **changes)

    def other_factor(make):
        return lambda dy, x_hat, sigma, gamma: _backward(dy, x_hat, sigma, gamma, factor=make(sigma, gamma))

    def swapped(*case):
        dz, dgamma, dbeta = _backward(*case)
        return dz, dbeta, dgamma

    hints = [
        (variant(by_mu=0.0, by_var=0.0), "Your dz takes μ and σ for constants. Both depend on z: two more paths lead back."),
        (variant(by_mu=0.0), "The path by μ is missing in dz: subtract the mean of dy over the batch."),
        (variant(by_var=0.0), "The path by σ² is missing in dz: subtract x̂ times the mean of dy · x̂."),
        (variant(by_mu=examples, by_var=examples), "In dz you subtract sums. Each example gets one N-th of them back: use means."),
        (variant(by_mu=examples), "In dz you subtract the sum of dy. Each example gets one N-th of it back: use the mean."),
        (variant(by_var=examples), "In dz you subtract x̂ times a sum. Each example gets one N-th of it back: use the mean of dy · x̂."),
        (other_factor(lambda sigma, gamma: 1 / sigma), "γ is missing in dz: y = γx̂ + β, so each dy is multiplied by γ on its way back."),
        (other_factor(lambda sigma, gamma: gamma), "1/σ is missing in dz: x̂ = c/σ, so the gradient is divided by σ on its way back."),
        (other_factor(lambda sigma, gamma: gamma / sigma**2), "You divided by σ². Divide by `sigma`, which is the root already."),
        (other_factor(lambda sigma, gamma: gamma / np.sqrt(sigma)), "You took the root of `sigma`, which is the root √(σ² + ε) already."),
        (other_factor(lambda sigma, gamma: gamma * sigma), "You multiplied by σ. x̂ = c/σ, so the gradient is divided by σ."),
        (variant(sums=1 / examples), "dz is right. dγ and dβ are sums over the batch, not means: every example uses the same γ and β."),
        (swapped, "All three are right, but in another order: return dz, dγ, dβ."),
    ]
    otherwise = "Check one by one: dβ sums dy over axis 0, dγ sums dy · x̂, and dz is γ/σ times dy without its two means."
    return judge_function(answer, _backward, [case], hints, otherwise)


JUDGES = {"05.1": first_of_four, "05.2": backward}
