"""One short training loop over replicated networks."""

import numpy as np
import torch
from torch.nn import functional as F

from helpers.networks.history import History
from helpers.networks.replicates import Replicated
from helpers.networks.threads import use_quicker_threads
from helpers.page.progress import with_progress


def train(
    network,
    x,
    y,
    splits,
    *,
    steps,
    batch_size,
    lr,
    seed,
    weight_decay=0.0,
    eval_every=20,
    eval_rows=None,
    order=None,
    measure=None,
    label="training",
):
    """Train every copy of a replicated network by plain stochastic gradient descent.

    network: from replicate(), M copies. x: (N, F) inputs; y: (N,) classes, whole numbers, with the cross-entropy in nats as
    loss; or (N,) targets, floating, with the mean squared error (accuracies are NaN then). splits: (train, test), index arrays of shape
    (M, n) and (M, m), one row for each copy (datasets.splits). lr: one learning rate, or M of them. Copy i draws its
    batches from seed + i and from nothing else, so that two arms trained with the same seed see the same batches.
    weight_decay: as in torch.optim.SGD, on all parameters: each update also subtracts lr * weight_decay * parameter.
    eval_every: updates between two evaluations; eval_rows: how many rows of each split they look at (default: all).
    order: (S, M, batch_size) row numbers of the examples in each mini-batch, in place of the shuffled order.
    measure: called as measure(network) at each evaluation, without gradients
    and in evaluation mode; it returns a dictionary of arrays (helpers/probes.py has some), which History.measured stacks
    by name. label: names the run on the progress bar.
    Returns a History. A copy whose loss stops being finite is recorded in diverged_at and its measurements are NaN from
    then on; the other copies go on undisturbed.
    """
    x, y, train_rows, test_rows, lr = _checked(network, x, y, splits, steps, batch_size, lr, eval_every)
    if not 0 <= weight_decay < np.inf:
        raise ValueError(f"weight_decay is {weight_decay}; expected 0 (none) or a positive number such as 0.001.")
    use_quicker_threads()
    parameters = [p for p in network.parameters() if p.requires_grad]
    rates = [lr.view(-1, *[1] * (p.ndim - 1)) for p in parameters]
    batch_loss = np.empty((steps, network.copies), dtype=lr.numpy().dtype)
    evaluations, measured = [], []

    def look(step):
        looked_at = [part[:, :eval_rows] for part in (train_rows, test_rows)]
        evaluations.append((step, *evaluate(network, x, y, looked_at[0]), *evaluate(network, x, y, looked_at[1])))
        if measure is not None:
            with torch.no_grad():
                measured.append(measure(network))

    order = batch_order(train_rows, batch_size, steps, seed) if order is None else _checked_order(order, steps, network.copies, batch_size)
    for step, rows in enumerate(with_progress(order, label)):
        if step % eval_every == 0:
            look(step)
        network.train()
        losses = losses_per_copy(network, x[rows], y[rows])
        batch_loss[step] = losses.detach()
        gradients = torch.autograd.grad(losses.sum(), parameters)
        with torch.no_grad():
            for parameter, gradient, rate in zip(parameters, gradients, rates, strict=True):
                parameter.addcmul_(gradient + weight_decay * parameter if weight_decay else gradient, rate, value=-1)
    look(steps)
    return _history(evaluations, batch_loss, measured)


def losses_per_copy(network, x, y):
    """(M,) the loss of each copy on its own batch, x (M, B, F): cross-entropy for classes y (M, B), squared error for floating y."""
    return _losses(network(x), y)


def _losses(outputs, answers):
    if answers.is_floating_point():
        return F.mse_loss(outputs.squeeze(2), answers, reduction="none").mean(dim=1)
    return F.cross_entropy(outputs.transpose(1, 2), answers, reduction="none").mean(dim=1)


@torch.no_grad()
def evaluate(network, x, y, rows):
    """(losses, accuracies), each (M,), in evaluation mode on the examples of rows (M, n). Accuracies are NaN where there is none."""
    network.eval()
    outputs, answers = network(x[rows]), y[rows]
    losses = _losses(outputs, answers)
    accuracies = (outputs.argmax(dim=2) == answers).double().mean(dim=1)
    # argmax over NaN would pass for an answer; where a number was asked for there is no right or wrong.
    accuracies[~torch.isfinite(losses) | answers.is_floating_point()] = torch.nan
    return losses.numpy(), accuracies.numpy()


def batch_order(train_rows, batch_size, steps, seed):
    """(steps, M, batch_size) row numbers: each copy shuffles its training rows anew in every epoch, from seed + i."""
    train_rows = np.asarray(train_rows)
    examples = train_rows.shape[1]
    per_epoch = examples // batch_size
    epochs = -(-steps // per_epoch)
    order = np.empty((steps, len(train_rows), batch_size), dtype=np.int64)
    for i, rows in enumerate(train_rows):
        rng = np.random.default_rng(seed + i)
        shuffled = [rows[rng.permutation(examples)][: per_epoch * batch_size] for _ in range(epochs)]
        order[:, i] = np.concatenate(shuffled).reshape(-1, batch_size)[:steps]
    return torch.from_numpy(order)


def _checked(network, x, y, splits, steps, batch_size, lr, eval_every):
    if not isinstance(network, Replicated):
        got = type(network).__name__
        raise ValueError(f"train() takes a network from replicate(), got {got}; for one run use replicate(make, 1, seed).")
    dtype = next(network.parameters()).dtype
    y = np.asarray(y)
    x, y = torch.as_tensor(np.asarray(x), dtype=dtype), torch.as_tensor(y, dtype=dtype if y.dtype.kind == "f" else torch.int64)
    if x.ndim != 2 or y.shape != x.shape[:1]:
        raise ValueError(f"x has shape {tuple(x.shape)} and y {tuple(y.shape)}; expected (N, F) and (N,).")
    rows = [torch.as_tensor(np.asarray(part)) for part in splits]
    if len(rows) != 2 or any(part.ndim != 2 or len(part) != network.copies for part in rows):
        shapes = [tuple(part.shape) for part in rows]
        raise ValueError(f"splits have shapes {shapes}; expected two with {network.copies} rows, one for each copy (datasets.splits).")
    if steps < 1 or eval_every < 1 or not 1 <= batch_size <= rows[0].shape[1]:
        raise ValueError(
            f"steps is {steps}, eval_every {eval_every} and batch_size {batch_size}; expected at least 1 each, and a batch of 1 to "
            f"{rows[0].shape[1]}, the number of training examples."
        )
    rates = torch.as_tensor(np.asarray(lr), dtype=dtype)
    if rates.numel() not in (1, network.copies) or not (rates > 0).all():
        raise ValueError(f"lr is {lr}; expected one positive learning rate, or {network.copies} of them, one for each copy.")
    return x, y, *rows, rates.reshape(-1).expand(network.copies)


def _checked_order(order, steps, copies, batch_size):
    order = torch.as_tensor(np.asarray(order))
    if order.shape != (steps, copies, batch_size):
        raise ValueError(f"order has shape {tuple(order.shape)}; expected {(steps, copies, batch_size)}: steps, copies, batch_size.")
    return order


def _history(evaluations, batch_loss, measured):
    steps, *scores = zip(*evaluations, strict=True)
    train_loss, train_accuracy, test_loss, test_accuracy = (np.stack(values) for values in scores)
    steps = np.array(steps)
    failed = ~np.isfinite(np.vstack([batch_loss, train_loss[-1:]]))  # the last update may be the one that goes wrong
    failed[steps] |= ~np.isfinite(train_loss) | ~np.isfinite(test_loss)
    diverged_at = np.where(failed.any(axis=0), failed.argmax(axis=0).astype(float), np.inf)
    # From there on everything is NaN: an overflow may end in weights that look sound again.
    for values in (train_loss, test_loss, train_accuracy, test_accuracy):
        values[steps[:, None] >= diverged_at] = np.nan
    batch_loss[np.arange(len(batch_loss))[:, None] >= diverged_at] = np.nan
    by_name = {name: np.stack([np.asarray(found[name]) for found in measured]) for name in (measured[0] if measured else ())}
    return History(steps, train_loss, test_loss, train_accuracy, test_accuracy, batch_loss, by_name, diverged_at)
