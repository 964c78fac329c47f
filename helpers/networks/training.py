"""One short training loop over replicated networks."""

import numbers
import operator

import numpy as np
import torch
from torch.nn import functional as F

from helpers.networks._inputs import as_answers, as_inputs, as_numbers
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
    optimizer=None,
    eval_every=20,
    eval_rows=None,
    order=None,
    measure=None,
    label="training",
):
    """Train every copy of a replicated network by plain stochastic gradient descent, or by an optimizer of torch.

    network: from replicate(), M copies. It is changed.
    x: (N, F) inputs.
    y: (N,) classes, whole numbers from 0, with the cross-entropy in nats as loss; or (N,) or (N, K) targets, floating, for one or K
        outputs, with the mean squared error (accuracies are NaN then).
    splits: (train, test), index arrays of shape (M, n) and (M, m), one row for each copy (datasets.splits).
    steps: updates. batch_size: examples per update; n for full batch.
    lr: one learning rate, or M of them.
    seed: copy i draws its batches from seed + i and from nothing else, so that two versions trained with the same seed see
        the same batches.
    weight_decay: as in torch.optim.SGD, on all parameters: each update also subtracts lr * weight_decay * parameter.
    optimizer: called as optimizer(parameters, lr=lr), gives a torch.optim.Optimizer that treats each number by itself, such as
        torch.optim.Adam; then lr is one rate, and weight decay is the optimizer's business. None: plain descent.
    eval_every: updates between two evaluations; None to evaluate at the start and at the end only.
    eval_rows: how many rows of each split an evaluation looks at (default: all).
    order: (S, M, batch_size) row numbers of the examples in each mini-batch, in place of the shuffled order.
    measure: called as measure(network) at each evaluation, without gradients and in evaluation mode; it returns a
        dictionary of arrays, of which History.measured keeps copies by name (helpers.measures has some).
    label: names the run on the progress bar.
    Returns a History. A copy whose loss stops being finite is recorded in diverged_at and its measurements are NaN from
    then on; the other copies go on undisturbed. Raises ValueError for what cannot be trained on.

    >>> digits, splits = datasets.load("digits"), datasets.splits(1797, train=1300, copies=16, seed=0)
    >>> network = replicate(lambda: nn.Linear(64, 10), copies=16, seed=0)
    >>> train(network, digits.x, digits.y, splits, steps=100, batch_size=60, lr=0.1, seed=0).test_accuracy[-1].mean() > 0.9
    True
    """
    x, y, train_rows, test_rows, lr = _checked(network, x, y, splits, steps, batch_size, lr)
    try:
        seed = operator.index(seed)
    except TypeError:
        raise ValueError(f"seed is {seed!r}; expected a whole number.") from None
    eval_every = _whole("eval_every", steps if eval_every is None else eval_every)
    eval_rows = None if eval_rows is None else _whole("eval_rows", eval_rows)
    if not isinstance(weight_decay, numbers.Real) or not 0 <= weight_decay < np.inf:
        raise ValueError(f"weight_decay is {weight_decay!r}; expected 0 (none) or a positive number such as 0.001.")
    use_quicker_threads()
    parameters = [p for p in network.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError("every parameter of the network is frozen (requires_grad is False), so there is nothing to train.")
    step_all = _descent(parameters, lr, weight_decay) if optimizer is None else _by_torch(optimizer, parameters, lr, weight_decay)
    batch_loss = np.empty((steps, network.copies), dtype=lr.numpy().dtype)
    evaluations, measured = [], []

    def look(step):
        looked_at = [part[:, :eval_rows] for part in (train_rows, test_rows)]
        evaluations.append((step, *_evaluate(network, x, y, looked_at[0]), *_evaluate(network, x, y, looked_at[1])))
        if measure is not None:
            with torch.no_grad():
                # Copies: what is returned may be a view of weights that go on changing.
                found = measure(network)
                if not isinstance(found, dict):
                    raise ValueError(f"measure returned {type(found).__name__}; expected a dictionary of arrays. Is a return missing?")
                measured.append({name: np.asarray(values).copy() for name, values in found.items()})

    order = batch_order(train_rows, batch_size, steps, seed) if order is None else _checked_order(order, steps, network.copies, batch_size)
    for step, rows in enumerate(with_progress(order, label)):
        if step % eval_every == 0:
            look(step)
        network.train()
        losses = losses_per_copy(network, x[rows], y[rows])
        batch_loss[step] = losses.detach()
        step_all(torch.autograd.grad(losses.sum(), parameters))
    look(steps)
    return _history(evaluations, batch_loss, measured, network)


def _descent(parameters, lr, weight_decay):
    """A function of the gradients that makes one step of plain gradient descent, each copy at its own rate."""
    rates = [lr.view(-1, *[1] * (p.ndim - 1)) for p in parameters]

    @torch.no_grad()
    def step(gradients):
        for parameter, gradient, rate in zip(parameters, gradients, rates, strict=True):
            parameter.addcmul_(gradient + weight_decay * parameter if weight_decay else gradient, rate, value=-1)

    return step


def _by_torch(optimizer, parameters, lr, weight_decay):
    """A function of the gradients that makes one step of an optimizer of torch."""
    if weight_decay or len(lr.unique()) > 1:
        raise ValueError(
            f"weight_decay is {weight_decay} and lr {sorted(set(lr.tolist()))}; an optimizer takes one rate for all copies, and its own "
            "weight decay: optimizer=partial(torch.optim.AdamW, weight_decay=0.01)."
        )
    chosen = optimizer(parameters, lr=float(lr[0]))

    def step(gradients):
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        chosen.step()
        chosen.zero_grad(set_to_none=True)

    return step


def losses_per_copy(network, x, y):
    """(M,) the loss of each copy on its own batch, x (M, B, F): cross-entropy for classes y (M, B), mean squared error for floating y."""
    return losses_of_outputs(network(x), y)


def losses_of_outputs(outputs, answers):
    """(M,) the same from the outputs of the copies, (M, B, classes), or (M, B, K) for floating answers (M, B, K), (M, B) if K is 1."""
    floating, several = answers.is_floating_point(), outputs.shape[2]
    targets = answers.unsqueeze(2) if answers.ndim == 2 else answers
    if targets.shape[2] != several if floating else several == 1:
        found = f"floating, {targets.shape[2]} for each example" if floating else "whole numbers"
        raise ValueError(
            f"the network has {several} outputs and y is {found}; "
            "expected an output for each floating target, or an output for each class of whole numbers."
        )
    if floating:
        return F.mse_loss(outputs, targets, reduction="none").mean(dim=(1, 2))
    try:
        return F.cross_entropy(outputs.transpose(1, 2), answers, reduction="none").mean(dim=1)
    except IndexError:
        largest, classes = int(answers.max()), outputs.shape[2]
        raise ValueError(
            f"y has the class {largest}, and the network has {classes} outputs; expected classes from 0 to {classes - 1}."
        ) from None


def evaluate(network, x, y, rows):
    """(losses, accuracies), each (M,), in evaluation mode, which the network stays in.

    network: from replicate(), M copies. x: (N, F) and y: (N,), arrays or tensors, as for train(). rows: (M, n) the examples to look at.
    Accuracies are fractions from 0 to 1, NaN where there is no right or wrong.
    """
    rows = torch.as_tensor(np.asarray(rows))
    if rows.ndim != 2 or len(rows) != network.copies or rows.shape[1] == 0:
        raise ValueError(f"rows have shape {tuple(rows.shape)}; expected ({network.copies}, n) with n of at least 1, rows for each copy.")
    return _evaluate(network, as_inputs(network, x), as_answers(network, y), rows)


@torch.no_grad()
def _evaluate(network, x, y, rows):
    network.eval()
    outputs, answers = network(x[rows]), y[rows]
    losses = losses_of_outputs(outputs, answers)
    if answers.is_floating_point():  # where a number was asked for there is no right or wrong
        return losses.numpy(), np.full(len(losses), np.nan)
    accuracies = (outputs.argmax(dim=2) == answers).double().mean(dim=1)
    accuracies[~torch.isfinite(losses)] = torch.nan  # argmax over NaN would pass for an answer
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


def _checked(network, x, y, splits, steps, batch_size, lr):
    if not isinstance(network, Replicated):
        got = type(network).__name__
        raise ValueError(f"train() takes a network from replicate(), got {got}; for one run use replicate(make, 1, seed).")
    x, y = as_inputs(network, x), as_answers(network, y)
    if x.ndim != 2 or y.shape[:1] != x.shape[:1] or y.ndim > 1 + y.is_floating_point():
        raise ValueError(f"x has shape {tuple(x.shape)} and y {tuple(y.shape)}; expected (N, F) and (N,), or (N, K) floating targets.")
    rows = [torch.as_tensor(np.asarray(part)) for part in splits]
    if len(rows) != 2 or any(part.ndim != 2 or len(part) != network.copies for part in rows):
        shapes = [tuple(part.shape) for part in rows]
        raise ValueError(f"splits have shapes {shapes}; expected two with {network.copies} rows, one for each copy (datasets.splits).")
    if any(part.dtype.is_floating_point or part.dtype == torch.bool for part in rows):
        raise ValueError(
            f"splits have the types {[str(part.dtype) for part in rows]}; expected whole numbers, the rows of x (datasets.splits)."
        )
    if any(part.numel() and not 0 <= int(part.min()) <= int(part.max()) < len(x) for part in rows):
        raise ValueError(f"splits name rows that x does not have; expected whole numbers from 0 to {len(x) - 1}.")
    if any(part.shape[1] == 0 for part in rows):
        raise ValueError("a split has no rows: there is nothing to train or to test on; for no test, give some training rows as test rows.")
    if _whole("steps", steps) < 1 or not 1 <= _whole("batch_size", batch_size) <= rows[0].shape[1]:
        raise ValueError(
            f"steps is {steps} and batch_size {batch_size}; expected at least 1 each, and a batch of 1 to "
            f"{rows[0].shape[1]}, the number of training examples."
        )
    rates = as_numbers(lr, network.dtype, "lr")
    if rates.numel() not in (1, network.copies) or not ((rates > 0) & torch.isfinite(rates)).all():
        raise ValueError(f"lr is {lr}; expected one positive learning rate, or {network.copies} of them, one for each copy.")
    with torch.no_grad():
        outputs = _outputs(network, x[rows[0][:, :2]])
    if not y.is_floating_point() and int(y.max()) >= outputs > 1:
        raise ValueError(
            f"y has the class {int(y.max())}, and the network has {outputs} outputs; expected classes from 0 to {outputs - 1}."
        )
    return x, y, *rows, rates.reshape(-1).expand(network.copies)


def _outputs(network, x):
    """How many outputs the network has, found by a look in evaluation mode that changes nothing."""
    modes = [(module, module.training) for module in network.modules()]
    outputs = network.eval()(x).shape[2]
    for module, training in modes:
        module.training = training
    return outputs


def _whole(name, number):
    try:
        if isinstance(number, bool):
            raise TypeError
        whole = operator.index(number)
    except TypeError:
        raise ValueError(f"{name} is {number!r}; expected a whole number of at least 1.") from None
    if whole < 1:
        raise ValueError(f"{name} is {number}; expected a whole number of at least 1.")
    return whole


def _checked_order(order, steps, copies, batch_size):
    order = torch.as_tensor(np.asarray(order))
    if order.dtype.is_floating_point or order.dtype == torch.bool:
        raise ValueError(f"order has the type {order.dtype}; expected whole numbers, the rows of x.")
    if order.shape != (steps, copies, batch_size):
        raise ValueError(f"order has shape {tuple(order.shape)}; expected {(steps, copies, batch_size)}: steps, copies, batch_size.")
    return order


def _history(evaluations, batch_loss, measured, network):
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
    by_name = {name: np.stack([found[name] for found in measured]) for name in (measured[0] if measured else ())}
    return History(steps, train_loss, test_loss, train_accuracy, test_accuracy, batch_loss, by_name, diverged_at, network)
