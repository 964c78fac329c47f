import numpy as np
import pytest
from torch import nn

from helpers import datasets
from helpers.networks import best_setting, replicate, train, train_at_rates

X = np.random.default_rng(0).normal(size=(60, 4))
Y = (X[:, 0] > 0).astype(int)
SPLITS = datasets.splits(60, train=40, copies=3, seed=1)
OPTIONS = {"steps": 12, "batch_size": 10, "seed": 1, "eval_every": 4}


def make_network():
    return nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 2))


def test_each_rate_has_the_training_that_it_would_have_alone():
    together = train_at_rates((0.1, 0.5), make_network, X, Y, SPLITS, **OPTIONS)
    for rate, history in together.items():
        alone = train(replicate(make_network, 3, 1), X, Y, SPLITS, lr=rate, **OPTIONS)
        np.testing.assert_allclose(history.batch_loss, alone.batch_loss, rtol=1e-4)
        np.testing.assert_allclose(history.test_accuracy, alone.test_accuracy)
    assert best_setting(together, by="batch_loss").setting in (0.1, 0.5)


@pytest.mark.parametrize("rates", [(), (0.1, 0.1)])
def test_rates_have_to_be_named_once(rates):
    with pytest.raises(ValueError, match="each named once"):
        train_at_rates(rates, make_network, X, Y, SPLITS, **OPTIONS)
