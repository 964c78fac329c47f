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


class GhostBatchNorm1d(nn.BatchNorm1d):
    """Batch norm over groups of `group` examples instead of the whole mini-batch (Hoffer, Hubara and Soudry 2017).

    The mini-batch, (N, C), is cut into groups in its order, and each is normalized by its own mean and variance. Running
    averages take the mean over the groups; in evaluation mode it is ordinary batch norm.
    Raises ValueError if N is no multiple of group, or group is less than 2.
    """

    def __init__(self, num_features, group, **options):
        super().__init__(num_features, **options)
        if group < 2:
            raise ValueError(f"group is {group}; expected at least 2 examples, because the variance of one is 0.")
        self.group = group

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        check_groups(len(x), self.group)
        parts = x.view(-1, self.group, x.shape[1])
        mean, var = parts.mean(1, keepdim=True), parts.var(1, unbiased=False, keepdim=True)
        if self.running_mean is not None:
            with torch.no_grad():
                self.num_batches_tracked.add_(1)
                momentum = 1.0 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
                self.running_mean.lerp_(mean.mean(dim=(0, 1)), momentum)
                self.running_var.lerp_(var.mean(dim=(0, 1)) * self.group / (self.group - 1), momentum)
        y = ((parts - mean) / torch.sqrt(var + self.eps)).reshape(x.shape)
        return y if self.weight is None else y * self.weight + self.bias


def check_groups(examples, group):
    """Raise ValueError unless a mini-batch of so many examples can be cut into groups."""
    if examples % group:
        raise ValueError(f"a mini-batch of {examples} cannot be cut into groups of {group}; choose a batch that is a multiple of it.")
