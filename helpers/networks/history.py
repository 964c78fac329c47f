"""What a training leaves behind, one column for each copy."""

from dataclasses import dataclass, fields, replace

import numpy as np


@dataclass(frozen=True)
class History:
    """What was measured while training M copies for S steps, evaluated K times (step 0 included)."""

    steps: np.ndarray  # (K,) updates made before each evaluation
    train_loss: np.ndarray  # (K, M) cross-entropy in nats or mean squared error, evaluation mode, on the training set
    test_loss: np.ndarray  # (K, M) the same on the test set
    train_accuracy: np.ndarray  # (K, M) share of right answers, 0 to 1
    test_accuracy: np.ndarray  # (K, M)
    batch_loss: np.ndarray  # (S, M) loss on each mini-batch, training mode, before its update
    measured: dict  # what `measure` returned, by name: arrays with K as the first axis
    diverged_at: np.ndarray  # (M,) first step with a loss that is not finite; inf for a copy that never had one

    def steps_to(self, accuracy):
        """(M,) the first evaluated step at which each copy's test accuracy is at least `accuracy`; inf if it never is."""
        reached = self.test_accuracy >= accuracy
        return np.where(reached.any(axis=0), self.steps[reached.argmax(axis=0)].astype(float), np.inf)


def at_loss(values, loss, level):
    """(M, ...) the values at the first moment at which each copy's loss was at or below `level`; NaN for a copy that never got there.

    values: (K, M, ...), what was measured at K moments; or (K,), such as History.steps, the same for all copies.
    loss: (K, M) at the same moments.
    """
    values, loss = np.asarray(values), np.asarray(loss)
    if loss.ndim != 2 or len(values) != len(loss) or (values.ndim > 1 and values.shape[:2] != loss.shape):
        raise ValueError(f"values have shape {values.shape} and loss {loss.shape}; expected (K, M, ...) or (K,), and (K, M).")
    values = values if values.ndim > 1 else np.repeat(values[:, None], loss.shape[1], axis=1)
    reached = loss <= level
    found = values[reached.argmax(axis=0), np.arange(loss.shape[1])].astype(float)
    found[~reached.any(axis=0)] = np.nan
    return found


def some_copies(history, copies):
    """The History of some of the copies alone. copies: a slice or an index array, such as slice(0, 16)."""
    columns = {field.name: getattr(history, field.name) for field in fields(history)}
    picked = {name: values[:, copies] for name, values in columns.items() if name not in ("steps", "measured", "diverged_at")}
    measured = {name: values[:, copies] for name, values in history.measured.items()}
    return replace(history, **picked, measured=measured, diverged_at=history.diverged_at[copies])
