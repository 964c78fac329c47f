"""Judges for notebook 03, internal covariate shift."""

from helpers.exercises.checking import judge_choice, judge_number


def mean_of_z(answer):
    """Weights 3 and -1; the inputs' means go from 1 and 2 to 1.5 and 1; the standard deviation of z was 0.5."""
    hints = [
        (2.5, "That is the distance itself. Divide it by the standard deviation before the step."),
        (7.0, "That is the new mean, divided by the standard deviation. Subtract the old mean first."),
        (1.25, "Divide by the standard deviation; you multiplied."),
        (-5.0, "The size is right. A distance has no sign."),
        (3.0, "The second weight is -1: when its input becomes smaller by 1, z becomes larger by 1, not smaller."),
        (-1.0, "Multiply each input's mean by its weight before you add."),
        (1.0, "Multiply each input's mean by its weight before you add, and compare the mean of z after and before."),
    ]
    return judge_number(answer, 5.0, hints, "Compute the mean of z before and after the step; divide the distance by 0.5.")


def first_question(answer):
    """What to ask when a network's means move little."""
    hints = {
        "a": "A seed may matter, but a small movement can have a much simpler reason. Which one?",
        "c": "The median over units does not grow with their number. What could make the means of any network move little?",
        "d": "Both could have any function. What could make the means of any network move little?",
    }
    return judge_choice(answer, "b", hints)


def centring_bias(answer):
    """Weights 4, -1 and 2 to three sigmoids with the mean 0.5."""
    hints = [
        (2.5, "That is the mean of z without a bias. The bias has to cancel it."),
        (-5.0, "Each sigmoid gives 0.5, not 1: the mean of z without a bias is half the sum of the weights."),
        (-3.5, "Keep the sign of the second weight: the weights are 4, -1 and 2."),
    ]
    return judge_number(answer, -2.5, hints, "Compute the mean of z without a bias: each weight times 0.5, added up. The bias cancels it.")


JUDGES = {"03.1": mean_of_z, "03.2": first_question, "03.3": centring_bias}
