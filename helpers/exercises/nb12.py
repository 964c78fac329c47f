"""Judges for notebook 12, has the covariate-shift explanation been disproved?"""

from helpers.exercises.checking import judge_choice, judge_number


def in_front_and_behind(answer):
    """z = 1, 3, 3, 5, a shift of 2 times and plus 7: mean and standard deviation in front of batch norm, and behind it."""
    root = 2**0.5
    hints = [
        ([7, 2, 0, 1], "You exchanged the two places. In front of batch norm, what does batch norm do with the shift?"),
        ([0, 1, 0, 1], "Right in front of batch norm. But behind it, nothing removes the shift any more."),
        (
            [7, 2, 7, 2],
            "Right behind batch norm. In front of it, batch norm subtracts the new mean and divides by the new standard deviation.",
        ),
        (
            [0, 1, 13, 2 * root],
            "Right in front. Behind: the shift meets values that batch norm has made, of mean 0 and standard deviation 1.",
        ),
        ([0, 1, 10, root], "Right in front. Behind: the shift meets values of mean 0 and standard deviation 1: 2 · 0 + 7, and 2 · 1."),
        ([0, 1, 7, 1], "The factor 2 makes the standard deviation twice as large; behind batch norm it stays so."),
        ([13, 2 * root, 7, 2], "Right behind. In front, batch norm comes after the shift: it subtracts 13 and divides by 2.83."),
    ]
    otherwise = "In front: shift first, then batch norm. Behind: batch norm first (mean 0, standard deviation 1), then times 2 and plus 7."
    return judge_number(answer, [0.0, 1.0, 7.0, 2.0], hints, otherwise)


def noise_that_stays(answer):
    """Which noise in front of batch norm is not taken out by it."""
    hints = {
        "a": "The mean of the unit moves by that number, and batch norm subtracts the mean.",
        "b": "The standard deviation grows by that factor, and batch norm divides by it.",
        "d": "For each unit that is a factor common to all examples. What does batch norm do with it?",
    }
    return judge_choice(answer, "c", hints)


JUDGES = {"12.1": in_front_and_behind, "12.2": noise_that_stays}
