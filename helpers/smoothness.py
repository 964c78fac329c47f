"""What the loss and its gradient do along the actual training step, and how the gradient of a layer changes when those below it move.

All copies of a replicated network at once. Batch norm goes by the batch, as in training; noise and dropout layers draw anew
at each look, so a measure of smoothness should be taken of networks without them.
"""

import copy

import numpy as np
import torch

from helpers.replicated_layers import ReplicatedLinear
from helpers.training import copy_losses
from helpers.updates import parameters_by_layer, rows_for_copies


def along_step(network, x, y, rate, lengths):
    """What is met on the way along one step of gradient descent, p - length * rate * gradient, at each of T lengths.

    network: from replicate(), M copies; it is left as it was. x: (M, N, F); y: (M, N) classes. rate: one learning rate or
    (M,) of them. lengths: T positive multiples of the rate. Returns by name, the loss in nats and all lengths Euclidean
    over all parameters together: "loss" (M,) before the step; "gradient" (M,) its length; "losses" (M, T); "changes"
    (M, T), the length of the gradient's change; "range" (M,),
    largest minus smallest of the losses; "smoothness" (M,), the largest change per distance; "weights" (M,), the length of
    all linear layers' weights.
    Raises ValueError for lengths that are not positive, and if x and y do not have a row for each copy.
    Source: Santurkar et al. 2018 ("effective smoothness" along the gradient).
    """
    x, y = rows_for_copies(network, x, y)
    lengths = np.atleast_1d(np.asarray(lengths, dtype=float))
    if not (lengths > 0).all():
        raise ValueError(f"lengths are {lengths}; expected positive multiples of the rate, such as [0.5, 1, 2].")
    network = copy.deepcopy(network).train()
    parameters = [p for p in network.parameters() if p.requires_grad]
    start = [p.detach().clone() for p in parameters]
    loss, gradient = _loss_and_gradient(network, x, y, parameters)
    norm = _length(gradient)
    found, distances = {"losses": [], "changes": []}, []
    for length in lengths:
        by = _rates(rate, network, x) * float(length)
        _move(parameters, start, gradient, by)
        there, turned = _loss_and_gradient(network, x, y, parameters)
        found["losses"].append(there)
        found["changes"].append(_length([a - b for a, b in zip(turned, gradient, strict=True)]))
        distances.append(by * norm)
    found = {name: torch.stack(values, dim=1).numpy() for name, values in found.items()}
    weights = [p for p in start if p.ndim == 3]
    losses = found["losses"]
    found |= {"loss": loss.numpy(), "gradient": norm.numpy(), "range": losses.max(1) - losses.min(1), "weights": _length(weights).numpy()}
    return found | {"smoothness": (found["changes"] / torch.stack(distances, dim=1).numpy()).max(axis=1)}


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
    _, gradient = _loss_and_gradient(network, x, y, parameters)
    by, found = _rates(rate, network, x), {"before": [], "change": [], "cosine": []}
    for number, weight in enumerate(weights):
        below = {at[id(p)] for layer in layers[:number] for p in layer}
        moved = [gradient[at[id(weight)]]]
        if below:
            _move(parameters, start, [g if k in below else torch.zeros_like(g) for k, g in enumerate(gradient)], by)
            _, moved = _loss_and_gradient(network, x, y, [weight])
        one, other = gradient[at[id(weight)]].flatten(1), moved[0].flatten(1)
        found["before"].append(one.norm(dim=1))
        found["change"].append((other - one).norm(dim=1))
        found["cosine"].append(torch.nn.functional.cosine_similarity(one, other, dim=1))
    return {name: torch.stack(values).numpy() for name, values in found.items()}


def _loss_and_gradient(network, x, y, parameters):
    with torch.enable_grad():
        losses = copy_losses(network, x, y)
        return losses.detach(), torch.autograd.grad(losses.sum(), parameters)


def _rates(rate, network, x):
    return torch.as_tensor(np.asarray(rate), dtype=x.dtype).reshape(-1).expand(network.copies)


@torch.no_grad()
def _move(parameters, start, directions, by):
    for p, at, direction in zip(parameters, start, directions, strict=True):
        p.copy_(at - by.view(-1, *[1] * (p.ndim - 1)) * direction)


def _length(tensors):
    """(M,) length of the vector that all tensors, (M, ...), make together."""
    return sum(t.flatten(1).square().sum(1) for t in tensors).sqrt()
