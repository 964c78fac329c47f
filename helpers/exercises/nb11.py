"""Judges for notebook 11, transfer and domain shift."""

import numpy as np

from helpers.exercises.checking import judge_choice, judge_function, judge_number


def paler_pictures(answer):
    """One shift and one scale for all pictures, 500 of them without labels."""
    hints = {
        "a": "In use, batch norm subtracts what it stored from the old pictures. Haze was such a rule; how did stored statistics do?",
        "c": "That would work and needs labels. Can one shift and one scale for all pictures be undone without any?",
        "d": "That would work and is the dearest. Can one shift and one scale for all pictures be undone without any training?",
    }
    return judge_choice(answer, "b", hints)


def batches_to_forget(answer):
    """0.9 ** k < 0.01."""
    hints = [
        (43, "Close: 0.9^43 is 0.0108, still above 1 %."),
        (10, "Every batch takes a tenth of what is left, not a tenth of what was there at the start."),
        (2, "Each batch leaves 0.9 of what was stored, not 0.1: momentum is the share of the new batch."),
        (459, "That is for a momentum of 0.01. Here each batch leaves 0.9."),
        (458, "That is for a momentum of 0.01. Here each batch leaves 0.9."),
        (22, "After 22 batches a tenth is left. Asked is a hundredth."),
        (np.log(0.01) / np.log(0.9), "Right, and batches come whole: round up."),
    ]
    return judge_number(answer, 44, hints, "After one batch 0.9 of the old mean is left, after two 0.9². When is 0.9^k below 0.01?")


def insured_statistics(answer):
    """Statistics mixed with the weight n / (n + 16)."""
    rng = np.random.default_rng(11)
    mean, var = rng.normal(size=3), rng.uniform(0.5, 2, 3)
    cases = [(mean, var, 2 * rng.normal(size=(n, 3)) + 1) for n in (4, 40)]

    def mixed(mean, var, z, share, ddof=0):
        return (1 - share) * mean + share * z.mean(0), (1 - share) * var + share * z.var(0, ddof=ddof)

    def share(z):
        return len(z) / (len(z) + 16)

    def stds_mixed(mean, var, z):
        return mixed(mean, var, z, share(z))[0], ((1 - share(z)) * np.sqrt(var) + share(z) * z.std(0)) ** 2

    def pooled(mean, var, z):
        between = share(z) * (1 - share(z)) * (z.mean(0) - mean) ** 2
        return mixed(mean, var, z, share(z))[0], mixed(mean, var, z, share(z))[1] + between

    hints = [
        (lambda m, v, z: mixed(m, v, z, 1 - share(z)), "The weights are exchanged: more target pictures should count for more."),
        (lambda m, v, z: mixed(m, v, z, share(z), 1), "The mean is right. Divide by n here, not by n − 1: z.var(axis=0)."),
        (lambda m, v, z: mixed(m, v, z, 0.5), "That is half-half. Let the share be n/(n + 16)."),
        (lambda m, v, z: mixed(m, v, z, 1.0), "These are the target's statistics alone. Mix them with the stored ones."),
        (stds_mixed, "The mean is right. Mix the variances, not the standard deviations."),
        (pooled, "That is the variance of both sets thrown together, with the distance of the means in it. Mix just the two variances."),
        (lambda m, v, z: (mixed(m, v, z, share(z))[0], v), "The mean is right. The variance has to be mixed too."),
        (lambda m, v, z: (mixed(m, v, z, share(z))[0], z.var(0)), "The mean is right. The variance has to be mixed too."),
    ]
    otherwise = "share = len(z) / (len(z) + 16); then (1 - share) * stored + share * target's, once for the mean and once for the variance."
    return judge_function(answer, lambda m, v, z: mixed(m, v, z, share(z)), cases, hints, otherwise)


JUDGES = {"11.1": paler_pictures, "11.2": batches_to_forget, "11.3": insured_statistics}
