"""Losses and gradients of a replicated network: their size by layer, what a step does, what changes when layers before move."""

import copy
from types import SimpleNamespace

import numpy as np
import torch
from torch.nn import functional as F

from helpers.measures._network import (
    as_in_training,
    for_each_copy,
    loss_and_gradient,
    move,
    parameters_by_layer,
    rates_per_copy,
    rows_for_copies,
)
from helpers.networks.replicated_layers import ReplicatedLinear
from helpers.networks.replicated_norms import ReplicatedBatchNorm1d
from helpers.networks.training import losses_per_copy


def losses(network, x, y):
    """(M,) mean cross-entropy in nats of each copy on x, (N, F) or (M, N, F), with the classes y, (N,) or (M, N).

    The network is left as it was.
    """
    with torch.no_grad(), as_in_training(network):
        inputs = for_each_copy(network, x)
        answers = torch.as_tensor(np.asarray(y)).expand(network.copies, -1)
        return losses_per_copy(network, inputs, answers).numpy()


def gradient_norms(network, x, y):
    """(L, M) length of the loss's gradient with respect to the weights of each of the L linear layers, for each copy.

    The loss is the mean cross-entropy in nats over x, (N, F) or (M, N, F), with the classes y, (N,) or (M, N). The
    network is left as it was.
    """
    inputs = for_each_copy(network, x)
    answers = torch.as_tensor(np.asarray(y)).expand(network.copies, -1)
    weights = [layer.weight for layer in network.layers if isinstance(layer, ReplicatedLinear)]
    with torch.enable_grad(), as_in_training(network):
        gradients = torch.autograd.grad(losses_per_copy(network, inputs, answers).sum(), weights)
    return np.stack([gradient.flatten(1).norm(dim=1).numpy() for gradient in gradients])


def gradients_around_layers(network, x, y):
    """What flows through each hidden linear layer's outputs z, forward and backward: a list with one entry for each layer, in order.

    network: from replicate(), M copies; it is left as it was. x, y: as for gradient_norms(). An entry has z and dz, (M, N, units): the
    outputs of the linear layer, and the gradient of each copy's mean cross-entropy there. Where a batch norm follows, it also has y
    and dy, the outputs of the batch norm and the gradient there, and gamma, (M, units).
    """
    inputs = for_each_copy(network, x)
    answers = torch.as_tensor(np.asarray(y)).expand(network.copies, -1)
    entries, kept, values = [], [], inputs
    with torch.enable_grad(), as_in_training(network):
        for layer in network.layers:
            values = layer(values)
            if isinstance(layer, ReplicatedLinear):
                entries.append(SimpleNamespace(z=values))
                kept.append((entries[-1], "dz", values))
            elif isinstance(layer, ReplicatedBatchNorm1d):
                entries[-1].y, entries[-1].gamma = values, layer.weight.detach()
                kept.append((entries[-1], "dy", values))
        loss = F.cross_entropy(values.transpose(1, 2), answers, reduction="none").mean(1).sum()
        for (entry, name, _), gradient in zip(kept, torch.autograd.grad(loss, [values for *_, values in kept]), strict=True):
            setattr(entry, name, gradient)
    for entry in entries:
        entry.z = entry.z.detach()
        if hasattr(entry, "y"):
            entry.y = entry.y.detach()
    return entries[:-1]  # the last linear layer makes the outputs of the network


def predicted_decrease(network, x, y, predicted=0.3, alone=False):
    """The decrease of the loss in one step of gradient descent, as a share of the decrease that the gradient predicts.

    To first order, a step at the rate r lowers the loss by r times the squared length of the gradient. Each copy gets the
    rate at which that is the share `predicted` of its loss, so that networks with gradients of different length are
    asked for the same (the measure is ours; the question is that of Goodfellow et al. 2016, section 8.7.1).
    network: from replicate(), M copies; it is left as it was. Batch norm goes by the batch, as in training. x: (M, N, F);
    y: (M, N) classes. Returns (M,) arrays by name: "loss" in nats before the step; "rate"; "together", true over
    predicted decrease when all layers step at once; and if alone is True "alone", the same for steps made in one layer
    at a time from the same point, their true decreases added up. A layer is a linear layer with the normalization behind
    it. 1 is as predicted, 0 no gain, below 0 a loss that rises. NaN or minus infinity where a loss overflows.
    Raises ValueError if predicted is not between 0 and 1, or if x and y do not have a row for each copy.
    """
    x, y = rows_for_copies(network, x, y)
    if not 0 < predicted < 1:
        raise ValueError(f"predicted is {predicted}; expected a share of the loss between 0 and 1, such as 0.3.")
    network = copy.deepcopy(network).train()
    layers = parameters_by_layer(network)
    parameters = [p for layer in layers for p in layer]
    with torch.enable_grad():
        losses = losses_per_copy(network, x, y)
        gradients = dict(zip(parameters, torch.autograd.grad(losses.sum(), parameters), strict=True))
    loss = losses.detach()
    rate = predicted * loss / sum(g.flatten(1).square().sum(1) for g in gradients.values())

    @torch.no_grad()
    def gained(stepping):
        before = [p.clone() for p in stepping]
        for p in stepping:
            p -= rate.view(-1, *[1] * (p.ndim - 1)) * gradients[p]
        gain = (loss - losses_per_copy(network, x, y)) / (predicted * loss)
        for p, value in zip(stepping, before, strict=True):
            p.copy_(value)
        return gain

    found = {"loss": loss, "rate": rate, "together": gained(parameters)}
    if alone:
        found["alone"] = sum(gained(layer) for layer in layers)
    return {name: values.numpy() for name, values in found.items()}


def gradient_change(network, x, y, rate):
    """How the gradient of each of L linear layers changes when the layers below it have made their step, p - rate * gradient.

    This is internal covariate shift as Santurkar et al. define it.

    network, x, y, rate: as for along_step(). A layer is a linear layer with the normalization behind it; the gradient is
    that of its weights.
    Returns (L, M) arrays by name: "before", the length of the gradient; "change", the length of its change; "cosine"
    of the angle between the two gradients. A layer with none below it has change 0 and cosine 1.
    Raises ValueError if x and y do not have a row for each copy.
    Source: Santurkar et al. 2018.
    """
    x, y = rows_for_copies(network, x, y)
    network = copy.deepcopy(network).train()
    layers = parameters_by_layer(network)
    parameters = [p for layer in layers for p in layer]
    weights = [layer.weight for layer in network.modules() if isinstance(layer, ReplicatedLinear)]
    start, at = [p.detach().clone() for p in parameters], {id(p): k for k, p in enumerate(parameters)}
    _, gradient = loss_and_gradient(network, x, y, parameters)
    by, found = rates_per_copy(rate, network, x), {"before": [], "change": [], "cosine": []}
    for number, weight in enumerate(weights):
        below = {at[id(p)] for layer in layers[:number] for p in layer}
        moved = [gradient[at[id(weight)]]]
        if below:
            move(parameters, start, [g if k in below else torch.zeros_like(g) for k, g in enumerate(gradient)], by)
            _, moved = loss_and_gradient(network, x, y, [weight])
        one, other = gradient[at[id(weight)]].flatten(1), moved[0].flatten(1)
        found["before"].append(one.norm(dim=1))
        found["change"].append((other - one).norm(dim=1))
        found["cosine"].append(torch.nn.functional.cosine_similarity(one, other, dim=1))
    return {name: torch.stack(values).numpy() for name, values in found.items()}
