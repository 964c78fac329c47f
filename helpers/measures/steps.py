"""A copy that has made one training step, and z of each layer."""

import copy

import torch

from helpers.measures._network import left_as_it_was, loss_and_gradient, move, parameters_by_layer, rates_per_copy
from helpers.networks._inputs import as_inputs, for_each_copy


def after_step(network, x, y, rate, layers=None):
    """A copy of the network in which these layers alone have made one step of gradient descent.

    network: from replicate(), M copies; it is left as it was.
    x: (N, F) or (M, N, F) the mini-batch of the step. y: (N,) or (M, N) its classes.
    rate: one learning rate, or M of them.
    layers: numbers from 1, each a linear layer with the batch norm behind it (default: all). The gradient is that of the whole network.
    """
    moved = copy.deepcopy(network).train()
    by_layer = parameters_by_layer(moved)
    wanted = set(range(1, len(by_layer) + 1) if layers is None else layers)
    if not wanted <= set(range(1, len(by_layer) + 1)):
        raise ValueError(f"layers are {sorted(wanted)}; the network has the layers 1 to {len(by_layer)}.")
    parameters = [p for number, layer in enumerate(by_layer, start=1) if number in wanted for p in layer]
    if not parameters:
        return moved
    x, y = for_each_copy(moved, x, y)
    _, gradient = loss_and_gradient(moved, x, y, parameters)
    move(parameters, [p.detach().clone() for p in parameters], gradient, rates_per_copy(rate, moved))
    return moved


def weighted_sums(network, x):
    """z of each linear layer, in front of its batch norm if it has one: a list of (M, N, U) tensors, the outputs of the network last.

    network: from replicate(), M copies; it is left as it was. x: (N, F), the same for all copies, or (M, N, F). Batch norm goes by x.
    """
    x, sums = as_inputs(network, x, for_each=True), []
    hooks = [layer.register_forward_hook(lambda module, inputs, output: sums.append(output)) for layer in network.linears()]
    try:
        with torch.no_grad(), left_as_it_was(network):
            network(x)
    finally:
        for hook in hooks:
            hook.remove()
    return sums
