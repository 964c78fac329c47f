"""What is measured on a replicated network: signals, saturation and gradients, layer by layer, one value for each copy.

Batch norm layers use the statistics of the pictures that are probed, as in training. (In evaluation mode they use running
averages, which lag behind in the first steps: what moved then would be the averages and not the layer.)
"""

from contextlib import contextmanager
from dataclasses import fields, replace

import numpy as np
import torch

from helpers.replicated_layers import ELEMENTWISE, ReplicatedBatchNorm1d, ReplicatedDropout, ReplicatedLinear
from helpers.training import copy_losses

EDGES = np.linspace(-8, 8, 49)  # of the bins of histograms()


def around_nonlinearities(network, x):
    """What enters and what leaves each nonlinear function, from the first to the last: two lists of (M, N, U) tensors.

    network: from replicate(), M copies; it is left as it was, running averages too. x: (N, F) inputs, the same for all
    copies, or (M, N, F). U is the number of units of that layer.
    """
    values = _for_each_copy(network, x)
    entering, leaving = [], []
    with torch.no_grad(), _as_in_training(network):
        for layer in network.layers:
            before, values = values, layer(values)
            if isinstance(layer, ELEMENTWISE):
                entering.append(before)
                leaving.append(values)
    return entering, leaving


def saturated_share(values, function):
    """(M,) share of the values (M, N, U) at which the slope of `function` is below a tenth of its largest slope, 0 to 1.

    function: an elementwise module or function such as nn.Sigmoid() or torch.tanh.
    """
    values = torch.as_tensor(values)
    if values.ndim < 2:
        raise ValueError(f"values have shape {tuple(values.shape)}; expected (copies, ...), the copies along the first axis.")
    largest = _slope(torch.linspace(-8, 8, 1601), function).max()
    return (_slope(values, function) < 0.1 * largest).flatten(1).double().mean(1).numpy()


def gradient_norms(network, x, y):
    """(L, M) length of the loss's gradient with respect to the weights of each of the L linear layers, for each copy.

    The loss is the mean cross-entropy in nats over x, (N, F) or (M, N, F), with the classes y, (N,) or (M, N). The
    network is left as it was.
    """
    inputs = _for_each_copy(network, x)
    answers = torch.as_tensor(np.asarray(y)).expand(network.copies, -1)
    weights = [layer.weight for layer in network.layers if isinstance(layer, ReplicatedLinear)]
    with torch.enable_grad(), _as_in_training(network):
        gradients = torch.autograd.grad(copy_losses(network, inputs, answers).sum(), weights)
    return np.stack([gradient.flatten(1).norm(dim=1).numpy() for gradient in gradients])


def histograms(layers):
    """(M, L, 48) how the values of each of L layers, (M, N, U) tensors, are distributed over EDGES: densities, all units together.

    Values beyond the outermost edges count in the outermost bins.
    """
    within = [np.clip(np.asarray(values), EDGES[0], EDGES[-1]) for values in layers]
    return np.stack([[np.histogram(one, EDGES, density=True)[0] for one in values] for values in within], axis=1)


def losses(network, x, y):
    """(M,) mean cross-entropy in nats of each copy on x, (N, F) or (M, N, F), with the classes y, (N,) or (M, N).

    The network is left as it was.
    """
    with torch.no_grad(), _as_in_training(network):
        inputs = _for_each_copy(network, x)
        answers = torch.as_tensor(np.asarray(y)).expand(network.copies, -1)
        return copy_losses(network, inputs, answers).numpy()


def loss_rises(network, x, y, size, seed, draws=5):
    """(M,) by how much each copy's loss on x rises, in nats, when all weights are moved in a random direction: a measure of sharpness.

    The weights of each unit of each linear layer move by `size` times their own length, so that networks which differ only
    in the scale of a unit's weights have the same rise; the mean over `draws` directions, the same ones for every copy.
    Biases, gamma and beta stay. Batch norm takes its statistics over all of x, GhostBatchNorm1d too.
    x: (N, F) or (M, N, F); y: (N,) or (M, N); size: relative, such as 0.3; seed: fixes the directions. The network is left
    as it was. Raises ValueError for a size or a number of draws that is not positive.
    Source: Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets" (filter normalization).
    """
    if not (size > 0 and draws >= 1):
        raise ValueError(f"size is {size} and draws {draws}; expected a size above 0, such as 0.3, and at least one draw.")
    weights = [module.weight for module in network.modules() if isinstance(module, ReplicatedLinear)]
    kept, generator = [weight.detach().clone() for weight in weights], torch.Generator().manual_seed(seed)
    with torch.no_grad(), _whole_groups(network, torch.as_tensor(x).shape[-2]):
        start, rises = losses(network, x, y), []
        try:
            for _ in range(draws):
                for weight, at in zip(weights, kept, strict=True):
                    direction = torch.randn(at.shape[1:], generator=generator, dtype=at.dtype).expand_as(at)
                    weight.copy_(at + size * at.norm(dim=2, keepdim=True) * direction / direction.norm(dim=2, keepdim=True))
                rises.append(losses(network, x, y) - start)
        finally:
            for weight, at in zip(weights, kept, strict=True):
                weight.copy_(at)
    return np.mean(rises, axis=0)


def variance_shifts(network, x):
    """(L, M) each: how much larger the variance stored by each of L batch norm layers is than the one it meets in use; and predicted.

    Measured: running_var over the variance that reaches the layer in evaluation mode on x, (N, F) or (M, N, F), both summed
    over the units. Predicted: dropout that keeps a share p adds (1/p - 1) E[a^2] to the variance of an activation a, and a
    linear layer passes on the sum of these times its squared weights. Only the dropout right below counts: a layer whose
    input has been shifted by layers further down is measured off its prediction. The network is left as it was.
    Source: Li et al. 2019, "Understanding the Disharmony between Dropout and Batch Normalization by Variance Shift".
    """
    values, measured, predicted = _for_each_copy(network, x), [], []
    added = torch.zeros_like(values[:, 0])
    with torch.no_grad(), _as_before(network):
        network.eval()
        for layer in network.layers:
            if isinstance(layer, ReplicatedBatchNorm1d):
                variance = values.var(dim=1, unbiased=False).sum(dim=1)
                measured.append((layer.running_var.sum(dim=1) / variance).numpy())
                predicted.append((1 + added.sum(dim=1) / variance).numpy())
                added = torch.zeros_like(added)
            elif isinstance(layer, ReplicatedDropout):
                added = (1 / (1 - layer.p) - 1) * values.square().mean(dim=1)
            elif isinstance(layer, ReplicatedLinear):
                added = torch.einsum("moi,mi->mo", layer.weight**2, added)
            values = layer(values)
    return np.stack(measured), np.stack(predicted)


def at_loss(values, loss, level):
    """(M, ...) the values at the first moment at which each copy's loss was at or below `level`; NaN for a copy that never got there.

    values: (K, M, ...), what was measured at K moments; or (K,), such as History.steps, the same for all copies.
    loss: (K, M) at the same moments.
    """
    values, loss = np.asarray(values), np.asarray(loss)
    if loss.ndim != 2 or len(values) != len(loss) or (values.ndim > 1 and values.shape[:2] != loss.shape):
        raise ValueError(f"values have shape {values.shape} and loss {loss.shape}; expected (K, M, ...) or (K,), and (K, M).")
    values = values if values.ndim > 1 else np.repeat(values[:, None], loss.shape[1], axis=1)
    reached = loss <= level
    found = values[reached.argmax(axis=0), np.arange(loss.shape[1])].astype(float)
    found[~reached.any(axis=0)] = np.nan
    return found


def some_copies(history, copies):
    """The History of some of the copies alone. copies: a slice or an index array, such as slice(0, 16)."""
    columns = {field.name: getattr(history, field.name) for field in fields(history)}
    picked = {name: values[:, copies] for name, values in columns.items() if name not in ("steps", "measured", "diverged_at")}
    measured = {name: values[:, copies] for name, values in history.measured.items()}
    return replace(history, **picked, measured=measured, diverged_at=history.diverged_at[copies])


@contextmanager
def _as_in_training(network):
    """Batch norm by the batch, as in training; afterwards mode and running averages are as before."""
    with _as_before(network):
        network.train()
        yield


@contextmanager
def _as_before(network):
    """Whatever mode is set within, afterwards mode and running averages are as before."""
    modes = [(module, module.training) for module in network.modules()]
    before = [buffer.clone() for buffer in network.buffers()]
    try:
        yield
    finally:
        for module, was_training in modes:
            module.training = was_training
        for buffer, value in zip(network.buffers(), before, strict=True):
            buffer.copy_(value)


@contextmanager
def _whole_groups(network, examples):
    """Ghost batch norm layers normalize all examples together; afterwards their groups are as before."""
    ghosts = [(module, module.group) for module in network.modules() if hasattr(module, "group")]
    for module, _ in ghosts:
        module.group = examples
    try:
        yield
    finally:
        for module, group in ghosts:
            module.group = group


def _for_each_copy(network, x):
    """x as (M, N, F) in the network's number type."""
    x = torch.as_tensor(x, dtype=next(network.parameters()).dtype)
    if x.ndim not in (2, 3) or (x.ndim == 3 and len(x) != network.copies):
        raise ValueError(f"x has shape {tuple(x.shape)}; expected (N, F), or ({network.copies}, N, F) with inputs for each copy.")
    return x if x.ndim == 3 else x.expand(network.copies, *x.shape)


def _slope(values, function):
    """The derivative of an elementwise function at each value."""
    with torch.enable_grad():
        values = values.detach().clone().requires_grad_()
        return torch.autograd.grad(function(values).sum(), values)[0]
