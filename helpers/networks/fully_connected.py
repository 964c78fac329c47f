"""Networks of linear layers, with or without a normalization, from a named start."""

import math

from torch import nn

STARTS = ("He", "centred", "PyTorch")
RELU_MEAN = 1 / math.sqrt(2 * math.pi)  # of ReLU(z), z normal with mean 0 and standard deviation 1: 0.399
RELU_VARIANCE = 1 / 2 - 1 / (2 * math.pi)


def fully_connected(sizes, norm=None, start="He", nonlinearity=nn.ReLU):
    """Linear, norm, nonlinearity for each hidden layer, and a linear layer at the end, as one nn.Sequential.

    sizes: the number of inputs, the width of each hidden layer, the number of outputs: (64, 50, 50, 10).
    norm: called with a width, gives the normalization behind each hidden linear layer, such as nn.BatchNorm1d; None for none.
    start: of the hidden linear layers: "He" draws weights with variance 2 / inputs and sets biases to 0 (He et al. 2015, section
        2.2, suited to ReLU); "PyTorch" leaves what nn.Linear draws. The last layer always has PyTorch's start.
    nonlinearity: called without arguments, gives the nonlinear layer.
    Raises ValueError for fewer than two sizes, or an unknown start.

    >>> fully_connected((64, 50, 10), norm=nn.BatchNorm1d)
    Sequential(Linear, BatchNorm1d, ReLU, Linear)
    """
    sizes = list(sizes)
    if len(sizes) < 2:
        raise ValueError(f"sizes is {sizes}; expected inputs, hidden widths and outputs, such as (64, 50, 10).")
    if start not in STARTS:
        raise ValueError(f"start is {start!r}; expected {', '.join(map(repr, STARTS))}.")
    layers = []
    for inputs, width in zip(sizes[:-2], sizes[1:-1], strict=True):
        linear = nn.Linear(inputs, width)
        if start == "He":
            nn.init.kaiming_normal_(linear.weight)
            nn.init.zeros_(linear.bias)
        elif start == "centred":
            mean, variance = (RELU_MEAN, RELU_VARIANCE) if layers else (0.0, 1.0)  # of what enters: outputs of ReLUs, or the inputs
            nn.init.normal_(linear.weight, std=(inputs * variance) ** -0.5)
            linear.bias.data = -mean * linear.weight.data.sum(1)
        layers += [linear] if norm is None else [linear, norm(width)]
        layers.append(nonlinearity())
    return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))
