"""Checks of the learner's answers. The questions of notebook 04 live in nb04.py, and so on; checking.py is shared."""

from helpers.exercises.checking import check

__all__ = ["check"]
