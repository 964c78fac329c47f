"""What the side-by-side forms share: how parameters and inputs of all copies lie next to each other."""

import torch
from torch import nn


def as_examples(x, layer):
    """layer applied to the examples of all copies as if they were one batch: (copies, batch, ...) in and out."""
    copies, batch = x.shape[:2]
    return layer(x.transpose(0, 1).flatten(0, 1)).unflatten(0, (batch, copies)).transpose(0, 1)


def channels_of_all(x, channels, layer):
    """(copies, batch, C, H, W) as (batch, copies x C, H, W)."""
    if x.ndim != 5 or x.shape[2] != channels:
        raise ValueError(f"got an input of shape {tuple(x.shape)}; this {layer} expects (copies, batch, {channels}, H, W).")
    return x.transpose(0, 1).flatten(1, 2)


def stack(layers, name):
    return nn.Parameter(torch.stack([getattr(layer, name).detach() for layer in layers]))
