"""Networks, many copies of one side by side, and their training.

fully_connected    fully_connected(): linear layers, with or without a normalization, from a named start
layers             layers that torch.nn does not have
noise              MovingNoise: noise on whole units that jumps, moves slowly or one way
replicates         replicate(): copies of one network side by side; plain_copy() gives one of them back
replicated_layers  the side-by-side forms of layers
replicated_norms   the side-by-side forms of normalizations
training           train(), evaluate(): one short loop over all copies
several_rates      train_at_rates(): the same training at several learning rates at once
given_statistics   train_by(): batch norm with statistics from elsewhere than the mini-batch
history            History: what a training leaves behind
settings           best_setting(): which of several settings was best, by one rule
threads            one torch thread or all of them, whichever is quicker
"""

from helpers.networks.fully_connected import fully_connected
from helpers.networks.given_statistics import GivenStatisticsRun, forward_with, measure_statistics, train_by
from helpers.networks.history import History
from helpers.networks.layers import GhostBatchNorm1d, GhostBatchNorm2d, LpBatchNorm1d, Residual
from helpers.networks.noise import MovingNoise, noise_is
from helpers.networks.replicated_norms import ReplicatedBatchNorm1d
from helpers.networks.replicates import Replicated, plain_copy, replicate
from helpers.networks.settings import Best, best_setting
from helpers.networks.several_rates import train_at_rates
from helpers.networks.training import batch_order, evaluate, losses_per_copy, train

__all__ = [
    "Best",
    "GhostBatchNorm1d",
    "GhostBatchNorm2d",
    "GivenStatisticsRun",
    "History",
    "LpBatchNorm1d",
    "MovingNoise",
    "Replicated",
    "ReplicatedBatchNorm1d",
    "Residual",
    "batch_order",
    "best_setting",
    "evaluate",
    "forward_with",
    "fully_connected",
    "losses_per_copy",
    "measure_statistics",
    "noise_is",
    "plain_copy",
    "replicate",
    "train",
    "train_at_rates",
    "train_by",
]
