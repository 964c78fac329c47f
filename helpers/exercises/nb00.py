"""Judge for notebook 00, start here."""

from helpers.exercises.checking import judge_number


def how_many_seeds(answer):
    """The number of seeds behind each curve of the first figure."""
    hints = [
        (2, "That is the number of curves. How many networks stand behind each of them?"),
        (32, "That is the number of networks in the figure, both curves together."),
        (1, "One network proves nothing. Look at copies in the cell that trains."),
    ]
    return judge_number(answer, 16, hints, "Look at `copies` in the cell that trains.")


JUDGES = {"00.1": how_many_seeds}
