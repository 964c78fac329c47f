"""The loss around the present weights: along the training step, where it is curved most, and in random directions.

x: (N, F) inputs for all copies or (M, N, F); y: (N,) or (M, N). Batch norm goes by these examples, as in training. Every network is left
as it was.
"""

import numpy as np
import torch

from helpers.measures._network import left_as_it_was, length_per_copy, loss_and_gradient, move, rates_per_copy
from helpers.measures.gradients import losses
from helpers.networks._inputs import for_each_copy
from helpers.networks.training import losses_per_copy


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


def largest_curvature(network, x, y, seed, rounds=20):
    """(M,) the largest eigenvalue of the Hessian of each copy's loss, by all its parameters: the loss's largest curvature.

    Lanczos iteration from random directions drawn from `seed`, with exact products of Hessian and direction. Of ReLU it sees the
    straight parts alone, and not the kinks that a step crosses. rounds: 20 give it to some percent, from below; never more are made
    than there are parameters. Raises ValueError for a number of rounds below 1.
    """
    if rounds < 1:
        raise ValueError(f"rounds is {rounds}; expected at least one round.")
    x, y = for_each_copy(network, x, y)
    parameters = [p for p in network.parameters() if p.requires_grad]
    with torch.enable_grad(), left_as_it_was(network):
        gradient = _per_copy(torch.autograd.grad(losses_per_copy(network, x, y).sum(), parameters, create_graph=True))
        rounds = min(rounds, gradient.shape[1])
        first = torch.randn(gradient.shape, generator=torch.Generator().manual_seed(seed), dtype=network.dtype)
        basis, images = [first / first.norm(dim=1, keepdim=True)], []
        for _ in range(rounds):
            images.append(_per_copy(torch.autograd.grad((gradient * basis[-1]).sum(), parameters, retain_graph=True)))
            rest = images[-1]
            for _ in range(2):  # twice, against rounding
                for known in basis:
                    rest = rest - (rest * known).sum(1, keepdim=True) * known
            basis.append(rest / rest.norm(dim=1, keepdim=True).clamp_min(1e-30))
    small = torch.einsum("imp,jmp->mij", torch.stack(basis[:rounds]).double(), torch.stack(images).double())
    return torch.linalg.eigvalsh((small + small.transpose(1, 2)) / 2)[:, -1].numpy()


def _per_copy(tensors):
    """(M, P) from tensors (M, ...): all numbers of a copy in one row."""
    return torch.cat([t.flatten(1) for t in tensors], dim=1)


def relative_change(network, x, y, sizes, random_seed=None):
    """(S, M) how the gradients of the layers' weights change along a step that is as large in every layer as a part of its weights.

    Each layer's weights move against their gradient by size * their own length, for each of S sizes; biases, gamma and beta
    stay. The change of a layer's gradient is divided by the length of the gradient before; the mean over the layers. In front of
    batch norm it does not depend on the length of the weights, nor on the rate of the training.
    random_seed: if given, the weights move in random directions drawn from it, and not against their gradient.
    Raises ValueError for sizes that are not positive.
    """
    x, y = for_each_copy(network, x, y)
    sizes = np.atleast_1d(np.asarray(sizes, dtype=float))
    if not (sizes > 0).all():
        raise ValueError(f"sizes are {sizes}; expected positive parts of the weights' length, such as [0.01, 0.1].")
    weights, found = [layer.weight for layer in network.linears()], []
    with left_as_it_was(network):
        start = [weight.detach().clone() for weight in weights]
        _, gradient = loss_and_gradient(network, x, y, weights)
        lengths, ways = [length_per_copy([g]) for g in gradient], gradient
        if random_seed is not None:
            generator = torch.Generator().manual_seed(random_seed)
            ways = [torch.randn(g.shape, generator=generator, dtype=g.dtype) for g in gradient]
        for size in sizes:
            for weight, at, way in zip(weights, start, ways, strict=True):
                move([weight], [at], [way], float(size) * length_per_copy([at]) / length_per_copy([way]))
            _, turned = loss_and_gradient(network, x, y, weights)
            parts = [length_per_copy([a - b]) / length for a, b, length in zip(turned, gradient, lengths, strict=True)]
            found.append(torch.stack(parts).mean(0))
    return torch.stack(found).numpy()


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
