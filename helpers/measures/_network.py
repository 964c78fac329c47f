"""What the measures share: layers and their parameters, losses and gradients per copy, and leaving a network as it was.

Batch norm layers use the statistics of the pictures that are measured on, as in training. (In evaluation mode they use running
averages, which lag behind in the first steps: what moved then would be the averages and not the layer.)
"""

from contextlib import contextmanager

import torch

from helpers.networks._inputs import as_numbers
from helpers.networks.training import losses_per_copy


@contextmanager
def left_as_it_was(network, training=True, group=None):
    """Within, the network is in training (or evaluation) mode; afterwards parameters, buffers, modes and groups are as before.

    training: True for batch norm by the batch. group: if given, ghost batch norm layers take groups of so many examples.
    """
    modules = [(module, module.training, getattr(module, "group", None)) for module in network.modules()]
    tensors = [(tensor, tensor.detach().clone()) for tensor in (*network.parameters(), *network.buffers())]
    network.train(training)
    for module, _, has_group in modules:
        if group is not None and has_group is not None:
            module.group = group
    try:
        yield
    finally:
        for module, was_training, had_group in modules:
            module.training = was_training
            if had_group is not None:
                module.group = had_group
        with torch.no_grad():
            for tensor, before in tensors:
                tensor.copy_(before)


def parameters_by_layer(network):
    """Lists of parameters: for each linear layer or convolution, its own and those of the normalizations behind it.

    Parameters that come before the first of them are counted to it. Layers within other layers stand where they are. A frozen
    layer is listed with no parameters, so that numbers fit those of network.linears().
    """
    starts, layers = {id(layer) for layer in network.linears()}, []
    waiting = []
    for module in network.modules():
        own = [p for p in module.parameters(recurse=False) if p.requires_grad]
        if id(module) in starts:
            layers.append([*waiting, *own])
            waiting = []
        elif layers:
            layers[-1] += own
        else:
            waiting += own
    return layers


def loss_and_gradient(network, x, y, parameters):
    """(M,) losses and a gradient for each of `parameters`, on x (M, N, F) and y (M, N). A frozen parameter has a gradient, too."""
    frozen = [p for p in parameters if not p.requires_grad]
    try:
        for p in frozen:
            p.requires_grad_(True)
        with torch.enable_grad():
            losses = losses_per_copy(network, x, y)
            return losses.detach(), torch.autograd.grad(losses.sum(), parameters)
    finally:
        for p in frozen:
            p.requires_grad_(False)


def rates_per_copy(rate, network):
    """(M,) learning rates, from one for all copies or M of them."""
    rates = as_numbers(rate, network.dtype, "rate").reshape(-1)
    if len(rates) not in (1, network.copies):
        raise ValueError(f"rate is {rate}; expected one learning rate, or {network.copies} of them, one for each copy.")
    return rates.expand(network.copies)


@torch.no_grad()
def move(parameters, start, directions, by):
    """Put each parameter at start - by * direction. by: (M,) step lengths."""
    for p, at, direction in zip(parameters, start, directions, strict=True):
        p.copy_(at - by.view(-1, *[1] * (p.ndim - 1)) * direction)


def length_per_copy(tensors):
    """(M,) length of the vector that all tensors, (M, ...), make together."""
    return sum(t.flatten(1).square().sum(1) for t in tensors).sqrt()
