"""Layers of the course that torch.nn does not have, as plain modules for one network; replicate() knows them all."""

import torch
from torch import nn


class Residual(nn.Module):
    """x + branch(x): what residual networks are made of (He et al. 2016, "Deep residual learning"). branch: layers, in order."""

    def __init__(self, *branch):
        super().__init__()
        self.branch = nn.Sequential(*branch)

    def forward(self, x):
        return x + self.branch(x)


class _Ghost:
    """What GhostBatchNorm1d and 2d share; goes before the batch norm that it changes."""

    smallest_group = 2

    def __init__(self, num_features, group, store_first=False, **options):
        super().__init__(num_features, **options)
        if group < self.smallest_group:
            raise ValueError(f"group is {group}; expected at least {self.smallest_group}: one value alone has no variance.")
        self.group, self.store_first = group, store_first

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        check_groups(len(x), self.group)
        parts = x.unflatten(0, (-1, self.group))  # (groups, group, C) or (groups, group, C, H, W)
        over = (1, *range(3, parts.ndim))
        mean, var = parts.mean(over, keepdim=True), parts.var(over, unbiased=False, keepdim=True)
        if self.running_mean is not None:
            stored = slice(1 if self.store_first else None)
            self._update_running(mean[stored], var[stored], parts[0, :, 0].numel())
        y = ((parts - mean) / torch.sqrt(var + self.eps)).flatten(0, 1)
        shape = (-1, *[1] * (x.ndim - 2))
        return y if self.weight is None else y * self.weight.view(shape) + self.bias.view(shape)

    @torch.no_grad()
    def _update_running(self, mean, var, values):
        self.num_batches_tracked.add_(1)
        momentum = 1.0 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
        self.running_mean.lerp_(mean.mean(0).flatten(), momentum)
        self.running_var.lerp_(var.mean(0).flatten() * values / (values - 1), momentum)


class GhostBatchNorm1d(_Ghost, nn.BatchNorm1d):
    """Batch norm over groups of `group` examples instead of the whole mini-batch (Hoffer, Hubara and Soudry 2017).

    The mini-batch, (N, C), is cut into groups in its order, and each is normalized by its own mean and variance. Running
    averages take the mean over the groups, or with store_first=True the first group alone, which is what data parallel training saves; in
    evaluation mode it is ordinary batch norm.
    Raises ValueError if N is no multiple of group, or group is less than 2.
    """


class GhostBatchNorm2d(_Ghost, nn.BatchNorm2d):
    """The same for pictures, (N, C, H, W). A group may be a single picture: its positions are a batch of their own."""

    smallest_group = 1


def check_groups(examples, group):
    """Raise ValueError unless a mini-batch of so many examples can be cut into groups."""
    if examples % group:
        raise ValueError(f"a mini-batch of {examples} cannot be cut into groups of {group}; choose a batch that is a multiple of it.")


class LpBatchNorm1d(nn.Module):
    """Batch norm with another measure of spread: values (N, C) minus their mean, over the lp norm of what is left, for each unit.

    The norm is averaged over the mini-batch: (mean of |x - mean|^p + eps)^(1/p); for p = inf it is the largest
    |x - mean|, plus eps. p = 2 is batch norm. gamma (weight), beta (bias) and, for evaluation mode, running averages of
    mean and norm as in BatchNorm1d.
    centred: False takes the norm of x itself, before the mean is subtracted: (x - mean) / norm of x. That is how Santurkar et
        al. 2018 describe their lp normalizations ("before shifting the mean"). The spread of the outputs is then not fixed:
        it is small for a unit whose mean is large beside its spread, and p = 2 is not batch norm.
    Raises ValueError for p below 1, and in training mode for a batch of one.
    """

    def __init__(self, num_features, p, eps=1e-5, momentum=0.1, centred=True):
        super().__init__()
        if not p >= 1:
            raise ValueError(f"p is {p}; expected a number of at least 1, or float('inf').")
        self.p, self.eps, self.momentum, self.centred = p, eps, momentum, centred
        self.weight, self.bias = nn.Parameter(torch.ones(num_features)), nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_norm", torch.ones(num_features))

    def forward(self, x):
        return lp_normalized(self, x) * self.weight + self.bias


def lp_normalized(layer, x):
    """What LpBatchNorm1d makes of x, (N, C) or (copies, N, C), before gamma and beta; in training mode it updates the running averages."""
    if not layer.training:
        return (x - layer.running_mean.unsqueeze(-2)) / layer.running_norm.unsqueeze(-2)
    if x.shape[-2] < 2:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {tuple(x.shape)}.")
    mean = x.mean(-2, keepdim=True)
    off = (x - mean if layer.centred else x).abs()
    norm = off.amax(-2, keepdim=True) + layer.eps if layer.p == float("inf") else _mean_power(off, layer.p, layer.eps)
    with torch.no_grad():
        layer.running_mean.lerp_(mean.squeeze(-2), layer.momentum)
        layer.running_norm.lerp_(norm.squeeze(-2), layer.momentum)
    return (x - mean) / norm


def _mean_power(off, p, eps):
    return ((off if p == 1 else off**p).mean(-2, keepdim=True) + eps) ** (1 / p)
