"""What the measures share: inputs for each copy, the layers of a network, and leaving it as it was.

Batch norm layers use the statistics of the pictures that are measured on, as in training. (In evaluation mode they use running
averages, which lag behind in the first steps: what moved then would be the averages and not the layer.)
"""

from contextlib import contextmanager

import numpy as np
import torch

from helpers.networks.training import losses_per_copy


@contextmanager
def as_in_training(network):
    """Batch norm by the batch, as in training; afterwards mode and running averages are as before."""
    with as_before(network):
        network.train()
        yield


@contextmanager
def as_before(network):
    """Whatever mode is set within, afterwards mode and running averages are as before."""
    modes = [(module, module.training) for module in network.modules()]
    before = [buffer.clone() for buffer in network.buffers()]
    try:
        yield
    finally:
        for module, was_training in modes:
            module.training = was_training
        for buffer, value in zip(network.buffers(), before, strict=True):
            buffer.copy_(value)


@contextmanager
def whole_groups(network, examples):
    """Ghost batch norm layers normalize all examples together; afterwards their groups are as before."""
    ghosts = [(module, module.group) for module in network.modules() if hasattr(module, "group")]
    for module, _ in ghosts:
        module.group = examples
    try:
        yield
    finally:
        for module, group in ghosts:
            module.group = group


def for_each_copy(network, x):
    """x as (M, N, F) in the network's number type."""
    x = torch.as_tensor(x, dtype=next(network.parameters()).dtype)
    if x.ndim not in (2, 3) or (x.ndim == 3 and len(x) != network.copies):
        raise ValueError(f"x has shape {tuple(x.shape)}; expected (N, F), or ({network.copies}, N, F) with inputs for each copy.")
    return x if x.ndim == 3 else x.expand(network.copies, *x.shape)


def rows_for_copies(network, x, y):
    """x and y as tensors of the network's number type and of classes; ValueError unless there is a row for each copy."""
    x, y = torch.as_tensor(x, dtype=next(network.parameters()).dtype), torch.as_tensor(np.asarray(y), dtype=torch.int64)
    if x.ndim != 3 or len(x) != network.copies or y.shape != x.shape[:2]:
        got = f"x has shape {tuple(x.shape)} and y {tuple(y.shape)}"
        raise ValueError(f"{got}; expected ({network.copies}, N, F) and ({network.copies}, N), a row for each copy.")
    return x, y


def parameters_by_layer(network):
    """Lists of parameters: each linear layer with the normalization that follows it."""
    layers = [[]]
    for layer in network.layers:
        weight = getattr(layer, "weight", None)
        if weight is not None and weight.ndim == 3:  # (copies, out, in): a linear layer
            layers.append([])
        layers[-1] += [p for p in layer.parameters() if p.requires_grad]
    return [layer for layer in layers if layer]


def loss_and_gradient(network, x, y, parameters):
    with torch.enable_grad():
        losses = losses_per_copy(network, x, y)
        return losses.detach(), torch.autograd.grad(losses.sum(), parameters)


def rates_per_copy(rate, network, x):
    return torch.as_tensor(np.asarray(rate), dtype=x.dtype).reshape(-1).expand(network.copies)


@torch.no_grad()
def move(parameters, start, directions, by):
    for p, at, direction in zip(parameters, start, directions, strict=True):
        p.copy_(at - by.view(-1, *[1] * (p.ndim - 1)) * direction)


def length_per_copy(tensors):
    """(M,) length of the vector that all tensors, (M, ...), make together."""
    return sum(t.flatten(1).square().sum(1) for t in tensors).sqrt()
