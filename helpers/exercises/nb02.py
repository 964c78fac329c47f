"""Judges for notebook 02, covariate shift."""

import numpy as np

from helpers.exercises.checking import judge_choice, judge_function, judge_number


def screening(answer):
    """Ill people become rare, and look as before."""
    hints = {
        "a": "Do ill people look different from before? What has changed is how many of them come.",
        "c": "Would the same person be given another diagnosis now? Only then has the rule changed.",
        "d": "30 % ill before, 1 % now: something has changed.",
    }
    return judge_choice(answer, "b", hints)


def worth_of_an_answer(answer):
    """Recall 0.9, false alarms 0.05, 2 % cats."""
    right, wrong = 0.02 * 0.9, 0.98 * 0.05
    hints = [
        (0.9, 'That is the share of cats that are recognized. Asked is the share of cats among the answers "cat".'),
        (0.95, 'That is the share of others that are recognized. Count the answers "cat" among 100 pictures instead.'),
        (0.9 / 0.95, "That would hold where half of the pictures are cats. Here only 2 of 100 are."),
        (right, 'That is the share of all pictures that are cats and called cat. Divide by all answers "cat", the wrong ones too.'),
        (wrong / (right + wrong), 'That is the share of the answers "cat" that are wrong.'),
        (right / wrong, 'That is right over wrong. Divide by all answers "cat", right and wrong together.'),
        (100 * right / (right + wrong), "Right, but as a share between 0 and 1, please."),
    ]
    otherwise = "Take 100 pictures: how many cats are called cat, how many others? Divide the first by the sum."
    return judge_number(answer, right / (right + wrong), hints, otherwise)


def weights(answer):
    """p_test / p_train over coats."""
    train, test = np.array([0, 0, 0, 0, 1, 1, 2, 2]), np.array([1, 1, 1, 0, 1])

    def right(train, test):
        return np.array([(test == c).mean() / (train == c).mean() for c in train])

    def share_in_test(train, test):
        return np.array([(test == c).mean() for c in train])

    def share_in_training(train, test):
        return np.array([1 / (train == c).mean() for c in train])

    def counts(train, test):
        return np.array([(test == c).sum() / (train == c).sum() for c in train])

    def upside_down(train, test):
        return np.array([(train == c).mean() / (test == c).mean() for c in train])

    def summing_to_one(train, test):
        return right(train, test) / right(train, test).sum()

    hints = [
        (share_in_test, "That is p_test. A coat that is frequent in the training set is counted often already: divide by p_train."),
        (share_in_training, "That is 1/p_train: it makes all coats count alike. Multiply by p_test."),
        (counts, "You divided counts. The two sets differ in size; take shares."),
        (upside_down, "That is upside down: what is frequent in the test should count more."),
        (summing_to_one, "Right up to a factor: leave out the division by the sum."),
    ]
    otherwise = "For each training picture with coat c: (test_coats == c).mean() / (train_coats == c).mean()."
    with np.errstate(divide="ignore", invalid="ignore"):
        return judge_function(answer, right, [(train, test)], hints, otherwise)


JUDGES = {"02.1": screening, "02.2": worth_of_an_answer, "02.3": weights}
