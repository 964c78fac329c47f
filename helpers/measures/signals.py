"""Signals in a replicated network, layer by layer: what enters and leaves the nonlinearities, and how it is distributed."""

import numpy as np
import torch

from helpers.measures._network import left_as_it_was
from helpers.networks._inputs import as_inputs
from helpers.networks.replicated_layers import NONLINEAR

EDGES = np.linspace(-8, 8, 49)  # of the bins of histograms()


def pre_and_post_activations(network, x):
    """What enters and what leaves each nonlinear function, in the order of use: two lists of (M, N, U) tensors.

    network: from replicate(), M copies; it is left as it was, running averages too.
    x: (N, F) inputs, the same for all copies, or (M, N, F).
    U is the number of units of that layer; behind a convolution it is (M, N, C, H, W). Nonlinear functions within other layers
    (Residual, nn.Sequential) are looked at as well.
    """
    x, entering, leaving = as_inputs(network, x, for_each=True), [], []

    def look(module, inputs, output):
        entering.append(inputs[0])
        leaving.append(output)

    hooks = [module.register_forward_hook(look) for module in network.modules() if isinstance(module, NONLINEAR)]
    try:
        with torch.no_grad(), left_as_it_was(network):
            network(x)
    finally:
        for hook in hooks:
            hook.remove()
    return entering, leaving


def saturated_fraction(values, function):
    """(M,) the fraction of the values (M, N, U) at which the slope of `function` is below a tenth of its largest slope, 0 to 1.

    function: an elementwise module or function such as nn.Sigmoid() or torch.tanh.
    """
    values = torch.as_tensor(values)
    if values.ndim < 2:
        raise ValueError(f"values have shape {tuple(values.shape)}; expected (copies, ...), the copies along the first axis.")
    largest = _slope(torch.linspace(-8, 8, 1601), function).max()
    return (_slope(values, function) < 0.1 * largest).flatten(1).double().mean(1).numpy()


def histograms(layers):
    """(M, L, 48) how the values of each of L layers, (M, N, U) tensors, are distributed over EDGES: densities, all units together.

    Values beyond the outermost edges count in the outermost bins.
    """
    within = [np.clip(np.asarray(values), EDGES[0], EDGES[-1]) for values in layers]
    return np.stack([[np.histogram(one, EDGES, density=True)[0] for one in values] for values in within], axis=1)


def _slope(values, function):
    """The derivative of an elementwise function at each value."""
    with torch.enable_grad():
        values = values.detach().clone().requires_grad_()
        return torch.autograd.grad(function(values).sum(), values)[0]
