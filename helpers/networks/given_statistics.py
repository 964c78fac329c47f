"""Batch norm whose μ and σ² come from elsewhere than the mini-batch, and training that can choose where from."""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from helpers.networks._inputs import for_each_copy
from helpers.networks.replicated_norms import ReplicatedBatchNorm1d
from helpers.networks.training import batch_order


@torch.no_grad()
def measure_statistics(network, x):
    """[(μ, σ²), ...] of each batch norm layer of a replicated network for x, (M, N, F): each (M, 1, C), constants for any gradient.

    Each layer gets what the layers before it make of x with these same statistics. σ² is divided by N, as in training.
    """
    return _through(network, x, None)[1]


def forward_with(network, x, statistics):
    """(M, N, outputs): the outputs for x, (M, N, F), where each batch norm layer uses `statistics`, from measure_statistics()."""
    return _through(network, x, statistics)[0]


def _through(network, x, statistics):
    measured = []
    for layer in network.layers:
        if isinstance(layer, ReplicatedBatchNorm1d):
            if statistics is None:
                mean = x.mean(1, keepdim=True)
                var = (x - mean).square().mean(1, keepdim=True)  # several times as fast as torch.var_mean
            else:
                mean, var = statistics[len(measured)]
            measured.append((mean, var))
            scale = layer.weight.unsqueeze(1) / torch.sqrt(var + layer.eps)
            x = torch.addcmul(layer.bias.unsqueeze(1) - mean * scale, x, scale)  # scale (x - mean) + β
        else:
            x = layer(x)
    return x, measured


@dataclass(frozen=True)
class GivenStatisticsRun:
    """What train_by() leaves behind: M copies, looked at K times, the last time after the last step. NaN once a copy has diverged."""

    steps: np.ndarray  # (K,) steps made before each look
    loss: np.ndarray  # (K, M) cross-entropy on all training examples, with their own exact statistics
    training_loss: np.ndarray  # (K, M) the same as training computes it: mini-batch by mini-batch, by `outputs`
    length: np.ndarray  # (K, M) length of all weights in front of batch norm layers
    batch_loss: np.ndarray  # (steps, M) the loss of each step, before its update
    network: object  # after the last step


def train_by(outputs, network, x, y, *, steps, batch_size, lr, seed, refresh=10, look_every=None):
    """Plain gradient descent on a replicated network, where `outputs` decides which statistics batch norm uses.

    outputs: called as outputs(network, x, rows, stored) with all training examples; x[rows] are those of this step's mini-batch.
        Returns their outputs, (M, batch_size, classes). `stored` are the statistics of all of x, measured every `refresh` steps.
    x, y: (N, F) and (N,) classes for all copies, or (M, N, F) and (M, N).
    seed: copy i draws its mini-batches from seed + i.
    look_every: steps between two looks (default: only before the first step and after the last).
    The network is trained in place. Returns a GivenStatisticsRun.
    """
    x, y = for_each_copy(network, x, y)
    copies, examples = y.shape
    in_copy = torch.arange(copies).unsqueeze(1)
    order = batch_order(np.tile(np.arange(examples), (copies, 1)), batch_size, steps, seed)
    parameters = [p for p in network.parameters() if p.requires_grad]
    network.train()
    batch_loss, looks, stored = np.empty((steps, copies)), [], None

    @torch.no_grad()
    def look(step):
        blocks = [(in_copy, rows.expand(copies, -1)) for rows in torch.arange(examples).split(batch_size)]
        by_block = [_losses(outputs(network, x, rows, stored), y[rows]) for rows in blocks]
        exact = _losses(forward_with(network, x, measure_statistics(network, x)), y)
        looks.append((step, exact.numpy(), torch.stack(by_block).mean(0).numpy(), _length_before_norms(network)))

    for step, rows in enumerate(order):
        if step % refresh == 0:
            stored = measure_statistics(network, x)
        if step == 0 or (look_every and step % look_every == 0):
            look(step)
        rows = (in_copy, rows)
        losses = _losses(outputs(network, x, rows, stored), y[rows])
        batch_loss[step] = losses.detach()
        gradients = torch.autograd.grad(losses.sum(), parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter -= lr * gradient
    look(steps)
    times, loss, training_loss, length = (np.array(values, dtype=float) for values in zip(*looks, strict=True))
    failed = np.maximum.accumulate(~np.isfinite(batch_loss), axis=0)
    ended = np.vstack([np.zeros((1, copies), bool), failed])[times.astype(int)] | ~np.isfinite(loss)
    for values in (loss, training_loss, length):
        values[ended] = np.nan
    return GivenStatisticsRun(times.astype(int), loss, training_loss, length, np.where(failed, np.nan, batch_loss), network)


def _losses(outputs, y):
    return F.cross_entropy(outputs.transpose(1, 2), y, reduction="none").mean(1)


def _length_before_norms(network):
    layers = list(network.layers)
    weights = [layer.weight for layer, following in zip(layers, layers[1:], strict=False) if isinstance(following, ReplicatedBatchNorm1d)]
    return sum(weight.square().sum((1, 2)) for weight in weights).sqrt().numpy()
