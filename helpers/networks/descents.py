"""Full-batch gradient descent from one starting function, with and without batch norm, and how a unit's values change on the way.

Networks come from same_start(): M copies side by side, each with pictures of its own, all of which every step uses. "Layer k" is
the k-th linear layer with its batch norm, if it has one; its values are what enters the k-th ReLU.
"""

import copy
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from helpers.networks.replicated_norms import ReplicatedBatchNorm1d
from helpers.networks.replicates import replicate
from helpers.networks.threads import use_quicker_threads
from helpers.networks.training import losses_per_copy

EPS = 1e-5  # of torch.nn.BatchNorm1d


@dataclass(frozen=True)
class Descent:
    """What a descent of S steps leaves behind, one column for each of M copies."""

    loss: np.ndarray  # (S + 1, M) training loss in nats before each step and after the last; NaN once it is not finite
    values: np.ndarray | None  # (S + 1, M, N, U) what entered the ReLU of one layer at these moments, if it was looked at

    @property
    def last_loss(self):
        """(M,) the loss after the last step, infinite for a copy that diverged."""
        return np.nan_to_num(self.loss[-1], nan=np.inf)


def same_start(make_network, x, y, seed):
    """Networks side by side that start as the same functions, whether or not make_network() puts batch norm behind linear layers.

    make_network: returns an nn.Sequential of linear layers, batch norm or none, and ReLU.
    x: (M, N, F) pictures for each copy. y: (M, N) classes. seed: of the weights, which are He's, with biases 0; those of the
        last layer are PyTorch's.
    If there is batch norm, gamma and beta are set so that it gives out what it receives on x.
    Returns a network from replicate() that keeps its pictures and classes.
    """

    def start():
        network = make_network()
        for layer in network[:-1]:
            if isinstance(layer, nn.Linear):
                nn.init.kaiming_normal_(layer.weight)
                nn.init.zeros_(layer.bias)
        return network

    networks = replicate(start, len(x), seed).train()
    networks.pictures, networks.classes = torch.as_tensor(x, dtype=networks.dtype), torch.as_tensor(y)
    undo(networks)
    return networks


@torch.no_grad()
def undo(networks):
    """Set gamma to sqrt(sigma^2 + eps) and beta to mu in each batch norm, so that it gives out what it receives on the pictures."""
    values = networks.pictures
    for layer in networks.layers:
        if layer in networks.batch_norms():
            layer.weight.copy_((values.var(1, unbiased=False) + layer.eps).sqrt())
            layer.bias.copy_(values.mean(1))
        values = layer(values)


@torch.no_grad()
def usual_start(networks):
    """Set gamma to 1 and beta to 0 in each batch norm, as PyTorch does. Changes the networks and returns them."""
    for layer in networks.batch_norms():
        layer.weight.fill_(1.0)
        layer.bias.fill_(0.0)
    return networks


@torch.no_grad()
def normalize_once(networks):
    """Change weights and biases of each hidden linear layer, once, so that z has mean 0 and standard deviation 1 on the pictures.

    For plain networks from same_start(), which then start as the functions of usual_start(). Changes the networks and returns
    them.
    """
    values, hidden = networks.pictures, networks.linears()[:-1]
    for layer in networks.layers:
        if layer in hidden:
            z = layer(values)
            sigma = (z.var(1, unbiased=False) + EPS).sqrt()  # (M, U)
            layer.weight.div_(sigma.unsqueeze(2))
            layer.bias.sub_(z.mean(1)).div_(sigma)
        values = layer(values)
    return networks


def descend(networks, rate, steps=100, frozen=False, shift=0.0, look_at=None):
    """Train all copies, each on all of its pictures in every step. Changes the networks.

    rate: learning rate. steps: how many.
    frozen: gamma and beta stay as they are.
    shift: after every step, each beta is also moved by this; a unit's beta always in the same direction, which is up or down by chance.
    look_at: the number of a layer whose values are kept at every step (default: none). Returns a Descent.
    """
    use_quicker_threads()
    own = {id(p) for layer in networks.batch_norms() for p in layer.parameters()}
    parameters = [p for p in networks.parameters() if p.requires_grad and not (frozen and id(p) in own)]
    chance = torch.Generator().manual_seed(0)
    shifts = [torch.randint(2, layer.bias.shape, generator=chance).mul(2).sub(1) * shift for layer in networks.batch_norms()]
    losses, seen, hooks = [], [], []
    networks.train()
    if look_at is not None:
        relu = _relus(networks)[look_at - 1]
        hooks.append(relu.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach().clone().numpy())))
    for step in range(steps + 1):
        loss = losses_per_copy(networks, networks.pictures, networks.classes)
        losses.append(loss.detach().numpy().copy())
        if step < steps:
            gradients = torch.autograd.grad(loss.sum(), parameters)
            with torch.no_grad():
                for parameter, gradient in zip(parameters, gradients, strict=True):
                    parameter.sub_(gradient, alpha=rate)
                for layer, move in zip(networks.batch_norms(), shifts, strict=True):
                    layer.bias.add_(move.to(layer.bias.dtype))
    for hook in hooks:
        hook.remove()
    losses = np.array(losses)
    losses[np.cumsum(~np.isfinite(losses), axis=0) > 0] = np.nan
    return Descent(losses, np.array(seen) if seen else None)


def step_in(networks, layers, rate):
    """A copy of the networks in which these layers alone, each with its gamma and beta, have made one step. layers: numbers from 1."""
    moved, number, chosen = copy.deepcopy(networks).train(), 0, []
    linears = moved.linears()
    for layer in moved.layers:
        number += layer in linears
        chosen += [p for p in layer.parameters() if p.requires_grad and number in layers]
    gradients = torch.autograd.grad(losses_per_copy(moved, moved.pictures, moved.classes).sum(), chosen)
    with torch.no_grad():
        for parameter, gradient in zip(chosen, gradients, strict=True):
            parameter -= rate * gradient
    return moved


@torch.no_grad()
def values_of(networks, layer):
    """(M, N, U) what enters the ReLU of a layer for the pictures, batch norm by the pictures. layer: a number from 1."""
    relus, values = _relus(networks), networks.pictures
    if not 1 <= layer <= len(relus):
        raise ValueError(f"there is no layer {layer}; the network has {len(relus)} with a ReLU.")
    for part in networks.train().layers:
        if part is relus[layer - 1]:
            return values
        values = part(values)


def _relus(networks):
    return [part for part in networks.layers if isinstance(part, nn.ReLU)]


def mean_moved(before, after):
    """(..., U) how far each unit's mean over the pictures moved, in its standard deviations before. before, after: (..., N, U)."""
    before, after = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    return np.abs(after.mean(-2) - before.mean(-2)) / before.std(-2)


def spread_grown(before, after):
    """(..., U) each unit's standard deviation over the pictures, divided by that before. before, after: (..., N, U)."""
    return np.asarray(after, dtype=float).std(-2) / np.asarray(before, dtype=float).std(-2)


def correlation(before, after):
    """(..., U) correlation of each unit's values over the pictures at two moments. before, after: (..., N, U)."""
    one, other = (np.asarray(z, dtype=float) - np.asarray(z, dtype=float).mean(-2, keepdims=True) for z in (before, after))
    return (one * other).mean(-2) / (one.std(-2) * other.std(-2))


class _MeanOnly(ReplicatedBatchNorm1d):
    """z - mu + beta."""

    def forward(self, x):
        return x - x.mean(1, keepdim=True) + self.bias.unsqueeze(1)


class _SpreadOnly(ReplicatedBatchNorm1d):
    """gamma * z / sigma."""

    def forward(self, x):
        return self.weight.unsqueeze(1) * x / (x.var(1, keepdim=True, unbiased=False) + self.eps).sqrt()


def keep_only(part, networks):
    """Batch norm that only subtracts the mean and adds beta (part "mean"), or only divides by sigma and multiplies by gamma ("spread").

    Changes the networks, from same_start(), in place, and returns them; they still start as the same functions.
    """
    if part not in ("mean", "spread"):
        raise ValueError(f"part is {part!r}; expected 'mean' or 'spread'.")
    for layer in networks.batch_norms():
        layer.__class__ = _MeanOnly if part == "mean" else _SpreadOnly
        (layer.weight if part == "mean" else layer.bias).requires_grad_(False)
    return networks
