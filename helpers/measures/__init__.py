"""What is measured on a replicated network. Every measure leaves the network as it was.

signals            what enters and leaves the nonlinearities, saturation, histograms
gradients          losses, lengths of gradients, what one step does, how gradients change when layers before them move
landscape          the loss along the training step, its largest curvature, and the loss in random directions
steps              a copy that has made one step; z of each layer
turns              how far each step turns the weights of a layer, and how long they are
stored_statistics  stored variances beside those met in use
training_loss      the loss on some training examples after each step, batch norm by mini-batches
"""

from helpers.measures.gradients import gradient_change, gradient_norms, gradients_around_layers, losses, predicted_decrease
from helpers.measures.landscape import along_step, largest_curvature, relative_change, sharpness
from helpers.measures.signals import EDGES, histograms, pre_and_post_activations, saturated_fraction
from helpers.measures.steps import after_step, weighted_sums
from helpers.measures.stored_statistics import variance_shift
from helpers.measures.training_loss import training_loss
from helpers.measures.turns import Turns

__all__ = [
    "EDGES",
    "Turns",
    "after_step",
    "along_step",
    "gradient_change",
    "gradient_norms",
    "gradients_around_layers",
    "histograms",
    "largest_curvature",
    "losses",
    "pre_and_post_activations",
    "predicted_decrease",
    "relative_change",
    "saturated_fraction",
    "sharpness",
    "training_loss",
    "variance_shift",
    "weighted_sums",
]
