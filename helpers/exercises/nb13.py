"""Judges for notebook 13, when not to use batch norm."""

import numpy as np

from helpers.exercises.checking import judge_choice, judge_function, judge_number


def larger_of_two(answer):
    """z = -4 and 10, γ = 3, β = 2: the output for 10."""
    hints = [
        (1, "That is x̂. Apply γ and β to it."),
        (3, "That is γ times x̂. Add β."),
        (23, "You subtracted the mean and did not divide by σ, which is 7 here."),
        (-1, "That is the output of the smaller one, z = −4."),
        (3 * 7 / np.sqrt(98) + 2, "You divided by N − 1 = 1 in the variance. Batch norm divides by N = 2."),
        (32, "You applied γ and β to z itself. Normalize first: subtract μ, divide by σ."),
        (3 / 7 + 2, "You divided by the variance, 49. Divide by its root, σ = 7."),
    ]
    return judge_number(answer, 5, hints, "μ lies in the middle of the two, σ is half their distance. So what is x̂ of the larger one?")


def price_of_houses(answer):
    """Groups of 16: 19 percent of the variance missed in training mode, 2 percent in use."""
    hints = {
        "a": "Had the size been lost, could the same network miss only 2 percent in use?",
        "c": "In training mode it misses 19 percent. Which of the two numbers do you want to have in use?",
        "d": "With a leak, which of the two modes would look better? Section 3 shows it.",
    }
    return judge_choice(answer, "b", hints)


def _masked(x, real, eps=1e-5, counted="real", zeroed=True, ddof=0, rooted=True, centred=True):
    """The right answer, and with other settings wrong ones."""
    mask = real[:, None, :]
    inside = mask if counted == "real" else np.ones_like(mask)
    count = inside.sum()
    mu = (x * inside).sum(axis=(0, 2), keepdims=True) / count
    var = ((x - mu * centred) ** 2 * inside).sum(axis=(0, 2), keepdims=True) / (count - ddof)
    y = (x - mu) / (np.sqrt(var + eps) if rooted else var + eps)
    return y * mask if zeroed else y


def masked_batch_norm(answer):
    """Batch norm of (N, C, L) over the real positions only, zeros at the padding."""
    rng = np.random.default_rng(13)
    real = np.arange(7) < np.array([[7], [3], [4], [1]])
    padded, junk = rng.normal(3, 2, (2, 4, 5, 7))

    def variant(**changes):
        return lambda *arguments: _masked(*arguments, **changes)

    def right_mean_zeros_in_the_variance(x, real, eps=1e-5):
        mask = real[:, None, :]
        mu = (x * mask).sum(axis=(0, 2), keepdims=True) / mask.sum()
        return (x - mu) / np.sqrt(((x - mu) * mask).var(axis=(0, 2), keepdims=True) + eps) * mask

    hints = [
        (variant(zeroed=False), "The statistics are right. Set the padding to zero afterwards: multiply by the mask."),
        (variant(counted="all"), "That counts the padding in the mean and the variance. Divide by the number of real positions."),
        (variant(counted="all", zeroed=False), "That is ordinary batch norm, padding counted. Use the mask in both statistics."),
        (variant(ddof=1), "Divide the variance by the number of real positions, not by one less."),
        (variant(rooted=False), "You divided by the variance. Divide by its root."),
        (variant(centred=False), "The variance is that of the distances from μ, not of x itself."),
        (right_mean_zeros_in_the_variance, "The mean is right. In the variance, divide by the number of real positions too."),
    ]
    otherwise = "mask = real[:, None, :]; sums over axes 0 and 2 of what the mask leaves, divided by mask.sum()."
    # The second case has other numbers than zero at the padding: they must not matter.
    cases = [(padded * real[:, None, :], real), (np.where(real[:, None, :], padded, junk), real)]
    return judge_function(answer, _masked, cases, hints, otherwise)


JUDGES = {"13.1": larger_of_two, "13.2": price_of_houses, "13.3": masked_batch_norm}
