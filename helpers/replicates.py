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

from helpers.layers import GhostBatchNorm1d, Residual, check_groups


def replicate(make_network, copies, seed):
    """Side-by-side copies of the network that make_network() returns.

    make_network: a function without arguments; it is called once for each copy, with torch seeded by seed + i, so that
    copy i starts exactly as the plain network would. Dropout in copy i draws what the plain network would draw if torch
    were seeded by seed + i before training. copies: at least 1. The global random state is left untouched.
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
    return Replicated(networks, [torch.Generator().manual_seed(seed + i) for i in range(copies)])


class Replicated(nn.Module):
    """The side-by-side form of a list of networks of the same shape."""

    def __init__(self, networks, generators):
        super().__init__()
        self.copies = len(networks)
        self.layers = _lift(networks)
        for layer in self.modules():
            if isinstance(layer, ReplicatedDropout):
                layer.generators = generators
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
        flat = [None if v is None else v.view(-1) for v in (self.running_mean, self.running_var, self.weight, self.bias)]
        y = self._normalized(x.transpose(1, 2).reshape(1, copies * channels, batch), *flat)
        return y.view(copies, channels, batch).transpose(1, 2)

    def _normalized(self, rows, *statistics_and_parameters):
        tracked = self.running_mean is not None
        momentum = self._weight_of_new_batch() if tracked and self.training else 0.0
        return F.batch_norm(rows, *statistics_and_parameters, training=self.training or not tracked, momentum=momentum, eps=self.eps)

    def _weight_of_new_batch(self):
        self.num_batches_tracked.add_(1)
        # momentum None is PyTorch's plain average over all batches so far.
        return 1.0 / float(self.num_batches_tracked) if self.momentum is None else self.momentum


class ReplicatedGhostBatchNorm1d(ReplicatedBatchNorm1d):
    """GhostBatchNorm1d for all copies: one native call over copies x channels x groups."""

    def __init__(self, layers):
        super().__init__(layers)
        self.group = layers[0].group

    def _normalized(self, rows, *statistics_and_parameters):
        if not self.training:
            return super()._normalized(rows, *statistics_and_parameters)
        check_groups(rows.shape[2], self.group)
        groups = rows.shape[2] // self.group
        each = [None if v is None else v.repeat_interleave(groups) for v in statistics_and_parameters]
        y = super()._normalized(rows.reshape(1, -1, self.group), *each)
        for running, of_groups in zip(statistics_and_parameters[:2], each, strict=False):
            if running is not None:
                running.copy_(of_groups.view(-1, groups).mean(dim=1))
        return y.view(rows.shape)


class ReplicatedLayerNorm(nn.Module):
    """nn.LayerNorm over the features of each example, for all copies."""

    def __init__(self, layers):
        super().__init__()
        self.eps, self.shape = layers[0].eps, layers[0].normalized_shape
        self.weight = None if layers[0].weight is None else _stack(layers, "weight")
        self.bias = None if layers[0].bias is None else _stack(layers, "bias")

    def forward(self, x):
        if x.shape[2:] != self.shape:
            raise ValueError(f"got features of shape {tuple(x.shape[2:])}; this layer norm expects {tuple(self.shape)}.")
        y = F.layer_norm(x, self.shape, eps=self.eps)
        y = y if self.weight is None else y * self.weight.unsqueeze(1)
        return y if self.bias is None else y + self.bias.unsqueeze(1)


class ReplicatedDropout(nn.Module):
    """nn.Dropout for all copies; each draws from its own generator, which all its dropout layers share."""

    generators = ()

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


ELEMENTWISE = (nn.Identity, nn.Sigmoid, nn.Tanh, nn.ReLU, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Softplus)


def _lift(layers):
    """The side-by-side form of the same layer taken from every copy."""
    kind = type(layers[0])
    if kind is nn.Sequential:
        return nn.Sequential(*(_lift(same) for same in zip(*layers, strict=True)))
    if kind is Residual:
        return Residual(*_lift([layer.branch for layer in layers]))
    if kind in ELEMENTWISE:
        return copy.deepcopy(layers[0])
    if kind in LIFTED:
        return LIFTED[kind](layers)
    known = ", ".join(k.__name__ for k in (nn.Sequential, Residual, *LIFTED, *ELEMENTWISE))
    raise ValueError(
        f"replicate does not know the layer {kind.__name__}; it knows {known}. Build the network from these, "
        "or add the layer's side-by-side form to helpers/replicates.py."
    )


LIFTED = {
    nn.Linear: ReplicatedLinear,
    nn.BatchNorm1d: ReplicatedBatchNorm1d,
    GhostBatchNorm1d: ReplicatedGhostBatchNorm1d,
    nn.LayerNorm: ReplicatedLayerNorm,
    nn.Dropout: ReplicatedDropout,
}


def _leaves(module):
    """The layers in order; one that is used in two places is listed twice, as it is in the side-by-side form."""
    if isinstance(module, Residual):
        return _leaves(module.branch)
    return [leaf for child in module for leaf in _leaves(child)] if isinstance(module, nn.Sequential) else [module]


def _stack(layers, name):
    return nn.Parameter(torch.stack([getattr(layer, name).detach() for layer in layers]))
