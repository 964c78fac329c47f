"""Which of several settings was best, by one rule for the whole course."""

from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from helpers.networks.history import History

LARGEST_IS_BEST = ("train_accuracy", "test_accuracy")


@dataclass(frozen=True)
class Best:
    """The best of several settings. As text: a line that says which it was, of which, and whether it lies at the edge."""

    setting: Any
    run: Any  # what runs[setting] is
    score: float  # the median over the copies of what was compared
    scores: dict  # the same for every setting
    measure: str  # what was compared

    @property
    def at_edge(self):
        """True if the settings are numbers and the best is the smallest or the largest: a better one may lie beyond."""
        numbers = [setting for setting in self.scores if isinstance(setting, Real)]
        return len(numbers) == len(self.scores) > 1 and self.setting in (min(numbers), max(numbers))

    def __str__(self):
        names = ", ".join(f"{setting:g}" if isinstance(setting, Real) else str(setting) for setting in self.scores)
        best = f"{self.setting:g}" if isinstance(self.setting, Real) else str(self.setting)
        edge = " (at the edge: a better one may lie beyond)" if self.at_edge else ""
        return f"best {best} of {names}: {self.measure} {self.score:.3g}{edge}"


def best_setting(runs, by="train_loss", largest=None):
    """The setting whose runs ended best: the median over the copies of what is compared is lowest (or highest).

    runs: {setting: History}, or {setting: (M,) numbers}; a setting is a learning rate or any other key.
    by: what is compared: a field of History of which the last evaluation counts ("train_loss", "test_accuracy", ...),
        "batch_loss" (the mean of the last ten), or a function of a run that returns (M,) numbers.
    largest: True if the highest is best (default: for accuracies).
    A copy that diverged (NaN) counts as the worst there can be; of equals, the first one wins. Choose by rows on which the result is
    not reported. Returns a Best. Raises ValueError if there are no runs, or if every setting diverged in half of its copies.
    """
    if not runs:
        raise ValueError("there are no runs to choose from; pass {setting: run}.")
    largest = by in LARGEST_IS_BEST if largest is None else largest
    worst = -np.inf if largest else np.inf
    scores = {}
    for setting, run in runs.items():
        values = np.atleast_1d(np.asarray(_compared(run, by), dtype=float))
        scores[setting] = float(np.median(np.where(np.isnan(values), worst, values)))
    setting = (max if largest else min)(scores, key=scores.get)
    name = getattr(by, "__name__", "value") if callable(by) else by if isinstance(runs[setting], History) else "value"
    if scores[setting] == worst:
        raise ValueError(f"no setting of {', '.join(map(str, scores))} is better than diverged by {name}; try smaller learning rates.")
    return Best(setting, runs[setting], scores[setting], scores, name.replace("_", " "))


def _compared(run, by):
    if callable(by):
        return by(run)
    if not isinstance(run, History):
        return run  # numbers already
    if not hasattr(run, by):
        raise ValueError(
            f"a History has no {by!r}; choose by train_loss, test_loss, train_accuracy, test_accuracy, batch_loss or a function."
        )
    return getattr(run, by)[-10:].mean(axis=0) if by == "batch_loss" else getattr(run, by)[-1]
