"""What a training leaves behind, one column for each copy."""

from dataclasses import dataclass, field, fields, replace

import numpy as np
from torch import nn


@dataclass(frozen=True)
class History:
    """What was measured while training M copies for S steps, evaluated K times (step 0 included)."""

    steps: np.ndarray  # (K,) updates made before each evaluation
    train_loss: np.ndarray  # (K, M) cross-entropy in nats or mean squared error, evaluation mode, on the training set
    test_loss: np.ndarray  # (K, M) the same on the test set
    train_accuracy: np.ndarray  # (K, M) fraction of right answers, 0 to 1
    test_accuracy: np.ndarray  # (K, M)
    batch_loss: np.ndarray  # (S, M) loss on each mini-batch, training mode, before its update
    measured: dict  # what `measure` returned, by name: arrays with K as the first axis
    diverged_at: np.ndarray  # (M,) first step with a loss that is not finite; inf for a copy that never had one
    network: nn.Module | None = field(default=None, repr=False)  # the network as it was left: best_setting(runs).run.network

    def steps_to(self, accuracy):
        """(M,) the first evaluated step at which each copy's test accuracy is at least `accuracy`; inf if it never is."""
        reached = self.test_accuracy >= accuracy
        return np.where(reached.any(axis=0), self.steps[reached.argmax(axis=0)].astype(float), np.inf)

    def steps_to_loss(self, level, smooth=10):
        """(M,) updates until the mean of the last `smooth` mini-batch losses is at most `level` for the first time; inf if it never is."""
        if not 1 <= smooth <= len(self.batch_loss):
            raise ValueError(f"smooth is {smooth}; expected 1 to {len(self.batch_loss)}, the number of updates.")
        total = np.cumsum(np.vstack([np.zeros_like(self.batch_loss[:1]), self.batch_loss]), axis=0, dtype=float)
        reached = (total[smooth:] - total[:-smooth]) / smooth <= level  # NaN, from a divergence on, is not reached
        return np.where(reached.any(axis=0), reached.argmax(axis=0) + float(smooth), np.inf)

    def at_loss(self, values, level, loss="train_loss"):
        """(M, ...) the values at the first evaluation at which each copy's loss was at most `level`; NaN for a copy that never got there.

        values: the name of something recorded ("test_accuracy", "steps", a name in `measured`), or an array (K, M, ...) or (K,).
        level: of the loss, in its own unit.
        loss: the name of the loss that is looked at, recorded or measured, (K, M).
        """
        values, losses = self._named(values), self._named(loss)
        if losses.ndim != 2 or len(values) != len(losses) or (values.ndim > 1 and values.shape[:2] != losses.shape):
            raise ValueError(f"values have shape {values.shape} and the loss {losses.shape}; expected (K, M, ...) or (K,), and (K, M).")
        values = values if values.ndim > 1 else np.repeat(values[:, None], losses.shape[1], axis=1)
        reached = losses <= level
        found = values[reached.argmax(axis=0), np.arange(losses.shape[1])].astype(float)
        found[~reached.any(axis=0)] = np.nan
        return found

    def copies(self, which):
        """The History of some of the copies alone, without a network. which: a slice or an index array, such as slice(0, 16)."""
        columns = {name: values for name, values in self._recorded().items() if name not in ("steps", "diverged_at")}
        picked = {name: values[:, which] for name, values in columns.items()}
        measured = {name: values[:, which] for name, values in self.measured.items()}
        return replace(self, **picked, measured=measured, diverged_at=self.diverged_at[which], network=None)

    def _recorded(self):
        """The arrays that every training leaves, by name."""
        return {column.name: getattr(self, column.name) for column in fields(self) if column.name not in ("measured", "network")}

    def _named(self, values):
        if not isinstance(values, str):
            return np.asarray(values)
        recorded = self._recorded() | self.measured
        if values not in recorded:
            raise ValueError(f"nothing is recorded under {values!r}; there are: {', '.join(recorded)}.")
        return np.asarray(recorded[values])
