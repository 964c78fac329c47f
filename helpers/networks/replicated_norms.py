"""The side-by-side forms of the normalization layers: one native call for all copies.

Tensors have the shape (copies, batch, features) or (copies, batch, C, H, W), and lie in memory as in replicated_layers.py.
"""

import copy

import torch
from torch import nn
from torch.nn import functional as F

from helpers.networks._stacking import as_examples, channels_of_all, stack
from helpers.networks.layers import check_groups, lp_normalized


class ReplicatedBatchNorm1d(nn.Module):
    """nn.BatchNorm1d for all copies: one native call over copies x channels.

    frozen: set it to True to use the running statistics and leave them alone in training mode too, which is what eval()
    on this layer alone does, and survives a train() of the whole network.
    """

    frozen = False

    def __init__(self, layers):
        super().__init__()
        first = layers[0]
        self.eps, self.momentum, self.channels = first.eps, first.momentum, first.num_features
        self.weight = None if first.weight is None else stack(layers, "weight")  # gamma, (copies, C)
        self.bias = None if first.bias is None else stack(layers, "bias")  # beta, (copies, C)
        for name in ("running_mean", "running_var", "num_batches_tracked"):
            values = [getattr(layer, name) for layer in layers]
            stacked = None if values[0] is None else values[0].clone() if values[0].ndim == 0 else torch.stack(values)
            self.register_buffer(name, stacked)

    def forward(self, x):
        if x.ndim != 3:
            raise ValueError(f"got an input of shape {tuple(x.shape)}; this side-by-side BatchNorm1d takes features, (copies, batch, C).")
        copies, batch, channels = x.shape
        if channels != self.channels:
            raise ValueError(f"got {channels} channels (shape {tuple(x.shape)}); this batch norm layer has {self.channels}.")
        y = self._normalized(x.transpose(1, 2).reshape(1, copies * channels, batch))
        return y.view(copies, channels, batch).transpose(1, 2)

    def _normalized(self, rows):
        """rows: (examples, copies x channels, positions); features come as one example with the batch as positions."""
        return self._native(rows, *self._statistics_and_parameters())

    def _statistics_and_parameters(self):
        return [None if v is None else v.view(-1) for v in (self.running_mean, self.running_var, self.weight, self.bias)]

    def _native(self, rows, *statistics_and_parameters):
        learning = self.training and not self.frozen
        tracked = self.running_mean is not None
        momentum = self._weight_of_new_batch() if tracked and learning else 0.0
        return F.batch_norm(rows, *statistics_and_parameters, training=learning or not tracked, momentum=momentum, eps=self.eps)

    def _weight_of_new_batch(self):
        self.num_batches_tracked.add_(1)
        # momentum None is PyTorch's plain average over all batches so far.
        return 1.0 / float(self.num_batches_tracked) if self.momentum is None else self.momentum


class ReplicatedBatchNorm2d(ReplicatedBatchNorm1d):
    """nn.BatchNorm2d for all copies: one native call over copies x channels."""

    def forward(self, x):
        y = self._normalized(channels_of_all(x, self.channels, "batch norm layer"))
        return y.unflatten(1, (len(x), -1)).transpose(0, 1)


class _InGroups:
    """Batch norm in which every group of examples has channels of its own."""

    def __init__(self, layers):
        super().__init__(layers)
        self.group, self.store_first = layers[0].group, layers[0].store_first

    def _normalized(self, rows):
        if not self.training or self.frozen:
            return super()._normalized(rows)
        cut = self._cut(rows)  # (examples, copies x channels x groups, positions)
        flat = self._statistics_and_parameters()
        groups = cut.shape[1] // rows.shape[1]
        each = [None if v is None else v.repeat_interleave(groups) for v in flat]
        y = self._native(cut, *each)
        for running, of_groups in zip(flat[:2], each, strict=False):
            if running is not None:
                of_groups = of_groups.view(-1, groups)
                running.copy_(of_groups[:, 0] if self.store_first else of_groups.mean(dim=1))
        return self._joined(y, rows.shape)


class ReplicatedGhostBatchNorm1d(_InGroups, ReplicatedBatchNorm1d):
    """GhostBatchNorm1d for all copies: one native call over copies x channels x groups."""

    def _cut(self, rows):
        check_groups(rows.shape[2], self.group)
        return rows.reshape(1, -1, self.group)

    def _joined(self, y, shape):
        return y.view(shape)


class ReplicatedGhostBatchNorm2d(_InGroups, ReplicatedBatchNorm2d):
    """GhostBatchNorm2d for all copies: one native call over copies x channels x groups."""

    def _cut(self, rows):
        check_groups(len(rows), self.group)
        return rows.unflatten(0, (-1, self.group)).movedim(0, 2).flatten(1, 2)

    def _joined(self, y, shape):
        return y.unflatten(1, (shape[1], -1)).movedim(2, 0).flatten(0, 1)


class ReplicatedLayerNorm(nn.Module):
    """nn.LayerNorm over the features of each example, for all copies."""

    def __init__(self, layers):
        super().__init__()
        self.eps, self.shape = layers[0].eps, layers[0].normalized_shape
        self.weight = None if layers[0].weight is None else stack(layers, "weight")
        self.bias = None if layers[0].bias is None else stack(layers, "bias")

    def forward(self, x):
        if x.shape[2:] != self.shape:
            raise ValueError(f"got features of shape {tuple(x.shape[2:])}; this layer norm expects {tuple(self.shape)}.")
        y = F.layer_norm(x, self.shape, eps=self.eps)
        y = y if self.weight is None else y * self.weight.unsqueeze(1)
        return y if self.bias is None else y + self.bias.unsqueeze(1)


class ReplicatedLpBatchNorm1d(nn.Module):
    """LpBatchNorm1d for all copies."""

    def __init__(self, layers):
        super().__init__()
        self.p, self.eps, self.momentum, self.centred = layers[0].p, layers[0].eps, layers[0].momentum, layers[0].centred
        self.weight, self.bias = stack(layers, "weight"), stack(layers, "bias")
        for name in ("running_mean", "running_norm"):
            self.register_buffer(name, torch.stack([getattr(layer, name) for layer in layers]))

    def forward(self, x):
        if x.shape[2] != self.weight.shape[1]:
            raise ValueError(f"got {x.shape[2]} channels (shape {tuple(x.shape)}); this lp norm layer has {self.weight.shape[1]}.")
        return lp_normalized(self, x) * self.weight.unsqueeze(1) + self.bias.unsqueeze(1)


class ReplicatedGroupNorm(nn.Module):
    """nn.GroupNorm for all copies, over features (N, C) or pictures (N, C, H, W)."""

    def __init__(self, layers):
        super().__init__()
        self.groups, self.channels, self.eps = layers[0].num_groups, layers[0].num_channels, layers[0].eps
        self.weight = None if layers[0].weight is None else stack(layers, "weight")
        self.bias = None if layers[0].bias is None else stack(layers, "bias")

    def forward(self, x):
        if x.shape[2] != self.channels:
            raise ValueError(f"got {x.shape[2]} channels (shape {tuple(x.shape)}); this group norm expects {self.channels}.")
        y = as_examples(x, lambda examples: F.group_norm(examples, self.groups, eps=self.eps))
        shape = (len(x), 1, self.channels, *[1] * (x.ndim - 3))
        return y if self.weight is None else y * self.weight.view(shape) + self.bias.view(shape)


class ReplicatedInstanceNorm2d(nn.Module):
    """nn.InstanceNorm2d without parameters and running averages, its default."""

    def __init__(self, layers):
        super().__init__()
        self.plain = copy.deepcopy(layers[0])
        if self.plain.affine or self.plain.track_running_stats:
            raise ValueError("replicate knows InstanceNorm2d without parameters and running averages only (its default).")

    def forward(self, x):
        return as_examples(x, self.plain)
