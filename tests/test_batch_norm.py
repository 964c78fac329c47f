import numpy as np
import pytest
import torch
from torch.nn import functional as F

from helpers.batch_norm import batch_norm_backward, batch_norm_forward, batch_norm_inference, update_running

CASES = [
    (shape, eps)
    for shape in [(2, 1), (16, 3), (5, 8), (1, 3, 2), (2, 1, 9), (6, 4, 5), (1, 2, 3, 2), (3, 5, 1, 4), (8, 2, 4, 4), (2, 6, 3, 3)]
    for eps in (1e-8, 1e-5, 1e-1)
]
for_every_case = pytest.mark.parametrize(("shape", "eps"), CASES, ids=str)


def random_case(shape, seed=0):
    """(x, gamma, beta, dy) of off-centre values; the first gamma is negative, the second 0."""
    rng = np.random.default_rng(seed)
    x = rng.normal(rng.uniform(-5, 5), rng.uniform(0.1, 10), shape)
    gamma, beta = rng.normal(size=(2, shape[1]))
    gamma[:2] = [-1.5, 0.0][: shape[1]]
    return x, gamma, beta, rng.normal(size=shape)


def assert_close(got, wanted):
    np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-10)


@for_every_case
def test_forward_and_backward_equal_pytorch(shape, eps):
    x, gamma, beta, dy = random_case(shape)
    leaves = [torch.tensor(values, requires_grad=True) for values in (x, gamma, beta)]
    wanted = F.batch_norm(leaves[0], None, None, *leaves[1:], training=True, eps=eps)
    y, cache = batch_norm_forward(x, gamma, beta, eps)
    assert_close(y, wanted.detach())
    for got, want in zip(batch_norm_backward(dy, cache), torch.autograd.grad(wanted, leaves, torch.tensor(dy)), strict=True):
        assert got.shape == want.shape
        assert_close(got, want)


@pytest.mark.parametrize("shape", [(5, 3), (2, 3, 4), (2, 2, 3, 2)], ids=str)
def test_backward_equals_finite_differences(shape):
    *arguments, weights = random_case(shape)
    gradients = batch_norm_backward(weights, batch_norm_forward(*arguments)[1])

    def loss():
        return (weights * batch_norm_forward(*arguments)[0]).sum()

    step = 1e-5
    for argument, gradient in zip(arguments, gradients, strict=True):
        numerical = np.empty_like(argument)
        for place in np.ndindex(argument.shape):
            before = argument[place]
            argument[place] = before + step
            above = loss()
            argument[place] = before - step
            numerical[place] = (above - loss()) / (2 * step)
            argument[place] = before
        np.testing.assert_allclose(gradient, numerical, rtol=1e-6, atol=1e-7)


@for_every_case
def test_inference_equals_pytorch(shape, eps):
    x, gamma, beta, _ = random_case(shape)
    mean, var = np.random.default_rng(1).uniform(0, 4, (2, shape[1]))
    wanted = F.batch_norm(*map(torch.tensor, (x, mean, var, gamma, beta)), training=False, eps=eps)
    assert_close(batch_norm_inference(x, gamma, beta, mean, var, eps), wanted)


def test_inference_takes_a_batch_of_one():
    assert_close(batch_norm_inference([[3.0]], [2.0], [1.0], [1.0], [4.0], eps=0), [[3.0]])


@pytest.mark.parametrize("shape", [(4, 3), (1, 3, 2), (2, 3, 2, 2)], ids=str)
@pytest.mark.parametrize("momentum", [0, 0.1, 0.7, 1])
def test_running_averages_follow_pytorch_over_several_steps(shape, momentum):
    mean, var = np.zeros(3), np.ones(3)
    wanted_mean, wanted_var = torch.zeros(3).double(), torch.ones(3).double()
    for seed in range(5):
        x = random_case(shape, seed)[0]
        mean, var = update_running(mean, var, x, momentum)
        F.batch_norm(torch.tensor(x), wanted_mean, wanted_var, training=True, momentum=momentum)
        assert_close(mean, wanted_mean)
        assert_close(var, wanted_var)


@pytest.mark.parametrize("momentum", [0, 0.1])
def test_update_running_leaves_its_arguments_as_they_were(momentum):
    x, mean, var = random_case((4, 3))[0], np.zeros(3), np.ones(3)
    before = x.copy()
    results = update_running(mean, var, x, momentum)
    assert (x == before).all() and (mean == 0).all() and (var == 1).all()
    assert not any(np.shares_memory(new, old) for new, old in zip(results, (mean, var), strict=True))


def all_results(x, number=float):
    """Every array the four functions return for a batch of two channels, with plain float64 parameters."""
    ones, zeros = np.ones(2), np.zeros(2)
    y, cache = batch_norm_forward(x, ones, zeros, number(1e-5))
    return [
        y,
        *batch_norm_backward(np.ones(np.shape(x)), cache),
        batch_norm_inference(x, ones, zeros, zeros, ones, number(1e-5)),
        *update_running(zeros, ones, x, number(0.1)),
    ]


@pytest.mark.parametrize("number", [float, np.float64])
def test_a_float32_batch_stays_float32_throughout(number):
    x = random_case((4, 2))[0].astype(np.float32)
    assert {result.dtype for result in all_results(x, number)} == {np.dtype(np.float32)}


@pytest.mark.parametrize("x", [np.array([[1, 2], [3, 5]]), [[1, 2], [3, 5]], [[True, False], [False, True]]], ids=["array", "list", "bool"])
def test_whole_numbers_become_float64(x):
    assert {result.dtype for result in all_results(x)} == {np.dtype(np.float64)}


ONES, ZEROS = np.ones(2), np.zeros(2)
X = np.array([[1.0, 2.0], [3.0, 5.0]])
CONSTANT = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 3.0]])  # the mean of three 0.1 is not exactly 0.1


def forward(x=X, gamma=ONES, beta=ZEROS, eps=1e-5):
    return batch_norm_forward(x, gamma, beta, eps)


def inference(x=X, gamma=ONES, beta=ZEROS, mean=ZEROS, var=ONES, eps=1e-5):
    return batch_norm_inference(x, gamma, beta, mean, var, eps)


def running(mean=ZEROS, var=ONES, x=X, momentum=0.1):
    return update_running(mean, var, x, momentum)


everywhere = pytest.mark.parametrize("function", [forward, inference, running])


@everywhere
@pytest.mark.parametrize(
    ("x", "fragment"),
    [
        (np.ones(4), r"shape \(4,\); expected \(N, C\)"),
        (np.ones((2, 2, 2, 2, 2)), r"\(2, 2, 2, 2, 2\); expected"),
        (3.0, r"shape \(\); expected"),
        (np.ones((0, 2)), r"empty batch of shape \(0, 2\); expected at least one"),
        (np.ones((3, 0)), "empty batch"),
        (np.array([[1.0, np.nan], [np.inf, 1.0]]), "2 values that are NaN or infinite"),
    ],
)
def test_a_bad_batch_is_refused_everywhere(function, x, fragment):
    with pytest.raises(ValueError, match=fragment):
        function(x=x)


@pytest.mark.parametrize("function", [forward, running])
@pytest.mark.parametrize("shape", [(1, 2), (1, 2, 1), (1, 2, 1, 1)], ids=str)
def test_one_value_per_channel_is_refused_where_a_variance_is_needed(function, shape):
    with pytest.raises(ValueError, match="one value per channel.*at least two"):
        function(x=np.ones(shape))


@pytest.mark.parametrize(
    ("function", "arguments"),
    [(forward, ["gamma", "beta"]), (inference, ["gamma", "beta", "mean", "var"]), (running, ["mean", "var"])],
)
@pytest.mark.parametrize(
    ("values", "fragment"),
    [
        (np.ones(3), r"shape \(3,\).*has 2 channels.*expected \(2,\)"),
        (np.ones((1, 2)), r"shape \(1, 2\).*expected \(2,\)"),
        (1.0, r"shape \(\)"),
        (np.array([1.0, np.nan]), "NaN or infinite.*expected finite"),
    ],
)
def test_a_bad_vector_is_refused_by_its_name(function, arguments, values, fragment):
    for argument in arguments:
        name = {"mean": "running_mean", "var": "running_var"}.get(argument, argument)
        with pytest.raises(ValueError, match=f"{name} .*{fragment}"):
            function(**{argument: values})


@pytest.mark.parametrize("function", [inference, running])
def test_a_negative_variance_is_refused(function):
    with pytest.raises(ValueError, match=r"negative entry \(-0.5\); a variance is at least 0"):
        function(var=np.array([1.0, -0.5]))


@pytest.mark.parametrize("function", [forward, inference])
@pytest.mark.parametrize("eps", [-1e-5, np.nan])
def test_a_negative_eps_is_refused(function, eps):
    with pytest.raises(ValueError, match=f"eps is {eps}; expected a number of at least 0"):
        function(eps=eps)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [(forward, {"x": CONSTANT}), (forward, {"x": np.ones((2, 2))}), (inference, {"var": np.array([1.0, 0.0])})],
)
def test_eps_0_is_refused_for_a_constant_channel_and_only_there(function, arguments):
    with pytest.raises(ValueError, match="constant and eps is 0.*use eps > 0"):
        function(**arguments, eps=0)
    function(eps=0)


@pytest.mark.parametrize("momentum", [-0.1, 1.1, np.nan])
def test_a_momentum_out_of_range_is_refused(momentum):
    with pytest.raises(ValueError, match=f"momentum is {momentum}; .*between 0 and 1"):
        running(momentum=momentum)


@pytest.mark.parametrize("shape", [(2,), (3, 2), (2, 2, 1)], ids=str)
def test_a_gradient_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"dy has shape .*the forward pass had \(2, 2\)"):
        batch_norm_backward(np.ones(shape), forward()[1])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_many_values_in_any_number_type_are_summed_exactly_enough(dtype):
    x = np.where(np.arange(8192) % 2, 1, -1).astype(dtype).reshape(-1, 1)
    y, cache = batch_norm_forward(x, np.ones(1), np.zeros(1))
    _, dgamma, dbeta = batch_norm_backward(np.ones_like(x), cache)
    mean, var = update_running(np.zeros(1), np.ones(1), x, momentum=1.0)
    assert y.dtype == dgamma.dtype == var.dtype == dtype
    np.testing.assert_allclose(y.astype(float), x.astype(float), rtol=1e-3)
    assert (dbeta[0], mean[0]) == (8192, 0)
    np.testing.assert_allclose([abs(float(dgamma[0])), float(var[0])], [0, 1], atol=1e-3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_large_mean_with_a_small_spread_keeps_its_spread(dtype):
    x = np.where(np.arange(100_000) % 2, 9999, 10001).astype(dtype).reshape(-1, 1)
    y, _ = batch_norm_forward(x, np.ones(1), np.zeros(1))
    np.testing.assert_allclose(y.astype(float), np.sign(x.astype(float) - 10000), rtol=1e-4)
    np.testing.assert_allclose(update_running(np.zeros(1), np.ones(1), x, momentum=1.0)[1], 1, rtol=1e-4)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("eps", [1e-8, 1e-30])
def test_an_epsilon_that_would_vanish_gives_beta_and_never_nan(dtype, eps):
    y, cache = batch_norm_forward(np.full((4, 1), 3, dtype), np.ones(1), np.array([0.5]), eps=eps)
    assert (y == 0.5).all()
    assert all(np.isfinite(gradient).all() for gradient in batch_norm_backward(np.zeros((4, 1)), cache))
    assert np.isfinite(batch_norm_inference(np.full((4, 1), 3, dtype), np.ones(1), np.zeros(1), np.full(1, 3), np.zeros(1), eps=eps)).all()


@pytest.mark.parametrize(
    ("x", "fragment"),
    [
        (np.ma.masked_array(np.ones((3, 2)), mask=True), "is a masked array, whose mask would be ignored"),
        (np.ones((3, 2), complex), "has the type complex128; expected real numbers"),
        (np.array([["a", "b"]] * 3), "has the type <U1"),
        (np.array([[1, None]] * 3, object), "has the type object"),
        (np.zeros((3, 2), "datetime64[s]"), "has the type datetime64"),
    ],
)
def test_what_would_lose_something_is_refused(x, fragment):
    with pytest.raises(ValueError, match=fragment):
        batch_norm_forward(x, np.ones(2), np.zeros(2))
    with pytest.raises(ValueError, match=fragment):
        batch_norm_forward(np.arange(6.0).reshape(3, 2), x[0] if x.ndim == 2 else x, np.zeros(2))


@pytest.mark.parametrize("momentum", [None, -0.1, 1.1, "0.1", np.nan])
def test_a_momentum_that_is_no_weight_is_refused(momentum):
    with pytest.raises(ValueError, match="momentum is"):
        update_running(np.zeros(1), np.ones(1), np.arange(3.0).reshape(3, 1), momentum=momentum)


def test_whole_numbers_truth_values_and_tensors_are_numbers():
    expected, _ = batch_norm_forward(np.array([[0.0], [1.0]]), np.ones(1), np.zeros(1))
    for x in (np.array([[0], [1]]), np.array([[False], [True]]), torch.tensor([[0.0], [1.0]], requires_grad=True)):
        y, _ = batch_norm_forward(x, np.ones(1), np.zeros(1))
        np.testing.assert_allclose(y, expected, rtol=1e-6)
