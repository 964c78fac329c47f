"""The loss around the present weights: along the training step, and in random directions."""

import copy

import numpy as np
import torch

from helpers.measures._network import length_per_copy, loss_and_gradient, move, rates_per_copy, rows_for_copies, whole_groups
from helpers.measures.gradients import losses
from helpers.networks.replicated_layers import ReplicatedLinear


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
    loss, gradient = loss_and_gradient(network, x, y, parameters)
    norm = length_per_copy(gradient)
    found, distances = {"losses": [], "changes": []}, []
    for length in lengths:
        by = rates_per_copy(rate, network, x) * float(length)
        move(parameters, start, gradient, by)
        there, turned = loss_and_gradient(network, x, y, parameters)
        found["losses"].append(there)
        found["changes"].append(length_per_copy([a - b for a, b in zip(turned, gradient, strict=True)]))
        distances.append(by * norm)
    found = {name: torch.stack(values, dim=1).numpy() for name, values in found.items()}
    weights = [p for p in start if p.ndim == 3]
    losses = found["losses"]
    found |= {"loss": loss.numpy(), "gradient": norm.numpy(), "range": losses.max(1) - losses.min(1)}
    found["weights"] = length_per_copy(weights).numpy()
    return found | {"smoothness": (found["changes"] / torch.stack(distances, dim=1).numpy()).max(axis=1)}


def sharpness(network, x, y, size, seed, draws=5):
    """(M,) by how much each copy's loss on x rises, in nats, when all weights are moved in a random direction: a measure of sharpness.

    The weights of each unit of each linear layer move by `size` times their own length, so that networks which differ only
    in the scale of a unit's weights have the same rise; the mean over `draws` directions, the same ones for every copy.
    Biases, gamma and beta stay. Batch norm takes its statistics over all of x, GhostBatchNorm1d too.
    x: (N, F) or (M, N, F); y: (N,) or (M, N); size: relative, such as 0.3; seed: fixes the directions. The network is left
    as it was. Raises ValueError for a size or a number of draws that is not positive.
    Source: Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets" (filter normalization).
    """
    if not (size > 0 and draws >= 1):
        raise ValueError(f"size is {size} and draws {draws}; expected a size above 0, such as 0.3, and at least one draw.")
    weights = [module.weight for module in network.modules() if isinstance(module, ReplicatedLinear)]
    kept, generator = [weight.detach().clone() for weight in weights], torch.Generator().manual_seed(seed)
    with torch.no_grad(), whole_groups(network, torch.as_tensor(x).shape[-2]):
        start, rises = losses(network, x, y), []
        try:
            for _ in range(draws):
                for weight, at in zip(weights, kept, strict=True):
                    direction = torch.randn(at.shape[1:], generator=generator, dtype=at.dtype).expand_as(at)
                    weight.copy_(at + size * at.norm(dim=2, keepdim=True) * direction / direction.norm(dim=2, keepdim=True))
                rises.append(losses(network, x, y) - start)
        finally:
            for weight, at in zip(weights, kept, strict=True):
                weight.copy_(at)
    return np.mean(rises, axis=0)
