"""Judges for notebook 14, batch norm on many devices."""

from helpers.exercises.checking import judge_choice, judge_number


def two_workers(answer):
    """Means 2 and 6, variances 1 and 3, equal sizes: the variance over both."""
    hints = [
        (2.0, "That is within, the mean of the variances. The means differ too: add their variance."),
        (4.0, "That is between, the variance of the means (or the sum of the variances). Within is still to be added."),
        (8.0, "You added the variances. Within is their mean, 2; between is the variance of 2 and 6."),
        (18.0, "The variance of 2 and 6 is 4: both are 2 away from their mean. 16 is the square of their distance."),
        (10.0, "The variance of 2 and 6 is 4, divided by 2 examples, not by 1. Batch norm uses the biased variance."),
    ]
    return judge_number(answer, 6.0, hints, "Two parts: the mean of the variances, and the variance of the means 2 and 6.")


def whose_mean(answer):
    """16 devices, 4 pictures each, 8 parts in time, ordinary batch norm."""
    hints = {
        "b": "The parts went through the network one after the other. Did they meet in batch norm?",
        "c": "That would be SyncBN. Ordinary batch norm does not ask the other devices.",
        "d": "That is the batch of the step. Which of these pictures are in the layer at the same time, on the same device?",
    }
    return judge_choice(answer, "a", hints)


JUDGES = {"14.1": two_workers, "14.2": whose_mean}
