"""Losses and gradients of a replicated network: their size by layer, what a step does, what changes when layers before move.

x: (N, F) inputs for all copies or (M, N, F); y: (N,) or (M, N), classes or floating targets, or (M, N, K) of these. A layer
is a linear layer or a convolution with the normalization behind it. Every network is left as it was.
"""

from types import SimpleNamespace

import numpy as np
import torch
from torch.nn import functional as F

from helpers.measures._network import left_as_it_was, loss_and_gradient, move, parameters_by_layer, rates_per_copy
from helpers.networks._inputs import for_each_copy
from helpers.networks.replicated_layers import ReplicatedLinear
from helpers.networks.replicated_norms import ReplicatedBatchNorm1d
from helpers.networks.training import losses_of_outputs, losses_per_copy


def losses(network, x, y):
    """(M,) the loss of each copy on x and y, batch norm by these examples, as in training."""
    x, y = for_each_copy(network, x, y)
    with torch.no_grad(), left_as_it_was(network):
        return losses_per_copy(network, x, y).numpy()


def gradient_norms(network, x, y):
    """(L, M) length of the loss's gradient with respect to the weights of each of the L layers, for each copy."""
    x, y = for_each_copy(network, x, y)
    with left_as_it_was(network):
        _, gradients = loss_and_gradient(network, x, y, [layer.weight for layer in network.linears()])
    return np.stack([gradient.flatten(1).norm(dim=1).numpy() for gradient in gradients])


def gradients_around_layers(network, x, y):
    """What flows forward and backward around each linear layer but the last: a list with one entry for each, in order.

    An entry has z and dz, (M, N, units): the outputs of the linear layer, and the gradient of each copy's loss there. Where a batch
    norm follows, it also has y and dy, the outputs of the batch norm and the gradient there, and gamma, (M, units). For networks
    whose layers stand in one row, with classes as answers. Raises ValueError for layers within layers and for floating y.
    """
    x, y = for_each_copy(network, x, y)
    if any(len(list(layer.children())) for layer in network.layers) or y.is_floating_point():
        raise ValueError(
            "gradients_around_layers() follows the values from layer to layer: no layers within layers, and y of whole numbers."
        )
    entries, values = [], x
    with torch.enable_grad(), left_as_it_was(network):
        for layer in network.layers:
            values = layer(values)
            if isinstance(layer, ReplicatedLinear):
                entries.append(SimpleNamespace(z=values))
            elif isinstance(layer, ReplicatedBatchNorm1d):
                entries[-1].y, entries[-1].gamma = values, layer.weight.detach().clone()
        loss = F.cross_entropy(values.transpose(1, 2), y, reduction="none").mean(1).sum()
        del entries[-1]  # the last linear layer makes the outputs of the network
        places = [(entry, name) for entry in entries for name in ("z", "y") if hasattr(entry, name)]
        gradients = torch.autograd.grad(loss, [getattr(entry, name) for entry, name in places])
    for (entry, name), gradient in zip(places, gradients, strict=True):
        setattr(entry, name, getattr(entry, name).detach())
        setattr(entry, f"d{name}", gradient)
    return entries


def predicted_decrease(network, x, y, predicted=0.3, alone=False, linear_loss=False):
    """The decrease of the loss in one step of gradient descent, as a part of the decrease that the gradient predicts.

    To first order, a step at the rate r lowers the loss by r times the squared length of the gradient. Each copy gets the
    rate at which that is the part `predicted` of its loss, so that networks with gradients of different length are
    asked for the same (the measure is ours; the question is that of Goodfellow et al. 2016, section 8.7.1).
    predicted: asked for, between 0 and 1.
    alone: also make the steps in one layer at a time.
    linear_loss: take the decrease of the loss's tangent, the outputs times the gradient of the loss by them before the step. Its
        gradient is the same and it has no curvature of its own, so what is missing is the network's: of parts that do not
        interact, single decreases add up to the joint one.
    Returns (M,) arrays by name: "loss" in nats before the step; "rate"; "together", true over predicted decrease when all
    layers step at once; and "alone", the same for steps made in one layer at a time from the same point, their true decreases
    added up. 1 is as predicted, 0 no gain, below 0 a loss that rises. NaN or minus infinity where a loss overflows.
    Raises ValueError if predicted is not between 0 and 1.
    """
    x, y = for_each_copy(network, x, y)
    if not 0 < predicted < 1:
        raise ValueError(f"predicted is {predicted}; expected a part of the loss between 0 and 1, such as 0.3.")
    layers = parameters_by_layer(network)
    parameters = [p for layer in layers for p in layer]
    with left_as_it_was(network):
        start = [p.detach().clone() for p in parameters]
        loss, gradients = loss_and_gradient(network, x, y, parameters)
        rate = predicted * loss / sum(g.flatten(1).square().sum(1) for g in gradients)

        with torch.enable_grad():
            outputs = network(x).detach().requires_grad_()
            [slopes] = torch.autograd.grad(losses_of_outputs(outputs, y).sum(), outputs)

        def now():
            return (network(x) * slopes).sum((1, 2)) if linear_loss else losses_per_copy(network, x, y)

        with torch.no_grad():
            before = now()

        def gained(stepping):
            chosen = {id(p) for p in stepping}
            move(
                parameters, start, [g if id(p) in chosen else torch.zeros_like(g) for p, g in zip(parameters, gradients, strict=True)], rate
            )
            with torch.no_grad():
                return (before - now()) / (predicted * loss)

        found = {"loss": loss, "rate": rate, "together": gained(parameters)}
        if alone:
            found["alone"] = sum(gained(layer) for layer in layers)
    return {name: values.numpy() for name, values in found.items()}


def gradient_change(network, x, y, rate):
    """How the gradient of each of L layers changes when the layers before it have made their step, p - rate * gradient.

    This is internal covariate shift as Santurkar et al. 2018 define it (Definition 2.1).

    rate: one learning rate, or (M,) of them.
    Returns (L, M) arrays by name: "before", the length of the gradient of the layer's weights; "change", the length of its
    change; "cosine" of the angle between the two gradients. The first layer has change 0 and cosine 1.
    """
    x, y = for_each_copy(network, x, y)
    layers = parameters_by_layer(network)
    parameters = [p for layer in layers for p in layer]
    weights = [layer.weight for layer in network.linears()]
    by = rates_per_copy(rate, network)
    found = {"before": [], "change": [], "cosine": []}
    with left_as_it_was(network):
        start = [p.detach().clone() for p in parameters]
        _, gradient = loss_and_gradient(network, x, y, parameters)
        _, of_weights = loss_and_gradient(network, x, y, weights)
        for number, weight in enumerate(weights):
            before = {id(p) for layer in layers[:number] for p in layer}
            directions = [g if id(p) in before else torch.zeros_like(g) for p, g in zip(parameters, gradient, strict=True)]
            move(parameters, start, directions, by)
            _, [moved] = loss_and_gradient(network, x, y, [weight])
            one, other = of_weights[number].flatten(1), moved.flatten(1)
            if not before:
                other = one  # the same gradient, but for rounding
            found["before"].append(one.norm(dim=1))
            found["change"].append((other - one).norm(dim=1))
            found["cosine"].append(torch.nn.functional.cosine_similarity(one, other, dim=1))
    return {name: torch.stack(values).numpy() for name, values in found.items()}
