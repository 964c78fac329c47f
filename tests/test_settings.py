import numpy as np
import pytest

from helpers.networks import History, best_setting


def ended(loss, accuracy=0.5):
    """A run of which only the last evaluation counts."""
    loss = np.array([np.full(len(loss), 9.0), loss])
    accuracy = np.broadcast_to(accuracy, loss.shape)
    return History(np.array([0, 9]), loss, loss, accuracy, accuracy, loss, {}, np.full(loss.shape[1], np.inf))


RUNS = {0.1: ended([3.0, 3, 3]), 0.3: ended([1.0, 2, 9]), 1.0: ended([0.1, np.nan, np.nan])}


def test_the_lowest_median_of_the_last_loss_wins_and_diverged_copies_count_as_worst():
    best = best_setting(RUNS)
    assert (best.setting, best.score, best.run, best.at_edge) == (0.3, 2.0, RUNS[0.3], False)
    assert best.scores == {0.1: 3.0, 0.3: 2.0, 1.0: np.inf}
    assert str(best) == "best 0.3 of 0.1, 0.3, 1: train loss 2"


def test_the_edge_of_a_grid_is_told():
    best = best_setting({0.1: ended([1.0]), 0.3: ended([2.0])})
    assert best.at_edge and str(best).endswith("(at the edge: a better one may lie beyond)")
    assert not best_setting({"ReLU": ended([1.0]), "tanh": ended([2.0])}).at_edge
    assert not best_setting({0.1: ended([1.0])}).at_edge


def test_accuracies_are_best_when_they_are_highest():
    runs = {0.1: ended([1.0, 1], 0.9), 0.3: ended([1.0, 1], [0.99, np.nan]), 1.0: ended([1.0, 1], 0.8)}
    assert best_setting(runs, by="test_accuracy").setting == 0.1


@pytest.mark.parametrize(
    ("by", "setting"), [("batch_loss", 0.3), (lambda run: -run.test_loss[-1], 0.1), (lambda run: run.steps_to_loss(4, smooth=1), 0.1)]
)
def test_what_is_compared_can_be_chosen(by, setting):
    assert best_setting({0.1: ended([3.0]), 0.3: ended([1.0])}, by=by).setting == setting


def test_plain_numbers_are_compared_as_they_are():
    assert best_setting({1: np.array([5.0, 6]), 2: np.array([4.0, np.nan, 1])}).setting == 2
    assert best_setting({1: 5.0, 2: 7.0}, largest=True).setting == 2


def test_nothing_to_choose_from_is_refused():
    with pytest.raises(ValueError, match="no runs to choose from"):
        best_setting({})
    with pytest.raises(ValueError, match="no setting of 0.1, 0.3 is better than diverged by train_loss"):
        best_setting({0.1: ended([np.nan, np.nan]), 0.3: ended([np.inf, 1, np.nan])})


def test_a_name_that_is_not_recorded_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match="a History has no 'train_los'; choose by train_loss"):
        best_setting(RUNS, by="train_los")
    assert "value" in str(best_setting({0.1: np.ones(2), 0.3: np.zeros(2)}))
