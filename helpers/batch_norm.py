"""Batch normalization in NumPy, written to be read: forward, backward, inference, running averages.

Every function takes arrays of shape (N, C), (N, C, L) or (N, C, H, W): N examples, C channels, and for pictures or
sequences the positions. Statistics are taken per channel, over the examples and all positions.

Source: Ioffe & Szegedy 2015 (arXiv:1502.03167), Algorithm 1 (forward), section 3 (backward), Algorithm 2 (inference),
section 3.2 (convolutions). Conventions are those of PyTorch: the batch is normalized with the biased variance, the
running average stores the unbiased one, and momentum is the weight of the *new* batch.

Whatever number type the batch has, sums run in double precision (in half precision 8192 values of 1 add up to 2048), and results
come back in the batch's type.
"""

import numbers
from typing import NamedTuple

import numpy as np


class Cache(NamedTuple):
    """What the backward pass needs from the forward pass."""

    x_hat: np.ndarray  # the standardized input, same shape as x, float64
    sigma: np.ndarray  # sqrt(variance + eps), broadcastable to x, float64
    gamma: np.ndarray  # broadcastable to x, float64
    dtype: np.dtype  # of x, and of what comes back


def batch_norm_forward(x, gamma, beta, eps=1e-5):
    """Normalize a mini-batch with its own statistics: y = gamma * (x - mu) / sqrt(var + eps) + beta.

    x: (N, C), (N, C, L) or (N, C, H, W); gamma, beta: (C,); eps: at least 0.
    Returns (y, cache): y has the shape and dtype of x, cache goes to batch_norm_backward.
    Raises ValueError for a wrong shape, values that are not finite, or one value per channel (nothing to normalize over).
    """
    x, dtype = _checked_batch(x)
    if x.size == x.shape[1]:
        raise ValueError(
            f"got {x.shape}, one value per channel; training needs at least two. With one value, x - mu is 0 and the output "
            "is beta whatever came in. Use a larger batch, or batch_norm_inference with running statistics."
        )
    gamma, beta = (_per_channel(v, x, name) for v, name in ((gamma, "gamma"), (beta, "beta")))
    mu, var = _moments(x)
    # Rounding may leave a constant channel a tiny variance; there is nothing in it to standardize.
    constant = np.ptp(x, axis=_reduced_axes(x), keepdims=True) == 0
    sigma = np.sqrt(np.where(constant, 0, var) + _checked_eps(eps, constant | (var == 0)))
    x_hat = np.where(constant, 0, x - mu) / sigma
    return (gamma * x_hat + beta).astype(dtype), Cache(x_hat, sigma, gamma, dtype)


def batch_norm_backward(dy, cache):
    """Gradients of a loss through batch_norm_forward; mu and sigma are differentiated too.

    dy: the gradient at y, shaped like y; cache: from batch_norm_forward.
    Returns (dx, dgamma, dbeta): dx shaped like x, dgamma and dbeta of shape (C,).
    Source: Ioffe & Szegedy 2015, section 3, collected into one line per channel.
    """
    x_hat, sigma, gamma, dtype = cache
    dy = _as_numbers(dy, "dy")
    if dy.shape != x_hat.shape:
        raise ValueError(f"dy has shape {dy.shape}, the forward pass had {x_hat.shape}; pass the gradient at its output y.")
    axes = _reduced_axes(x_hat)
    dbeta = dy.sum(axis=axes)
    dgamma = (dy * x_hat).sum(axis=axes)
    # What is left of dy without its component along the vector of ones (mean) and along x_hat.
    mean = dy.mean(axis=axes, keepdims=True)
    along_x_hat = (dy * x_hat).mean(axis=axes, keepdims=True)
    dx = gamma / sigma * (dy - mean - x_hat * along_x_hat)
    return tuple(gradient.astype(dtype) for gradient in (dx, dgamma, dbeta))


def batch_norm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
    """Normalize with stored statistics, each example by itself; a batch of one is fine.

    x: as for batch_norm_forward; gamma, beta, running_mean, running_var: (C,). Returns y, shaped like x.
    Raises ValueError for a wrong shape, or a running variance that is negative or NaN.
    Source: Ioffe & Szegedy 2015, Algorithm 2, line 11.
    """
    x, dtype = _checked_batch(x)
    gamma, beta, mean = (_per_channel(v, x, name) for v, name in ((gamma, "gamma"), (beta, "beta"), (running_mean, "running_mean")))
    var = _checked_variance(running_var, x)
    return (gamma * (x - mean) / np.sqrt(var + _checked_eps(eps, var == 0)) + beta).astype(dtype)


def update_running(running_mean, running_var, x, momentum=0.1):
    """One step of the running averages: running <- (1 - momentum) * running + momentum * batch.

    running_mean, running_var: (C,); x: the batch, as for batch_norm_forward; momentum: weight of the new batch, 0 to 1.
    The batch's variance enters unbiased (divided by m - 1), as in Ioffe & Szegedy 2015, Algorithm 2, line 10.
    Returns (running_mean, running_var) as new arrays in the batch's type; the arguments are left as they were.
    Raises ValueError for momentum=None: PyTorch then keeps the plain average, which needs the number of batches so far: give
    1 / number as the momentum.
    """
    x, dtype = _checked_batch(x)
    count = x.size // x.shape[1]
    if count < 2:
        raise ValueError(f"got {x.shape}, one value per channel; its variance is not defined. Use a batch of at least two.")
    if momentum is None:
        raise ValueError(
            "momentum is None; for the plain average over all batches so far, give 1 / (number of batches, this one included)."
        )
    if not isinstance(momentum, numbers.Real) or not 0 <= momentum <= 1:
        raise ValueError(f"momentum is {momentum!r}; it is the weight of the new batch, between 0 and 1 (Keras's 0.99 is 0.01 here).")
    momentum = float(momentum)
    old_mean, old_var = _per_channel(running_mean, x, "running_mean").reshape(-1), _checked_variance(running_var, x).reshape(-1)
    mu, var = (moment.reshape(-1) for moment in _moments(x))
    unbiased = var * (count / (count - 1))
    new_mean, new_var = (1 - momentum) * old_mean + momentum * mu, (1 - momentum) * old_var + momentum * unbiased
    return new_mean.astype(dtype), new_var.astype(dtype)


def _reduced_axes(x):
    """All axes but the channels': what a channel's statistics are taken over."""
    return (0, *range(2, x.ndim))


def _moments(x):
    axes = _reduced_axes(x)
    return x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)


def _as_numbers(values, name):
    """values as an array in double precision, and no word lost on the way."""
    if isinstance(values, np.ma.MaskedArray):
        raise ValueError(f"{name} is a masked array, whose mask would be ignored; fill or leave out what is masked first.")
    if hasattr(values, "detach"):  # a tensor, perhaps on a graph
        values = values.detach()
    values = np.asarray(values)
    if values.dtype.kind not in "biuf":
        raise ValueError(f"{name} has the type {values.dtype}; expected real numbers, such as float64.")
    return values.astype(np.float64)


def _checked_batch(x):
    """The batch in double precision, and the number type in which results come back: its own, or float64 for whole numbers."""
    own = getattr(x, "dtype", None)
    dtype = (
        own if isinstance(own, np.dtype) and own.kind == "f" else np.asarray(x.detach()).dtype if hasattr(x, "detach") else np.dtype(float)
    )
    x = _as_numbers(x, "the batch")
    if x.ndim not in (2, 3, 4):
        raise ValueError(
            f"got an array of shape {x.shape}; expected (N, C), (N, C, L) or (N, C, H, W). "
            "Four numbers of one unit are x.reshape(4, 1), one example of three units is x.reshape(1, 3)."
        )
    if x.size == 0:
        raise ValueError(f"got an empty batch of shape {x.shape}; expected at least one example, channel and position.")
    if not np.isfinite(x).all():
        raise ValueError(f"the batch has {(~np.isfinite(x)).sum()} values that are NaN or infinite; look for them with np.isfinite(x).")
    return x, dtype if dtype.kind == "f" else np.dtype(float)


def _per_channel(values, x, name):
    """A vector with one number per channel, in double precision, shaped to broadcast over x."""
    values = _as_numbers(values, name)
    channels = x.shape[1]
    if values.shape != (channels,):
        raise ValueError(
            f"{name} has shape {values.shape}, but the batch of shape {x.shape} has {channels} channels (axis 1); expected ({channels},)."
        )
    if not np.isfinite(values).all():
        raise ValueError(f"{name} holds NaN or infinite values: {values}; expected finite numbers.")
    return values.reshape(1, channels, *[1] * (x.ndim - 2))


def _checked_variance(running_var, x):
    var = _per_channel(running_var, x, "running_var")
    if (var < 0).any():
        raise ValueError(f"running_var has a negative entry ({var.min()}); a variance is at least 0. Was a mean or a log passed instead?")
    return var


def _checked_eps(eps, without_spread):
    """eps as a float. without_spread: True for each channel whose variance is 0."""
    if not isinstance(eps, numbers.Real) or not 0 <= eps < np.inf:
        raise ValueError(f"eps is {eps!r}; expected a number of at least 0 (PyTorch's default is 1e-5).")
    if eps == 0 and np.any(without_spread):
        raise ValueError("a channel is constant and eps is 0, so that x_hat would be 0/0; use eps > 0 (PyTorch's default is 1e-5).")
    return float(eps)
