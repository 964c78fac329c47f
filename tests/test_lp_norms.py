"""lp normalizations with the norm taken before the mean is subtracted, plain and side by side."""

import pytest
import torch
from torch import nn

from helpers.networks import LpBatchNorm1d, replicate


@pytest.mark.parametrize(("p", "norm"), [(1, 4.0), (2, 18.5**0.5), (float("inf"), 6.0)])
def test_the_norm_before_the_mean_is_subtracted_by_hand(p, norm):
    x = torch.tensor([[3.0], [-5.0], [6.0], [2.0]], dtype=torch.float64)  # mean 1.5; absolute values 3, 5, 6, 2
    layer = LpBatchNorm1d(1, p, eps=0.0, momentum=1.0, centred=False).double()
    torch.testing.assert_close(layer(x), (x - 1.5) / norm)
    assert layer.running_norm.item() == pytest.approx(norm)


def test_a_unit_far_from_0_is_left_with_a_small_spread():
    x = torch.randn(200, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    spreads = [LpBatchNorm1d(1, 2, centred=False).double()(x + place).std().item() for place in (0, 10, 100)]
    assert (
        spreads[0] == pytest.approx(1, abs=0.02)
        and spreads[1] == pytest.approx(0.1, rel=0.1)
        and spreads[2] == pytest.approx(0.01, rel=0.1)
    )
    assert LpBatchNorm1d(1, 2).double()(x + 100).std().item() == pytest.approx(1, abs=0.02)


def test_with_the_mean_already_0_both_are_the_same():
    x = torch.randn(8, 3, dtype=torch.float64)
    x = x - x.mean(0)
    for p in (1, 3, float("inf")):
        torch.testing.assert_close(LpBatchNorm1d(3, p, centred=False).double()(x), LpBatchNorm1d(3, p).double()(x))


def test_side_by_side_follows_the_plain_layer():
    networks = [nn.Sequential(nn.Linear(4, 3), LpBatchNorm1d(3, 1, centred=False)).double() for _ in range(2)]
    x = torch.randn(6, 4, dtype=torch.float64)
    together = replicate(networks)
    torch.testing.assert_close(together(x), torch.stack([network(x) for network in networks]))
    torch.testing.assert_close(together.eval()(x), torch.stack([network.eval()(x) for network in networks]))


def test_copies_that_differ_in_the_order_are_refused():
    with pytest.raises(ValueError, match="centred"):
        replicate([nn.Sequential(nn.Linear(4, 3), LpBatchNorm1d(3, 1, centred=centred)) for centred in (True, False)])
