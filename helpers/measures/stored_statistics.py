"""The statistics that batch norm layers store, beside those that they meet in use."""

import numpy as np
import torch

from helpers.measures._network import left_as_it_was
from helpers.networks._inputs import as_inputs
from helpers.networks.replicated_layers import ReplicatedDropout, ReplicatedLinear
from helpers.networks.replicated_norms import ReplicatedBatchNorm1d


def variance_shift(network, x):
    """(L, M) each: how much larger the variance stored by each of L batch norm layers is than the one it meets in use; and predicted.

    Measured: running_var over the variance that reaches the layer in evaluation mode on x, (N, F) or (M, N, F), both summed
    over the units. Predicted: dropout that keeps a fraction p adds (1/p - 1) E[a^2] to the variance of an activation a, and a
    linear layer passes on the sum of these times its squared weights. Only the dropout right below counts: a layer whose
    input has been shifted by layers further back is measured off its prediction. The network is left as it was.
    Raises ValueError for a network with layers within layers.
    Source: Li et al. 2019, "Understanding the Disharmony between Dropout and Batch Normalization by Variance Shift".
    """
    values, measured, predicted = as_inputs(network, x, for_each=True), [], []
    added = torch.zeros_like(values[:, 0])
    if any(len(list(layer.children())) for layer in network.layers):
        raise ValueError("variance_shift() follows the values from layer to layer; it knows networks without layers within layers only.")
    with torch.no_grad(), left_as_it_was(network, training=False):
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
