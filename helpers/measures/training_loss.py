"""The loss on some training examples after each step, as the mini-batches see it."""

import numpy as np
import torch

from helpers.measures._network import left_as_it_was
from helpers.networks._inputs import as_answers, as_inputs
from helpers.networks.training import losses_per_copy


def training_loss(x, y, rows, batch_size):
    """A measure for train(): the loss of each copy on the same examples at each evaluation, batch norm by each mini-batch of them.

    x: (N, F) inputs. y: (N,) classes or floating targets.
    rows: (M, n) the examples, M copies; n is a multiple of batch_size. A network of R times M copies, as train_at_rates() makes it,
        meets them R times.
    Returns a function of the network that gives {"training_loss": (R times M,)}, the mean over the n / batch_size mini-batches. The
    loss of a single mini-batch changes with its examples and has to be averaged over steps, which lags behind; this one does not.
    Raises ValueError if n is no multiple of batch_size, and for a network whose copies do not fit.

    >>> run = train(network, x, y, splits, steps=50, eval_every=1, measure=training_loss(x, y, splits[0][:, :120], 60), ...)
    >>> run.at_loss("steps", 0.5, loss="training_loss")     # (M,) steps until the loss is 0.5; NaN if it never is
    """
    rows = np.asarray(rows)
    if rows.ndim != 2 or rows.shape[1] == 0 or rows.shape[1] % batch_size:
        raise ValueError(f"rows have shape {rows.shape}; expected (copies, n), n a multiple of the mini-batches of {batch_size}.")

    def measure(network):
        times, rest = divmod(network.copies, len(rows))
        if rest:
            raise ValueError(f"the network has {network.copies} copies and rows are given for {len(rows)}; expected a multiple.")
        batches = np.tile(rows, (times, 1)).reshape(network.copies, -1, batch_size)
        inputs, answers = as_inputs(network, x), as_answers(network, y)
        with torch.no_grad(), left_as_it_was(network):
            losses = [losses_per_copy(network, inputs[batches[:, k]], answers[batches[:, k]]) for k in range(batches.shape[1])]
        return {"training_loss": torch.stack(losses).mean(0).numpy()}

    return measure
