"""Many independent copies of one ordinary torch.nn network, trained side by side.

Sixteen runs in a Python loop spend their time on overhead: small matrix products and one call after the other. Here the
copies' weights are stacked, so that a linear layer is one batched product and batch norm one native call over
copies x channels. Every tensor between layers has the shape (copies, batch, features), and is stored with the batch as
the fastest axis: that is the layout in which both calls need no copying.
"""

import copy

import torch
from torch import nn
from torch.nn import functional as F


def replicate(make_network, copies, seed):
    """Side-by-side copies of the network that make_network() returns.

    make_network: a function without arguments; it is called once for each copy, with torch seeded by seed + i, so that
    copy i starts exactly as the plain network would. copies: at least 1. The global random state is left untouched.
    Returns a module whose input is (copies, batch, features), or (batch, features) for the same batch in every copy;
    its output is (copies, batch, outputs). plain_copy(module, i) gives copy i back as an ordinary network.
    Raises ValueError for a layer that is not known here.
    """
    if copies < 1:
        raise ValueError(f"copies is {copies}; expected at least 1.")
    networks = []
    with torch.random.fork_rng(devices=[]):
        for i in range(copies):
            torch.manual_seed(seed + i)
            networks.append(make_network())
    return Replicated(networks)


class Replicated(nn.Module):
    """The side-by-side form of a list of networks of the same shape."""

    def __init__(self, networks):
        super().__init__()
        self.copies = len(networks)
        self.layers = _lift(networks)
        self._template = (copy.deepcopy(networks[0]),)  # in a tuple, so that its parameters are not taken for ours

    def forward(self, x):
        if x.ndim == 2:
            x = x.expand(self.copies, *x.shape)
        if x.ndim != 3 or x.shape[0] != self.copies:
            raise ValueError(
                f"got an input of shape {tuple(x.shape)}; expected ({self.copies}, batch, features), a batch for each copy, "
                "or (batch, features), the same batch for all."
            )
        return self.layers(x)


def plain_copy(replicated, index):
    """Copy `index` as an ordinary network of its own: parameters, buffers and mode as they are now."""
    if not 0 <= index < replicated.copies:
        raise ValueError(f"there is no copy {index}; the copies are 0 to {replicated.copies - 1}.")
    network = copy.deepcopy(replicated._template[0]).train(replicated.training)
    pairs = zip(_leaves(network), _leaves(replicated.layers), strict=True)
    with torch.no_grad():
        for plain, stacked in pairs:
            dtype = next((t.dtype for t in [*stacked.parameters(), *stacked.buffers()]), None)
            plain.to(dtype=dtype)
            for name, tensor in [*plain.named_parameters(), *plain.named_buffers()]:
                source = getattr(stacked, name)
                tensor.copy_(source if source.ndim == 0 else source[index].reshape(tensor.shape))
    return network


class ReplicatedLinear(nn.Module):
    """nn.Linear for all copies: one batched product."""

    def __init__(self, layers):
        super().__init__()
        self.weight = _stack(layers, "weight")  # (copies, out, in)
        self.bias = None if layers[0].bias is None else _stack(layers, "bias")  # (copies, out)

    def forward(self, x):
        expected = self.weight.shape[2]
        if x.shape[2] != expected:
            raise ValueError(f"got {x.shape[2]} features (shape {tuple(x.shape)}); this linear layer expects {expected}.")
        batch_last = x.transpose(1, 2)
        if self.bias is None:
            return torch.bmm(self.weight, batch_last).transpose(1, 2)
        return torch.baddbmm(self.bias.unsqueeze(2), self.weight, batch_last).transpose(1, 2)


class ReplicatedBatchNorm1d(nn.Module):
    """nn.BatchNorm1d for all copies: one native call over copies x channels."""

    def __init__(self, layers):
        super().__init__()
        first = layers[0]
        self.eps, self.momentum, self.channels = first.eps, first.momentum, first.num_features
        self.weight = None if first.weight is None else _stack(layers, "weight")  # gamma, (copies, C)
        self.bias = None if first.bias is None else _stack(layers, "bias")  # beta, (copies, C)
        for name in ("running_mean", "running_var", "num_batches_tracked"):
            values = [getattr(layer, name) for layer in layers]
            stacked = None if values[0] is None else values[0].clone() if values[0].ndim == 0 else torch.stack(values)
            self.register_buffer(name, stacked)

    def forward(self, x):
        copies, batch, channels = x.shape
        if channels != self.channels:
            raise ValueError(f"got {channels} channels (shape {tuple(x.shape)}); this batch norm layer has {self.channels}.")
        tracked = self.running_mean is not None
        flat = [None if v is None else v.view(-1) for v in (self.running_mean, self.running_var, self.weight, self.bias)]
        y = F.batch_norm(
            x.transpose(1, 2).reshape(1, copies * channels, batch),
            *flat,
            training=self.training or not tracked,
            momentum=self._weight_of_new_batch() if tracked and self.training else 0.0,
            eps=self.eps,
        )
        return y.view(copies, channels, batch).transpose(1, 2)

    def _weight_of_new_batch(self):
        self.num_batches_tracked.add_(1)
        # momentum None is PyTorch's plain average over all batches so far.
        return 1.0 / float(self.num_batches_tracked) if self.momentum is None else self.momentum


ELEMENTWISE = (nn.Identity, nn.Sigmoid, nn.Tanh, nn.ReLU, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Softplus)


def _lift(layers):
    """The side-by-side form of the same layer taken from every copy."""
    kind = type(layers[0])
    if kind is nn.Sequential:
        return nn.Sequential(*(_lift(same) for same in zip(*layers, strict=True)))
    if kind in ELEMENTWISE:
        return copy.deepcopy(layers[0])
    if kind in LIFTED:
        return LIFTED[kind](layers)
    known = ", ".join(k.__name__ for k in (nn.Sequential, *LIFTED, *ELEMENTWISE))
    raise ValueError(
        f"replicate does not know the layer {kind.__name__}; it knows {known}. Build the network from these, "
        "or add the layer's side-by-side form to helpers/replicates.py."
    )


LIFTED = {nn.Linear: ReplicatedLinear, nn.BatchNorm1d: ReplicatedBatchNorm1d}


def _leaves(module):
    """The layers in order; one that is used in two places is listed twice, as it is in the side-by-side form."""
    return [leaf for child in module for leaf in _leaves(child)] if isinstance(module, nn.Sequential) else [module]


def _stack(layers, name):
    return nn.Parameter(torch.stack([getattr(layer, name).detach() for layer in layers]))
