"""The side-by-side forms of the layers that draw random numbers: each copy draws as its plain network alone would.

Tensors have the shape (copies, batch, ...), as in helpers/replicated_layers.py.
"""

import torch
from torch import nn

from helpers.layers import unit_noise


class Drawing(nn.Module):
    """generators: one for each copy, which all layers of that copy that draw share; replicate() sets it."""

    generators = ()


class ReplicatedDropout(Drawing):
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


class ReplicatedUnitNoise(Drawing):
    """UnitNoise for all copies."""

    def __init__(self, layers):
        super().__init__()
        self.shift, self.scale, self.jitter = layers[0].shift, layers[0].scale, layers[0].jitter

    def forward(self, x):
        if not self.training:
            return x
        drawn = [unit_noise(self, part, generator) for part, generator in zip(x, self.generators, strict=True)]
        factor, offset = (torch.stack(parts) for parts in zip(*drawn, strict=True))
        return factor * x + offset
