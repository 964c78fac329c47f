"""The side-by-side forms of the layers that replicate() knows, but for the normalizations: one native call for all copies.

Tensors have the shape (copies, batch, features) or (copies, batch, C, H, W). How they lie in memory is up to the layers:
features with the batch as the fastest axis, pictures with the batch as the slowest, because that is how batched products,
convolutions and batch norm need no copying.
"""

import copy

import torch
from torch import nn
from torch.nn import functional as F

from helpers.networks._stacking import as_examples, channels_of_all, stack

NONLINEAR = (nn.Sigmoid, nn.Tanh, nn.ReLU, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Softplus)
ELEMENTWISE = (nn.Identity, *NONLINEAR)
EACH_EXAMPLE = (nn.Flatten, nn.Unflatten, nn.AvgPool2d, nn.MaxPool2d, nn.AdaptiveAvgPool2d)


class ReplicatedLinear(nn.Module):
    """nn.Linear for all copies: one batched product."""

    def __init__(self, layers):
        super().__init__()
        self.weight = stack(layers, "weight")  # (copies, out, in)
        self.bias = None if layers[0].bias is None else stack(layers, "bias")  # (copies, out)

    def forward(self, x):
        expected = self.weight.shape[2]
        if x.shape[2] != expected:
            raise ValueError(f"got {x.shape[2]} features (shape {tuple(x.shape)}); this linear layer expects {expected}.")
        batch_last = x.transpose(1, 2)
        if self.bias is None:
            return torch.bmm(self.weight, batch_last).transpose(1, 2)
        return torch.baddbmm(self.bias.unsqueeze(2), self.weight, batch_last).transpose(1, 2)


class ReplicatedConv2d(nn.Module):
    """nn.Conv2d for all copies: one convolution with a group for each copy."""

    def __init__(self, layers):
        super().__init__()
        first = layers[0]
        if first.padding_mode != "zeros":
            raise ValueError(f"replicate knows Conv2d with zeros as padding; got padding_mode={first.padding_mode!r}.")
        self.weight = stack(layers, "weight")  # (copies, out, in / groups, height, width)
        self.bias = None if first.bias is None else stack(layers, "bias")
        self.channels, self.groups = first.in_channels, first.groups
        self.options = {"stride": first.stride, "padding": first.padding, "dilation": first.dilation}

    def forward(self, x):
        bias = None if self.bias is None else self.bias.flatten()
        pictures = channels_of_all(x, self.channels, "convolution")
        y = F.conv2d(pictures, self.weight.flatten(0, 1), bias, groups=len(self.weight) * self.groups, **self.options)
        return y.unflatten(1, (len(self.weight), -1)).transpose(0, 1)


class EachExample(nn.Module):
    """A layer without parameters that treats each example by itself: pooling, flatten, unflatten."""

    def __init__(self, layer):
        super().__init__()
        self.plain = copy.deepcopy(layer)

    def forward(self, x):
        return as_examples(x, self.plain)


class Stochastic(nn.Module):
    """A layer that draws random numbers, in each copy as its plain network alone would.

    generators: one for each copy, which all layers of that copy that draw share; replicate() sets it.
    """

    generators = ()


class ReplicatedDropout(Stochastic):
    """nn.Dropout for all copies."""

    def __init__(self, layers):
        super().__init__()
        self.p = layers[0].p

    def forward(self, x):
        if not self.training or self.p == 0:
            return x
        kept = torch.empty(x.shape, dtype=x.dtype)
        for mask, generator in zip(kept, self.generators, strict=True):
            mask.bernoulli_(1 - self.p, generator=generator)
        return x * kept / (1 - self.p)
