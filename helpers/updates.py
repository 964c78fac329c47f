"""What one gradient step does to the loss of a replicated network, and what the gradient had predicted."""

import copy

import numpy as np
import torch

from helpers.training import copy_losses


def one_update(network, x, y, predicted=0.3, alone=False):
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
        losses = copy_losses(network, x, y)
        gradients = dict(zip(parameters, torch.autograd.grad(losses.sum(), parameters), strict=True))
    loss = losses.detach()
    rate = predicted * loss / sum(g.flatten(1).square().sum(1) for g in gradients.values())

    @torch.no_grad()
    def gained(stepping):
        before = [p.clone() for p in stepping]
        for p in stepping:
            p -= rate.view(-1, *[1] * (p.ndim - 1)) * gradients[p]
        gain = (loss - copy_losses(network, x, y)) / (predicted * loss)
        for p, value in zip(stepping, before, strict=True):
            p.copy_(value)
        return gain

    found = {"loss": loss, "rate": rate, "together": gained(parameters)}
    if alone:
        found["alone"] = sum(gained(layer) for layer in layers)
    return {name: values.numpy() for name, values in found.items()}


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
