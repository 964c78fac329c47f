"""Many independent copies of one ordinary torch.nn network, trained side by side.

Sixteen runs in a Python loop spend their time on overhead: small matrix products and one call after the other. Here the
copies' weights are stacked, so that each layer is one native call for all copies (replicated_layers.py and
replicated_norms.py).
"""

import copy
import operator

import torch
from torch import nn

from helpers.networks import replicated_layers as side_by_side
from helpers.networks import replicated_norms as norms
from helpers.networks._alike import check_alike
from helpers.networks._inputs import as_numbers
from helpers.networks.layers import GhostBatchNorm1d, GhostBatchNorm2d, LpBatchNorm1d, Residual
from helpers.networks.noise import MovingNoise, ReplicatedMovingNoise
from helpers.networks.replicated_layers import EACH_EXAMPLE, ELEMENTWISE, EachExample, Stochastic

LIFTED = {
    nn.Linear: side_by_side.ReplicatedLinear,
    nn.BatchNorm1d: norms.ReplicatedBatchNorm1d,
    nn.BatchNorm2d: norms.ReplicatedBatchNorm2d,
    GhostBatchNorm1d: norms.ReplicatedGhostBatchNorm1d,
    GhostBatchNorm2d: norms.ReplicatedGhostBatchNorm2d,
    nn.LayerNorm: norms.ReplicatedLayerNorm,
    nn.GroupNorm: norms.ReplicatedGroupNorm,
    nn.InstanceNorm2d: norms.ReplicatedInstanceNorm2d,
    nn.Conv2d: side_by_side.ReplicatedConv2d,
    nn.Dropout: side_by_side.ReplicatedDropout,
    LpBatchNorm1d: norms.ReplicatedLpBatchNorm1d,
    MovingNoise: ReplicatedMovingNoise,
}


def replicate(make_network, copies=None, seed=0):
    """Side-by-side copies of the network that make_network() returns.

    make_network: a function without arguments; it is called once for each copy, with torch seeded by seed + i, so that copy i
        starts exactly as the plain network would. Or a list of networks that exist already.
    copies: how many, at least 1; not needed for a list.
    seed: a whole number. Dropout and noise in copy i draw what the plain network would draw if torch were seeded by seed + i
        before training. The global random state is left untouched.
    Returns a module whose input is (copies, batch, features), or (batch, features) for the same batch in every copy, array or
    tensor; its output is (copies, batch, outputs). plain_copy(module, i) gives copy i back as an ordinary network.
    A parameter that does not require gradients stays frozen; a layer in evaluation mode stays in it until train() or eval().
    Raises ValueError for what the side-by-side form cannot follow: a layer that is not known here, layers or parameters used
    twice, hooks, a forward() of its own, and copies that differ in more than the values of their parameters.

    >>> replicate(lambda: nn.Linear(3, 2), copies=4, seed=0)(np.ones((5, 3))).shape
    torch.Size([4, 5, 2])
    """
    seed = _whole("seed", seed)
    if callable(make_network) and not isinstance(make_network, nn.Module):
        copies = _whole("copies", copies)
        if copies < 1:
            raise ValueError(f"copies is {copies}; expected at least 1.")
        networks = []
        with torch.random.fork_rng(devices=[]):
            for i in range(copies):
                torch.default_generator.manual_seed(seed + i)  # torch.manual_seed also writes down a stack trace
                networks.append(make_network())
    else:
        networks = list(make_network) if isinstance(make_network, list | tuple) else []
        if not networks or copies not in (None, len(networks)):
            raise ValueError("replicate() takes a function that makes a network, and a number of copies; or a list of networks.")
    check_alike(networks)
    return Replicated(networks, [torch.Generator().manual_seed(seed + i) for i in range(len(networks))])


def _whole(name, number):
    try:
        return operator.index(number)
    except TypeError:
        raise ValueError(f"{name} is {number!r}; expected a whole number.") from None


class Replicated(nn.Module):
    """The side-by-side form of a list of networks of the same shape."""

    def __init__(self, networks, generators):
        super().__init__()
        self.copies = len(networks)
        self.layers = _lift(networks)
        for layer in self.modules():
            if isinstance(layer, Stochastic):
                layer.generators = generators
        self.training = networks[0].training
        self._template = (copy.deepcopy(networks[0]),)  # in a tuple, so that its parameters are not taken for ours

    @property
    def dtype(self):
        """The number type of the parameters; torch's default if there are none."""
        return next((p.dtype for p in self.parameters()), torch.get_default_dtype())

    def linears(self):
        """The linear layers and convolutions, in order, also those within other layers. weight: (copies, out, in, ...)."""
        return [layer for layer in self.modules() if isinstance(layer, side_by_side.ReplicatedLinear | side_by_side.ReplicatedConv2d)]

    def batch_norms(self):
        """The batch norm layers, in order, also those within other layers. weight is gamma, bias is beta: (copies, channels)."""
        return [layer for layer in self.modules() if isinstance(layer, norms.ReplicatedBatchNorm1d)]

    def forward(self, x):
        x = as_numbers(x, self.dtype, "the input")
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


def _lift(layers):
    """The side-by-side form of the same layer taken from every copy, frozen and in the mode that they are in."""
    lifted = _stacked(layers)
    lifted.training = layers[0].training
    for name, parameter in lifted.named_parameters(recurse=False):
        parameter.requires_grad_(getattr(layers[0], name).requires_grad)
    return lifted


def _stacked(layers):
    kind = type(layers[0])
    if kind is nn.Sequential:
        return nn.Sequential(*(_lift(same) for same in zip(*layers, strict=True)))
    if kind is Residual:
        return Residual(*_lift([layer.branch for layer in layers]))
    if kind in ELEMENTWISE:
        return copy.deepcopy(layers[0])
    if kind in EACH_EXAMPLE:
        return EachExample(layers[0])
    if kind in LIFTED:
        return LIFTED[kind](layers)
    known = ", ".join(k.__name__ for k in (nn.Sequential, Residual, *LIFTED, *EACH_EXAMPLE, *ELEMENTWISE))
    raise ValueError(
        f"replicate does not know the layer {kind.__name__}; it knows {known}. Build the network from these, "
        "or add the layer's side-by-side form to helpers/networks/replicated_layers.py."
    )


def _leaves(module):
    """The layers in order; one that is used in two places is listed twice, as it is in the side-by-side form."""
    if isinstance(module, Residual):
        return _leaves(module.branch)
    return [leaf for child in module for leaf in _leaves(child)] if isinstance(module, nn.Sequential) else [module]
