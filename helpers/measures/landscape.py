"""The loss around the present weights: along the training step, and in random directions.

x: (N, F) inputs for all copies or (M, N, F); y: (N,) or (M, N). Batch norm goes by these examples, as in training. Every network is left
as it was.
"""

import numpy as np
import torch

from helpers.measures._network import left_as_it_was, length_per_copy, loss_and_gradient, move, rates_per_copy
from helpers.measures.gradients import losses
from helpers.networks._inputs import for_each_copy


def along_step(network, x, y, rate, lengths):
    """What is met on the way along one step of gradient descent, p - length * rate * gradient, at each of T lengths.

    rate: one learning rate or (M,) of them. lengths: T positive multiples of the rate.
    Returns by name, the loss in nats and all lengths Euclidean over all parameters together: "loss" (M,) before the step;
    "gradient" (M,) its length; "losses" (M, T); "changes" (M, T), the length of the gradient's change; "range" (M,),
    largest minus smallest of the losses; "smoothness" (M,), the largest change per distance; "weights" (M,), the length of
    all layers' weights. Noise and dropout layers draw anew at each look, so take networks without them.
    Raises ValueError for lengths that are not positive.
    Source: Santurkar et al. 2018, Figure 4 ("effective smoothness" along the gradient).
    """
    x, y = for_each_copy(network, x, y)
    lengths = np.atleast_1d(np.asarray(lengths, dtype=float))
    if not (lengths > 0).all():
        raise ValueError(f"lengths are {lengths}; expected positive multiples of the rate, such as [0.5, 1, 2].")
    parameters, by = [p for p in network.parameters() if p.requires_grad], rates_per_copy(rate, network)
    losses_there, changes, distances = [], [], []
    with left_as_it_was(network):
        start = [p.detach().clone() for p in parameters]
        loss, gradient = loss_and_gradient(network, x, y, parameters)
        norm, weights = length_per_copy(gradient), length_per_copy([layer.weight.detach() for layer in network.linears()])
        for length in lengths:
            move(parameters, start, gradient, by * float(length))
            there, turned = loss_and_gradient(network, x, y, parameters)
            losses_there.append(there)
            changes.append(length_per_copy([a - b for a, b in zip(turned, gradient, strict=True)]))
            distances.append(by * float(length) * norm)
    met, changes, distances = (torch.stack(values, dim=1).numpy() for values in (losses_there, changes, distances))
    found = {"loss": loss.numpy(), "gradient": norm.numpy(), "weights": weights.numpy(), "losses": met, "changes": changes}
    return found | {"range": met.max(axis=1) - met.min(axis=1), "smoothness": (changes / distances).max(axis=1)}


def sharpness(network, x, y, size, seed, draws=5):
    """(M,) by how much each copy's loss on x rises, in nats, when all weights are moved in a random direction: a measure of sharpness.

    The weights of each unit of each linear layer move by `size` times their own length, so that networks which differ only
    in the scale of a unit's weights have the same rise; the mean over `draws` directions, the same ones for every copy.
    Biases, gamma and beta stay. Batch norm takes its statistics over all of x, GhostBatchNorm1d too.
    size: relative, such as 0.3; seed: fixes the directions. Raises ValueError for a size or a number of draws that is not positive.
    Source: Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets" (filter normalization).
    """
    if not (size > 0 and draws >= 1):
        raise ValueError(f"size is {size} and draws {draws}; expected a size above 0, such as 0.3, and at least one draw.")
    rises, generator = [], torch.Generator().manual_seed(seed)
    with torch.no_grad(), left_as_it_was(network, group=np.shape(x)[-2]):
        weights = [layer.weight for layer in network.linears()]
        kept, start = [weight.clone() for weight in weights], losses(network, x, y)
        for _ in range(draws):
            for weight, at in zip(weights, kept, strict=True):
                direction = torch.randn(at.shape[1:], generator=generator, dtype=at.dtype).expand_as(at)
                weight.copy_(at + size * _per_unit(at) * direction / _per_unit(direction))
            rises.append(losses(network, x, y) - start)
    return np.mean(rises, axis=0)


def _per_unit(weights):
    """The length of each unit's weights, (M, out, 1, ...), from (M, out, in, ...)."""
    return weights.flatten(2).norm(dim=2).view(*weights.shape[:2], *[1] * (weights.ndim - 2))
