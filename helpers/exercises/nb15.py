"""Judges for notebook 15, fifteen statements measured."""

from helpers.exercises.checking import judge_choice, judge_number


def wrong_sentence(answer):
    """Mean and standard deviation are held against the layers before; the shape of the distribution is not."""
    hints = {
        "a": "That is right: the mean is β, the standard deviation is |γ|, and both are learned.",
        "b": "That is right: whatever these layers do, mean and standard deviation behind batch norm are β and |γ|.",
        "d": "That is right: subtracting the mean removes what a bias has added to all examples.",
    }
    return judge_choice(answer, "c", hints)


def factor_of_the_last_change(answer):
    """150, 70, 30 and 12 steps: what batch norm itself divides by, when it comes last."""
    hints = [
        (150 / 12, "That is all three changes together. Batch norm is only the last of them."),
        (150 / 70, "That is the first change, He's start."),
        (70 / 30, "That is the second change, standardized inputs."),
        (12 / 30, "Upside down: how many times fewer steps, so the larger number goes on top."),
        (30 - 12, "A factor is found by dividing, not by subtracting."),
    ]
    return judge_number(answer, 30 / 12, hints, "Divide the steps just before batch norm came in by the steps with it.", tolerance=0.01)


JUDGES = {"15.1": wrong_sentence, "15.2": factor_of_the_last_change}
