"""The same training at several learning rates, all of them side by side."""

import numpy as np
import torch

from helpers.networks.replicates import replicate
from helpers.networks.training import batch_order, train


def train_at_rates(rates, make_network, x, y, splits, *, steps, batch_size, seed, **options):
    """{rate: History} of the same copies trained at each rate: same starts, same examples, same mini-batches.

    rates: R learning rates. make_network: as for replicate(). splits: as for train(), one row for each of the M copies.
    options: what else train() takes. Quicker than R trainings, because all R times M networks learn side by side; only noise and
    dropout layers draw other numbers at each rate. The Histories carry no network.
    Raises ValueError if a rate is named twice, and for what train() refuses.

    >>> runs = train_at_rates((0.1, 0.3), lambda: nn.Linear(64, 10), digits.x, digits.y, splits, steps=100, batch_size=60, seed=0)
    >>> best_setting(runs, by="batch_loss").setting
    0.3
    """
    rates = list(rates)
    if len(set(rates)) < len(rates) or not rates:
        raise ValueError(f"rates are {rates}; expected at least one learning rate, each named once.")
    copies, networks = len(splits[0]), []
    with torch.random.fork_rng(devices=[]):
        for place in range(len(rates) * copies):
            torch.manual_seed(seed + place % copies)
            networks.append(make_network())
    order = batch_order(splits[0], batch_size, steps, seed).repeat(1, len(rates), 1)
    all_rows = tuple(np.tile(part, (len(rates), 1)) for part in splits)
    history = train(
        replicate(networks, seed=seed),
        x,
        y,
        all_rows,
        steps=steps,
        batch_size=batch_size,
        lr=np.repeat(rates, copies),
        seed=seed,
        order=order,
        **options,
    )
    return {rate: history.copies(slice(k * copies, (k + 1) * copies)) for k, rate in enumerate(rates)}
