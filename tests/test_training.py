from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers import datasets
from helpers.networks import History, batch_order, evaluate, plain_copy, replicate, threads, train
from helpers.page import progress, with_progress

COPIES, SEED, EXAMPLES, TRAIN = 3, 4, 60, 40
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(EXAMPLES, 5)), RNG.integers(3, size=EXAMPLES)
MEASURED = ["train_loss", "test_loss", "train_accuracy", "test_accuracy", "batch_loss"]


def with_bn():
    return nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3)).double()


def without_bn():
    return nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3)).double()


def run(make=with_bn, copies=COPIES, seed=SEED, network=None, **changed):
    """A short run, as (network, history)."""
    network = network or replicate(make, copies, seed)
    arguments = {"x": X, "y": Y, "splits": datasets.splits(EXAMPLES, TRAIN, copies, seed), "steps": 12, "batch_size": 8, "lr": 0.1}
    return network, train(network, **{**arguments, "seed": seed, "eval_every": 5, **changed})


def column(history, i):
    """What was measured on copy i, in one row."""
    return np.concatenate([getattr(history, name)[:, i] for name in MEASURED])


def test_the_history_has_one_column_for_each_copy():
    _, history = run()
    assert history.batch_loss.shape == (12, COPIES) and history.diverged_at.tolist() == [np.inf] * COPIES
    assert all(getattr(history, name).shape == (4, COPIES) for name in MEASURED[:-1])
    assert np.isfinite([column(history, i) for i in range(COPIES)]).all()


@pytest.mark.parametrize(
    ("steps", "eval_every", "expected"),
    [(10, 4, [0, 4, 8, 10]), (8, 4, [0, 4, 8]), (3, 20, [0, 3]), (2, 1, [0, 1, 2])],
)
def test_evaluations_include_step_0_and_the_last(steps, eval_every, expected):
    assert run(steps=steps, eval_every=eval_every)[1].steps.tolist() == expected


def test_training_lowers_the_loss_and_its_first_evaluation_is_the_untrained_network():
    untrained = replicate(with_bn, COPIES, SEED)
    rows = torch.tensor(datasets.splits(EXAMPLES, TRAIN, COPIES, SEED)[1])
    loss, accuracy = evaluate(untrained, torch.tensor(X), torch.tensor(Y), rows)
    _, history = run(steps=60, lr=0.3)
    np.testing.assert_array_equal(history.test_loss[0], loss)
    np.testing.assert_array_equal(history.test_accuracy[0], accuracy)
    assert (history.train_loss[-1] < 0.95 * history.train_loss[0]).all()  # the labels are noise


def test_evaluate_equals_a_plain_computation_on_each_copy():
    network, history = run()
    for part, split in zip(("train", "test"), datasets.splits(EXAMPLES, TRAIN, COPIES, SEED), strict=True):
        for i, rows in enumerate(split):
            outputs, answers = plain_copy(network.eval(), i)(torch.tensor(X[rows])), torch.tensor(Y[rows])
            assert getattr(history, f"{part}_loss")[-1, i] == pytest.approx(F.cross_entropy(outputs, answers).item(), abs=1e-12)
            assert getattr(history, f"{part}_accuracy")[-1, i] == pytest.approx((outputs.argmax(1) == answers).double().mean().item())


def test_evaluate_gives_no_accuracy_for_a_copy_whose_outputs_are_nan():
    network = replicate(with_bn, COPIES, SEED)
    with torch.no_grad():
        next(network.parameters())[1] = torch.nan
    for measured in evaluate(network, torch.tensor(X), torch.tensor(Y), torch.arange(EXAMPLES).expand(COPIES, -1)):
        assert np.isnan(measured).tolist() == [False, True, False]


def test_batch_order_shuffles_every_epoch_anew_without_replacement():
    train_rows, _ = datasets.splits(EXAMPLES, TRAIN, COPIES, SEED)
    order = batch_order(train_rows, batch_size=8, steps=12, seed=SEED).numpy()
    assert order.shape == (12, COPIES, 8)
    for i, own in enumerate(train_rows):
        first, second, rest = np.split(order[:, i], [5, 10])
        assert sorted(first.ravel()) == sorted(second.ravel()) == sorted(own)
        assert (first != second).any()
        assert len(set(rest.ravel())) == rest.size and set(rest.ravel()) <= set(own)


def test_batch_order_leaves_out_the_examples_that_do_not_fill_a_batch():
    order = batch_order(np.arange(10)[None], batch_size=4, steps=4, seed=0).numpy()
    assert [len(np.unique(epoch)) for epoch in np.split(order, 2)] == [8, 8]


def test_batch_order_of_a_copy_depends_on_its_own_seed_only():
    rows = np.tile(np.arange(TRAIN), (COPIES, 1))
    order = batch_order(rows, 8, 12, SEED)
    for i in range(COPIES):
        assert torch.equal(order[:, i], batch_order(rows[:1], 8, 12, SEED + i)[:, 0])
    assert not torch.equal(order[:, 0], order[:, 1])


def test_two_arms_with_the_same_seed_see_the_same_batches():
    seen = []
    for make in (with_bn, without_bn):
        batches, network = [], replicate(make, COPIES, SEED)
        network.register_forward_pre_hook(lambda module, inputs, batches=batches: batches.append(inputs[0]) if module.training else None)
        run(network=network)
        seen.append(torch.stack(batches))
    train_rows, _ = datasets.splits(EXAMPLES, TRAIN, COPIES, SEED)
    assert torch.equal(*seen)
    assert torch.equal(seen[0], torch.tensor(X)[batch_order(train_rows, 8, 12, SEED)])


def test_one_learning_rate_for_each_copy_equals_training_each_alone_with_its_rate():
    rates = [0.05, 0.3, 1.0]
    _, together = run(lr=rates)
    for i, rate in enumerate(rates):
        _, alone = run(copies=1, seed=SEED + i, lr=rate)
        np.testing.assert_allclose(column(together, i), column(alone, 0), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("dtype", "huge"), [("float", 1e2), ("float", 1e3), ("double", 1e30), ("double", 1e200)])
def test_a_diverging_copy_is_recorded_and_leaves_the_others_undisturbed(dtype, huge):
    def make():
        return getattr(without_bn(), dtype)()

    sound_network, sound = run(make, steps=30)
    network, history = run(make, steps=30, lr=[0.1, huge, 0.1])
    at = history.diverged_at[1]
    assert np.isfinite(at) and np.isinf(history.diverged_at[[0, 2]]).all()
    for name in MEASURED:
        values = getattr(history, name)[:, 1]
        steps = history.steps if name != "batch_loss" else np.arange(30)
        assert (np.isnan(values) == (steps >= at)).all(), name
    for i in (0, 2):
        np.testing.assert_allclose(column(history, i), column(sound, i), rtol=0, atol=1e-12)
        for got, wanted in zip(plain_copy(network, i).parameters(), plain_copy(sound_network, i).parameters(), strict=True):
            torch.testing.assert_close(got, wanted, rtol=0, atol=1e-12)


def test_a_copy_that_diverges_with_the_last_update_is_recorded_too():
    _, history = run(without_bn, steps=1, lr=[0.1, 1e200, 0.1])
    assert np.isfinite(history.batch_loss).all()
    assert history.diverged_at.tolist() == [np.inf, 1, np.inf]


def test_steps_to_is_the_first_evaluated_step_that_reaches_the_accuracy():
    accuracy = np.array([[0.1, 0.1, 0.9, 0.1], [0.5, 0.1, 0.1, 0.4], [0.4, 0.4, 0.1, np.nan]])
    history = History(np.array([0, 20, 40]), accuracy, accuracy, accuracy, accuracy, accuracy, {}, np.full(4, np.inf))
    assert history.steps_to(0.5).tolist() == [20, np.inf, 0, np.inf]


@pytest.mark.parametrize(
    ("changed", "fragment"),
    [
        ({"network": with_bn()}, r"takes a network from replicate\(\), got Sequential"),
        ({"x": X[:-1]}, r"x has shape \(59, 5\) and y \(60,\); expected \(N, F\) and \(N,\)"),
        ({"x": X[:, 0]}, r"x has shape \(60,\)"),
        ({"y": np.eye(3, dtype=int)[Y]}, r"y \(60, 3\)"),
        ({"splits": datasets.splits(EXAMPLES, TRAIN, COPIES + 1, SEED)}, r"\[\(4, 40\), \(4, 20\)\]; expected two with 3 rows"),
        ({"splits": (np.arange(40), np.arange(40, 60))}, r"\[\(40,\), \(20,\)\]; expected two"),
        ({"splits": datasets.splits(EXAMPLES, TRAIN, COPIES, SEED)[:1]}, r"\[\(3, 40\)\]; expected two"),
        ({"batch_size": TRAIN + 1}, "batch_size 41; .*a batch of 1 to 40"),
        ({"batch_size": 0}, "batch_size is 0; expected a whole number of at least 1"),
        ({"steps": 0}, "steps is 0; expected a whole number of at least 1"),
        ({"steps": 1e2}, "steps is 100.0; expected a whole number"),
        ({"batch_size": "20"}, "batch_size is '20'; expected a whole number"),
        ({"eval_every": 0}, "eval_every is 0; expected a whole number of at least 1"),
        ({"eval_every": 2.5}, "eval_every is 2.5; expected a whole number"),
        ({"x": np.where(np.arange(5) == 2, np.nan, X)}, "x has 60 values that are NaN or infinite"),
        ({"x": np.where(np.arange(5) == 2, np.inf, X)}, "x has 60 values that are NaN or infinite"),
        ({"x": X.astype(str)}, "x has the type <U.*expected an array of real numbers"),
        ({"x": X + 1j}, "x has the type complex128"),
        ({"y": np.where(Y == 1, -100, Y)}, "y has the class -100; expected whole numbers from 0"),
        ({"y": Y + 1}, "y has the class 3, and the network has 3 outputs; expected classes from 0 to 2"),
        ({"y": Y.astype(str)}, "y has the type <U.*expected whole numbers"),
        (
            {"y": Y.astype(float)},
            "the network has 3 outputs and y is floating, 1 for each example; expected an output for each floating target",
        ),
        ({"y": np.where(Y == 1, np.nan, Y)}, "y has .* values that are NaN or infinite"),
        ({"splits": (np.zeros((COPIES, 5), int), np.zeros((COPIES, 0), int))}, "a split has no rows"),
        ({"lr": "0.1"}, "lr has the type <U3; expected"),
        ({"lr": np.inf}, "lr is inf"),
        ({"seed": "a"}, "seed is 'a'; expected a whole number"),
        ({"seed": 1.5}, "seed is 1.5; expected a whole number"),
        ({"steps": True}, "steps is True; expected a whole number"),
        ({"weight_decay": "0.1"}, "weight_decay is '0.1'; expected 0"),
        ({"eval_rows": 0}, "eval_rows is 0; expected a whole number of at least 1"),
        ({"eval_rows": -1}, "eval_rows is -1"),
        ({"x": np.ma.masked_array(X, mask=X > 1)}, "x is a masked array"),
        (
            {"splits": (np.full((COPIES, 30), 60), np.zeros((COPIES, 3), int))},
            "rows that x does not have; expected whole numbers from 0 to 59",
        ),
        ({"splits": (np.zeros((COPIES, 30)), np.zeros((COPIES, 3)))}, "expected whole numbers, the rows of x"),
        ({"splits": (np.ones((COPIES, 60), bool), np.ones((COPIES, 60), bool))}, "expected whole numbers, the rows of x"),
        ({"measure": lambda network: None}, "measure returned NoneType; expected a dictionary of arrays"),
        ({"lr": 0.0}, "lr is 0.0; expected one positive"),
        ({"lr": [0.1, -0.1, 0.1]}, "expected one positive"),
        ({"lr": np.nan}, "lr is nan"),
        ({"lr": [0.1, 0.2]}, r"lr is \[0.1, 0.2\]; expected one positive learning rate, or 3 of them"),
    ],
)
def test_bad_input_is_refused(changed, fragment):
    with pytest.raises(ValueError, match=fragment):
        run(**changed)


@pytest.mark.parametrize("after_seconds", [2.0, -1.0])
def test_outside_jupyter_progress_yields_every_item_and_shows_nothing(capsys, after_seconds):
    items = list(range(120))
    assert list(with_progress(items, "label", after_seconds)) == items
    assert capsys.readouterr() == ("", "")


def test_a_progress_bar_follows_the_items_and_is_removed_at_the_end(monkeypatch):
    bar = SimpleNamespace(value=0, closed=False)
    bar.close = lambda: setattr(bar, "closed", True)
    monkeypatch.setattr(progress, "_shown_bar", lambda total, label: bar)
    for done, _ in enumerate(with_progress(range(10), "label", after_seconds=-1)):
        assert (bar.value, bar.closed) == (done, False)
    assert bar.closed


def test_what_measure_returns_is_stacked_over_the_evaluations():
    seen = []

    def weights(network):
        seen.append(network.training or torch.is_grad_enabled())
        return {"size": next(network.parameters()).square().sum((1, 2))}

    network, history = run(steps=10, eval_every=5, measure=weights)
    assert history.measured["size"].shape == (3, COPIES) and not any(seen)
    np.testing.assert_allclose(history.measured["size"][-1], weights(network)["size"].detach())
    assert run()[1].measured == {}


def test_a_frozen_parameter_stays_as_it_is():
    network = replicate(with_bn, COPIES, SEED)
    first = next(network.parameters()).requires_grad_(False)
    before = first.clone()
    run(network=network)
    assert torch.equal(first, before)


def test_evaluations_can_look_at_some_rows_only_and_training_is_the_same():
    (_, few), (_, whole) = run(eval_rows=7), run()
    np.testing.assert_array_equal(few.batch_loss, whole.batch_loss)
    assert (few.train_accuracy * 7 % 1 < 1e-9).all() and not np.array_equal(few.train_loss, whole.train_loss)


def test_the_quicker_number_of_threads_is_one_of_the_two_tried(monkeypatch):
    before = torch.get_num_threads()
    monkeypatch.setattr(threads, "ALL_THREADS", 2)
    random_state = torch.get_rng_state()
    threads.use_quicker_threads()
    assert torch.get_num_threads() in (1, 2)
    torch.set_num_threads(before)
    assert torch.equal(torch.get_rng_state(), random_state), "training must not depend on it"


def test_weight_decay_is_that_of_torch():
    together, _ = run(make=without_bn, weight_decay=0.2, steps=6)
    splits = datasets.splits(EXAMPLES, TRAIN, COPIES, SEED)
    rows = batch_order(splits[0], 8, 6, SEED)
    plain = plain_copy(replicate(without_bn, COPIES, SEED), 1)
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.1, weight_decay=0.2)
    for step in range(6):
        optimizer.zero_grad()
        F.cross_entropy(plain(torch.tensor(X[rows[step, 1]])), torch.tensor(Y[rows[step, 1]])).backward()
        optimizer.step()
    for got, wanted in zip(plain_copy(together, 1).parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(got, wanted)


@pytest.mark.parametrize("value", [-0.1, np.nan, np.inf])
def test_a_weight_decay_that_makes_no_sense_is_refused(value):
    with pytest.raises(ValueError, match=f"weight_decay is {value}; expected 0"):
        run(weight_decay=value)


def test_floating_targets_are_fitted_by_squared_error():
    targets = X[:, 0] - 2 * X[:, 1]

    def make():
        return nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1)).double()

    network, history = run(make=make, y=targets, steps=200, lr=0.02)
    assert np.isnan(history.test_accuracy).all() and np.isfinite(history.diverged_at).sum() == 0
    rows = datasets.splits(EXAMPLES, TRAIN, COPIES, SEED)[1]
    with torch.no_grad():
        outputs = network.eval()(torch.tensor(X[rows]))[..., 0].numpy()
    np.testing.assert_allclose(history.test_loss[-1], ((outputs - targets[rows]) ** 2).mean(axis=1))
    assert (history.train_loss[-1] < 0.3 * history.train_loss[0]).all()


def test_a_given_order_takes_the_place_of_the_shuffled_one():
    rows = batch_order(datasets.splits(EXAMPLES, TRAIN, COPIES, SEED)[0], 8, 12, SEED)
    same, other = run(order=rows)[1], run(order=rows.flip(0).numpy())[1]
    np.testing.assert_array_equal(same.batch_loss, run()[1].batch_loss)
    assert not np.array_equal(other.batch_loss, same.batch_loss)


def test_an_order_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"order has shape \(12, 3, 7\); expected \(12, 3, 8\): steps, copies, batch_size"):
        run(order=np.zeros((12, 3, 7), dtype=int))


def test_one_output_for_whole_numbers_is_refused():
    network = replicate(lambda: nn.Linear(5, 1).double(), COPIES, SEED)
    with pytest.raises(ValueError, match="the network has 1 outputs and y is whole numbers"):
        train(network, X, Y, datasets.splits(EXAMPLES, TRAIN, COPIES, SEED), steps=2, batch_size=4, lr=0.1, seed=0)


def test_what_is_recorded_does_not_follow_the_training():
    network, history = run(
        steps=10, eval_every=5, measure=lambda net: {"w": net.layers[0].weight.detach(), "view": net.layers[0].weight.detach().numpy()}
    )
    for name in ("w", "view"):
        assert not np.array_equal(history.measured[name][0], history.measured[name][-1])
        np.testing.assert_array_equal(history.measured[name][-1], network.layers[0].weight.detach().numpy())


def test_without_evaluations_in_between_start_and_end_are_left():
    assert run(steps=7, eval_every=None)[1].steps.tolist() == [0, 7]


def test_evaluate_takes_arrays():
    network, history = run(steps=4)
    splits = datasets.splits(EXAMPLES, TRAIN, COPIES, SEED)
    losses, accuracies = evaluate(network, X, Y, splits[1])
    assert losses.shape == accuracies.shape == (COPIES,)
    assert np.array_equal(losses, evaluate(network, torch.tensor(X), torch.tensor(Y), torch.tensor(splits[1]))[0])


LOSS = np.array([[2.0, 0.5, 2.0], [0.9, 0.6, 2.0], [1.1, 0.4, np.nan]])
PAST = History(
    np.array([0, 20, 40]), LOSS, LOSS, LOSS, LOSS, np.array([[4.0, 4], [2, np.nan], [0, 0], [0, 0]]), {"deep": LOSS + 1}, np.full(3, np.inf)
)


def test_at_loss_takes_each_copy_where_its_loss_first_is_low_enough():
    found = PAST.at_loss(np.arange(3 * 3 * 2).reshape(3, 3, 2), 1.0)
    assert found[:2].tolist() == [[6, 7], [2, 3]] and np.isnan(found[2]).all()
    np.testing.assert_array_equal(PAST.at_loss("steps", 1.0), [20, 0, np.nan])
    np.testing.assert_array_equal(PAST.at_loss("test_loss", 2.0, loss="deep"), [0.9, 0.5, np.nan])


@pytest.mark.parametrize("shape", [(2,), (3, 2, 5)])
def test_at_loss_refuses_shapes_that_do_not_fit(shape):
    with pytest.raises(ValueError, match=r"expected \(K, M, ...\) or \(K,\), and \(K, M\)"):
        PAST.at_loss(np.zeros(shape), 1.0)


def test_at_loss_names_what_is_recorded():
    with pytest.raises(ValueError, match="nothing is recorded under 'accuracy'; there are: steps, train_loss.*, deep"):
        PAST.at_loss("accuracy", 1.0)


def test_steps_to_loss_looks_at_the_mean_of_the_last_batches():
    assert PAST.steps_to_loss(3.0, smooth=2).tolist() == [2, np.inf]
    assert PAST.steps_to_loss(2.0, smooth=3).tolist() == [3, np.inf]
    assert PAST.steps_to_loss(0.0, smooth=1).tolist() == [3, np.inf]
    with pytest.raises(ValueError, match="smooth is 5; expected 1 to 4"):
        PAST.steps_to_loss(1.0, smooth=5)


def test_some_copies_of_a_history():
    part = PAST.copies(slice(1, 3))
    np.testing.assert_array_equal(part.train_loss, LOSS[:, 1:])
    np.testing.assert_array_equal(part.measured["deep"], LOSS[:, 1:] + 1)
    np.testing.assert_array_equal(part.steps, PAST.steps)
    assert part.diverged_at.shape == (2,)


def test_a_network_that_is_frozen_as_a_whole_is_refused():
    network = replicate(lambda: nn.Linear(5, 3).double().requires_grad_(False), COPIES, SEED)
    with pytest.raises(ValueError, match="every parameter of the network is frozen"):
        train(network, X, Y, datasets.splits(EXAMPLES, TRAIN, COPIES, SEED), steps=2, batch_size=4, lr=0.1, seed=0)


@pytest.mark.parametrize(("y", "rows", "fragment"), [(Y + 1, [[0, 1]] * 3, "y has the class 3"), (Y, [[]] * 3, "n of at least 1")])
def test_evaluate_says_what_it_cannot_use(y, rows, fragment):
    with pytest.raises(ValueError, match=fragment):
        evaluate(replicate(with_bn, COPIES, SEED), X, np.full_like(Y, y.max()), rows)


def test_a_history_keeps_its_network_and_some_of_its_copies_do_not():
    network = replicate(lambda: nn.Linear(2, 2), 3, seed=0)
    x, y, rows = np.eye(2), np.array([0, 1]), np.tile([0, 1], (3, 1))
    history = train(network, x, y, (rows, rows), steps=2, batch_size=2, lr=0.1, seed=0)
    assert history.network is network
    assert history.copies([0, 2]).network is None and history.copies([0, 2]).batch_loss.shape == (2, 2)
    with pytest.raises(ValueError, match="nothing is recorded under 'network'"):
        history.at_loss("network", 1.0)


@pytest.mark.parametrize("optimizer", [torch.optim.Adam, partial(torch.optim.SGD, momentum=0.9)], ids=["Adam", "momentum"])
def test_an_optimizer_of_torch_trains_each_copy_as_it_would_alone(optimizer):
    x, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    rows = np.tile(np.arange(40), (2, 1))
    together = replicate(lambda: nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)), 2, seed=0)
    alone = plain_copy(together, 1)
    train(together, x, y, (rows, rows), steps=5, batch_size=10, lr=0.05, seed=0, optimizer=optimizer)
    inputs, answers = torch.tensor(x, dtype=torch.float32), torch.tensor(y)
    chosen = optimizer(alone.parameters(), lr=0.05)
    for batch in batch_order(rows, 10, 5, seed=0)[:, 1]:
        chosen.zero_grad()
        nn.functional.cross_entropy(alone(inputs[batch]), answers[batch]).backward()
        chosen.step()
    for expected, found in zip(alone.parameters(), plain_copy(together, 1).parameters(), strict=True):
        assert torch.allclose(found, expected, atol=1e-6)


def test_an_optimizer_takes_one_rate_and_its_own_weight_decay():
    network = replicate(lambda: nn.Linear(2, 2), 3, seed=0)
    x, y, rows = np.eye(2), np.array([0, 1]), np.tile([0, 1], (3, 1))
    for wrong in ({"lr": [0.1, 0.1, 0.2]}, {"lr": 0.1, "weight_decay": 0.01}):
        with pytest.raises(ValueError, match="an optimizer takes one rate"):
            train(network, x, y, (rows, rows), steps=2, batch_size=2, seed=0, optimizer=torch.optim.Adam, **wrong)


def test_several_floating_targets_have_the_mean_squared_error_of_all():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(30, 4)), rng.normal(size=(30, 3))
    splits = datasets.splits(30, train=20, copies=2, seed=0)
    network = replicate(lambda: nn.Linear(4, 3).double(), 2, 0)
    by_hand = [((plain_copy(network, i)(torch.tensor(x[splits[0][i]])) - torch.tensor(y[splits[0][i]])) ** 2).mean().item() for i in (0, 1)]
    history = train(network, x, y, splits, steps=50, batch_size=20, lr=0.3, seed=0, eval_every=None)
    np.testing.assert_allclose(history.train_loss[0], by_hand)
    assert (history.train_loss[-1] < 0.9 * history.train_loss[0]).all() and np.isnan(history.test_accuracy).all()
    with pytest.raises(ValueError, match="the network has 3 outputs and y is floating, 2 for each example"):
        train(network, x, y[:, :2], splits, steps=1, batch_size=20, lr=0.3, seed=0)
