"""Noise that moves and stretches whole units, anew at every step, slowly, or one way for good; plain, and side by side."""

import math
from contextlib import contextmanager

import torch
from torch import nn

from helpers.networks.replicated_layers import Stochastic

MODES = ("on", "held", "off", "fresh")


class _Moving:
    """What the plain and the side-by-side form share: the noise of one layer from step to step."""

    mode = "on"

    def _set(self, offset, factor, example, memory, speed, stops):
        self.offset, self.factor, self.example, self.memory = offset, factor, example, memory
        self.speed, self.stops = speed, stops
        self._state = self._direction = None
        self._steps = 0

    def _noisy(self, x, generators):
        """s * x + m for x (M, N, C), one generator for each of the M."""
        shape = (len(x), 2, x.shape[2])
        if self._state is None:
            self._state, self._direction = _normal(shape, x.dtype, generators), 2 * _even(shape, x.dtype, generators)[:, 1:] - 1
        elif self.mode == "on":
            kept = math.exp(-1 / self.memory) if self.memory else 0.0
            if kept < 1:
                self._state = kept * self._state + math.sqrt(1 - kept**2) * _normal(shape, x.dtype, generators)
        self._steps += self.mode == "on"
        state = _normal(shape, x.dtype, generators) if self.mode == "fresh" else self._state
        even = torch.special.ndtr(state)  # the normal numbers as numbers spread evenly between 0 and 1
        s = 1 + (self.factor - 1) * even[:, :1]
        m = self.offset * (2 * even[:, 1:] - 1) + min(self._steps, self.stops) * self.speed * self._direction
        if self.example:
            s = _lying_as(x, _normal(x.shape, x.dtype, generators)).mul_(self.example).add_(s)
            m = _lying_as(x, _even(x.shape, x.dtype, generators)).mul_(2 * self.example).add_(m - self.example)
        return torch.addcmul(m, s, x)


class MovingNoise(_Moving, nn.Module):
    """In training mode, changes the values x of each unit, (N, C), to s * x + m; in evaluation mode, nothing.

    offset: the centres of m are spread evenly from -offset to offset over the units, in the values' own unit.
    factor: the centres of s are spread evenly from 1 to factor.
    example: every single value draws its m evenly from centre - example to centre + example, and its s from a normal distribution
        around its centre with the standard deviation `example`.
    memory: 0 draws the centres anew at every step. With memory T they come from normal numbers that at two steps k apart have
        the correlation exp(-k / T), so that their law is the same at every step; inf draws them once.
    speed: on top, the offset of each unit grows by a constant of its own at every step, spread evenly from -speed to speed.
    stops: after this many steps, these offsets grow no more.
    The defaults are those of the noise of Santurkar et al. 2018 ("noisy" batch norm, Figure 2), whose centres are drawn anew at
    each step. memory, speed and stops are this course's. noise_is() holds the noise, switches it off or draws it afresh.
    Raises ValueError for negative numbers, or a factor below 1.
    """

    def __init__(self, offset=0.5, factor=1.25, example=0.1, memory=0, speed=0, stops=math.inf):
        super().__init__()
        if not (offset >= 0 and factor >= 1 and example >= 0 and memory >= 0 and speed >= 0 and stops >= 0):
            raise ValueError(
                f"offset is {offset}, factor {factor}, example {example}, memory {memory}, speed {speed}, stops {stops}; "
                "expected 0 or more, and a factor of at least 1."
            )
        self._set(offset, factor, example, memory, speed, stops)

    def forward(self, x):
        return self._noisy(x.unsqueeze(0), [None]).squeeze(0) if self.training and self.mode != "off" else x


class ReplicatedMovingNoise(_Moving, Stochastic):
    """MovingNoise for all copies."""

    def __init__(self, layers):
        super().__init__()
        first = layers[0]
        self._set(first.offset, first.factor, first.example, first.memory, first.speed, first.stops)

    def forward(self, x):
        return self._noisy(x, self.generators) if self.training and self.mode != "off" else x


@contextmanager
def noise_is(network, mode):
    """Within, every MovingNoise of the network, plain or replicated, is in this mode.

    mode: "on" moves on at every pass, as in training; "held" stays as it was at the last step; "off" does nothing;
        "fresh" draws other centres of the same law, and leaves those of the training alone.
    Raises ValueError for another mode.
    """
    if mode not in MODES:
        raise ValueError(f"mode is {mode!r}; expected {', '.join(map(repr, MODES))}.")
    layers = [layer for layer in network.modules() if isinstance(layer, _Moving)]
    before = [layer.mode for layer in layers]
    for layer in layers:
        layer.mode = mode
    try:
        yield
    finally:
        for layer, was in zip(layers, before, strict=True):
            layer.mode = was


def _normal(shape, dtype, generators):
    return _drawn(shape, dtype, generators, "normal_")


def _even(shape, dtype, generators):
    return _drawn(shape, dtype, generators, "uniform_")


def _lying_as(x, numbers):
    """The numbers, in memory in the order of x: steps on mixed orders are slower than the copy."""
    return torch.empty_like(x).copy_(numbers)


def _drawn(shape, dtype, generators, law):
    numbers = torch.empty(shape, dtype=dtype)
    for part, generator in zip(numbers, generators, strict=True):
        getattr(part, law)(generator=generator)
    return numbers
