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

    def __init__(self, num_features, group, **options):
        super().__init__(num_features, **options)
        if group < self.smallest_group:
            raise ValueError(f"group is {group}; expected at least {self.smallest_group}: one value alone has no variance.")
        self.group = group

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        check_groups(len(x), self.group)
        parts = x.unflatten(0, (-1, self.group))  # (groups, group, C) or (groups, group, C, H, W)
        over = (1, *range(3, parts.ndim))
        mean, var = parts.mean(over, keepdim=True), parts.var(over, unbiased=False, keepdim=True)
        if self.running_mean is not None:
            self._update_running(mean, var, parts[0, :, 0].numel())
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
    averages take the mean over the groups; in evaluation mode it is ordinary batch norm.
    Raises ValueError if N is no multiple of group, or group is less than 2.
    """


class GhostBatchNorm2d(_Ghost, nn.BatchNorm2d):
    """The same for pictures, (N, C, H, W). A group may be a single picture: its positions are a batch of their own."""

    smallest_group = 1


def check_groups(examples, group):
    """Raise ValueError unless a mini-batch of so many examples can be cut into groups."""
    if examples % group:
        raise ValueError(f"a mini-batch of {examples} cannot be cut into groups of {group}; choose a batch that is a multiple of it.")
