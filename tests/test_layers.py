import pytest
import torch
from torch import nn

from helpers.networks import GhostBatchNorm1d, GhostBatchNorm2d, LpBatchNorm1d, Residual


def test_residual_adds_its_branch():
    layer = Residual(nn.Linear(3, 3), nn.ReLU())
    x = torch.randn(5, 3)
    torch.testing.assert_close(layer(x), x + torch.relu(layer.branch[0](x)))


def test_each_group_is_normalized_as_a_batch_of_its_own():
    ghost, whole = GhostBatchNorm1d(3, group=4).double(), nn.BatchNorm1d(3).double()
    nn.init.uniform_(ghost.weight), nn.init.uniform_(ghost.bias)
    whole.load_state_dict(ghost.state_dict())
    x = 2 * torch.randn(12, 3, dtype=torch.float64) + 1
    torch.testing.assert_close(ghost(x), torch.cat([whole(part) for part in x.split(4)]))


def test_one_group_is_ordinary_batch_norm():
    ghost, whole = GhostBatchNorm1d(3, group=8, momentum=0.3).double(), nn.BatchNorm1d(3, momentum=0.3).double()
    for seed in range(3):
        x = torch.randn(8, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
        torch.testing.assert_close(ghost(x), whole(x))
    for name, buffer in whole.named_buffers():
        torch.testing.assert_close(dict(ghost.named_buffers())[name], buffer)
    torch.testing.assert_close(ghost.eval()(x), whole.eval()(x))


def test_running_averages_take_the_mean_over_the_groups():
    layer = GhostBatchNorm1d(2, group=2, momentum=1.0).double()
    x = torch.tensor([[0.0, 1.0], [2.0, 1.0], [4.0, 5.0], [4.0, 9.0]], dtype=torch.float64)
    layer(x)
    torch.testing.assert_close(layer.running_mean, torch.tensor([2.5, 4.0], dtype=torch.float64))
    torch.testing.assert_close(layer.running_var, torch.tensor([1.0, 4.0], dtype=torch.float64))


def test_running_averages_of_the_first_group_alone():
    layer = GhostBatchNorm1d(2, group=2, store_first=True, momentum=1.0).double()
    x = torch.tensor([[0.0, 1.0], [2.0, 1.0], [4.0, 5.0], [4.0, 9.0]], dtype=torch.float64)
    torch.testing.assert_close(layer(x), GhostBatchNorm1d(2, group=2).double()(x))
    torch.testing.assert_close(layer.running_mean, torch.tensor([1.0, 1.0], dtype=torch.float64))
    torch.testing.assert_close(layer.running_var, torch.tensor([2.0, 0.0], dtype=torch.float64))


def test_a_batch_that_cannot_be_cut_is_refused():
    with pytest.raises(ValueError, match="mini-batch of 7 cannot be cut into groups of 2; choose a batch that is a multiple"):
        GhostBatchNorm1d(3, group=2)(torch.zeros(7, 3))


@pytest.mark.parametrize("group", [1, 0, -4])
def test_a_group_of_less_than_two_is_refused(group):
    with pytest.raises(ValueError, match=f"group is {group}; expected at least 2: one value alone"):
        GhostBatchNorm1d(3, group=group)


def test_a_single_picture_is_a_group_of_its_positions():
    ghost, x = GhostBatchNorm2d(3, group=1, momentum=1.0).double(), torch.randn(4, 3, 5, 5, dtype=torch.float64)
    torch.testing.assert_close(ghost(x), nn.InstanceNorm2d(3)(x))
    torch.testing.assert_close(ghost.running_var, x.var(dim=(2, 3)).mean(0))


def test_groups_of_pictures_are_batches_of_their_own():
    ghost, whole = GhostBatchNorm2d(3, group=2).double(), nn.BatchNorm2d(3).double()
    nn.init.uniform_(ghost.weight), nn.init.uniform_(ghost.bias)
    whole.load_state_dict(ghost.state_dict())
    x = 2 * torch.randn(6, 3, 4, 5, dtype=torch.float64) + 1
    torch.testing.assert_close(ghost(x), torch.cat([whole(part) for part in x.split(2)]))


def test_the_l2_norm_is_batch_norm():
    ours, usual = LpBatchNorm1d(3, 2, momentum=1.0).double(), nn.BatchNorm1d(3, momentum=1.0).double()
    x = 2 * torch.randn(8, 3, dtype=torch.float64) + 1
    torch.testing.assert_close(ours(x), usual(x))
    torch.testing.assert_close(ours.running_norm**2, x.var(0, unbiased=False) + 1e-5)
    torch.testing.assert_close(ours.eval()(x), (x - x.mean(0)) / ours.running_norm)


@pytest.mark.parametrize(("p", "norm"), [(1, 1.5), (3, 4.5 ** (1 / 3)), (float("inf"), 2.0)])
def test_other_norms_by_hand(p, norm):
    x = torch.tensor([[3.0], [5.0], [6.0], [2.0]], dtype=torch.float64)  # off by 1, 1, 2, 2
    torch.testing.assert_close(LpBatchNorm1d(1, p, eps=0.0).double()(x), (x - 4) / norm)


def test_a_unit_that_says_the_same_for_all_gives_finite_gradients():
    for p in (1, 2, float("inf")):
        x = torch.ones(4, 2, requires_grad=True)
        LpBatchNorm1d(2, p)(x).sum().backward()
        assert torch.isfinite(x.grad).all()


def test_bad_use_of_an_lp_norm_is_explained():
    with pytest.raises(ValueError, match="p is 0.5; expected a number of at least 1"):
        LpBatchNorm1d(3, 0.5)
    with pytest.raises(ValueError, match=r"more than 1 value per channel when training, got input size \(1, 3\)"):
        LpBatchNorm1d(3, 1)(torch.ones(1, 3))
