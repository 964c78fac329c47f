"""One check of what is fed to replicated networks, for training and for every measure."""

import numpy as np
import torch


def as_inputs(network, x, for_each=False):
    """x as a tensor in the network's number type: (N, F), or (M, N, F) with for_each or where x has a row for each copy.

    network: from replicate(), M copies. x: array or tensor, (N, F) the same for all copies or (M, N, F).
    Raises ValueError for another shape, for text or complex numbers, and for values that are not finite.
    """
    x = as_numbers(x, network.dtype, "x")
    if x.ndim not in (2, 3) or (x.ndim == 3 and len(x) != network.copies):
        raise ValueError(f"x has shape {tuple(x.shape)}; expected (N, F), or ({network.copies}, N, F) with inputs for each copy.")
    if not torch.isfinite(x).all():
        raise ValueError(f"x has {int((~torch.isfinite(x)).sum())} values that are NaN or infinite; look for them with np.isfinite(x).")
    return x if x.ndim == 3 or not for_each else x.expand(network.copies, *x.shape)


def as_answers(network, y):
    """y as a tensor: whole numbers from 0 are classes, floating ones are targets in the network's number type.

    Raises ValueError for text, negative classes (which a cross-entropy would skip) and values that are not finite.
    """
    y = np.asarray(y.detach() if hasattr(y, "detach") else y)
    if y.dtype.kind not in "biuf":
        raise ValueError(f"y has the type {y.dtype}; expected whole numbers (classes from 0) or floating ones (targets).")
    if y.dtype.kind == "f":
        if not np.isfinite(y).all():
            raise ValueError(f"y has {(~np.isfinite(y)).sum()} values that are NaN or infinite; look for them with np.isfinite(y).")
        return torch.as_tensor(y, dtype=network.dtype)
    if y.size and y.min() < 0:
        raise ValueError(f"y has the class {y.min()}; expected whole numbers from 0 to the number of outputs - 1.")
    return torch.as_tensor(y.astype(np.int64))


def for_each_copy(network, x, y):
    """x as (M, N, F) and y as (M, N), from (N, F) or (M, N, F), and (N,) or (M, N); floating y of K targets as (M, N, K)."""
    x, y = as_inputs(network, x, for_each=True), as_answers(network, y)
    y = y.expand(network.copies, *y.shape) if y.ndim == 1 else y
    if y.shape[:2] != x.shape[:2] or y.ndim > 2 + y.is_floating_point():
        shapes = f"x has shape {tuple(x.shape)} and y {tuple(y.shape)}"
        raise ValueError(f"{shapes}; expected ({network.copies}, N, F) and ({network.copies}, N), or one for all copies.")
    return x, y


def as_numbers(x, dtype, name):
    """x as a tensor of the number type dtype. A tensor that has it already is passed on as it is."""
    if isinstance(x, torch.Tensor):
        if x.is_complex():
            raise ValueError(f"{name} has complex numbers; expected real ones.")
        return x.to(dtype)
    if isinstance(x, np.ma.MaskedArray):
        raise ValueError(f"{name} is a masked array, whose mask would be ignored; fill or leave out what is masked first.")
    x = np.asarray(x)
    if x.dtype.kind not in "biuf":
        raise ValueError(f"{name} has the type {x.dtype}; expected an array of real numbers.")
    return torch.as_tensor(x if x.flags.writeable else x.copy(), dtype=dtype)
