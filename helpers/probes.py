"""What is measured on a replicated network: signals, saturation and gradients, layer by layer, one value for each copy.

Batch norm layers use the statistics of the pictures that are probed, as in training. (In evaluation mode they use running
averages, which lag behind in the first steps: what moved then would be the averages and not the layer.)
"""

import copy

import numpy as np
import torch

from helpers.replicates import ELEMENTWISE, ReplicatedLinear
from helpers.training import copy_losses


def around_nonlinearities(network, x):
    """What enters and what leaves each nonlinear function, from the first to the last: two lists of (M, N, U) tensors.

    network: from replicate(), M copies; it is left as it was, running averages too. x: (N, F) inputs, the same for all
    copies, or (M, N, F). U is the number of units of that layer.
    """
    values = _for_each_copy(network, x)
    entering, leaving = [], []
    with torch.no_grad():
        for layer in copy.deepcopy(network).train().layers:
            before, values = values, layer(values)
            if isinstance(layer, ELEMENTWISE):
                entering.append(before)
                leaving.append(values)
    return entering, leaving


def saturated_share(values, function):
    """(M,) share of the values (M, N, U) at which the slope of `function` is below a tenth of its largest slope, 0 to 1.

    function: an elementwise module or function such as nn.Sigmoid() or torch.tanh.
    """
    values = torch.as_tensor(values)
    if values.ndim < 2:
        raise ValueError(f"values have shape {tuple(values.shape)}; expected (copies, ...), the copies along the first axis.")
    largest = _slope(torch.linspace(-8, 8, 1601), function).max()
    return (_slope(values, function) < 0.1 * largest).flatten(1).double().mean(1).numpy()


def gradient_norms(network, x, y):
    """(L, M) length of the loss's gradient with respect to the weights of each of the L linear layers, for each copy.

    The loss is the mean cross-entropy in nats over x, (N, F) or (M, N, F), with the classes y, (N,). The network is left
    as it was.
    """
    inputs = _for_each_copy(network, x)
    probed = copy.deepcopy(network).train()
    answers = torch.as_tensor(np.asarray(y)).expand(network.copies, -1)
    weights = [layer.weight for layer in probed.layers if isinstance(layer, ReplicatedLinear)]
    with torch.enable_grad():
        gradients = torch.autograd.grad(copy_losses(probed, inputs, answers).sum(), weights)
    return np.stack([gradient.flatten(1).norm(dim=1).numpy() for gradient in gradients])


def at_loss(history, name, level):
    """(M, ...) what measure= recorded under `name` when each copy's training loss was first at or below `level` (in nats).

    A copy that never got there is NaN. Raises ValueError for a name that was not measured.
    """
    if name not in history.measured:
        raise ValueError(f"{name!r} was not measured; there is: {', '.join(history.measured) or 'nothing (train has measure=)'}.")
    reached = history.train_loss <= level
    values = history.measured[name]
    found = values[reached.argmax(axis=0), np.arange(reached.shape[1])].astype(float)
    found[~reached.any(axis=0)] = np.nan
    return found


def steps_to_loss(history, level):
    """(M,) the first evaluated step at which each copy's training loss is at most `level` (in nats); inf if it never is."""
    reached = history.train_loss <= level
    return np.where(reached.any(axis=0), history.steps[reached.argmax(axis=0)].astype(float), np.inf)


def _for_each_copy(network, x):
    """x as (M, N, F) in the network's number type."""
    x = torch.as_tensor(x, dtype=next(network.parameters()).dtype)
    if x.ndim not in (2, 3) or (x.ndim == 3 and len(x) != network.copies):
        raise ValueError(f"x has shape {tuple(x.shape)}; expected (N, F), or ({network.copies}, N, F) with inputs for each copy.")
    return x if x.ndim == 3 else x.expand(network.copies, *x.shape)


def _slope(values, function):
    """The derivative of an elementwise function at each value."""
    with torch.enable_grad():
        values = values.detach().clone().requires_grad_()
        return torch.autograd.grad(function(values).sum(), values)[0]
