import sys
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from helpers.exercises import check
from helpers.exercises.checking import judge_choice, judge_function, judge_number

SAMPLES = np.array([[1.0, 2.0], [3.0, 6.0]])  # shared by all calls, so a learner's function must not spoil it


def number(answer):
    return judge_number(answer, 4.0, hints=[(2.0, "Square it.")], otherwise="Think of two times two.")


def vector(answer):
    return judge_number(answer, [1.0, 2.0], hints=[], otherwise="Not these two.")


def choice(answer):
    return judge_choice(answer, "b", hints={"a": "That is the mean.", "c": "That is the median."})


def centre(x):
    return x - x.mean(axis=0)


def function(answer):
    hints = [(lambda x: x - x.mean(), "Take the mean per column.")]
    return judge_function(answer, centre, [(SAMPLES,)], hints, "Subtract the mean of each column.")


def pair(answer):
    return judge_function(answer, lambda a: (a, a + 1), [(1.0,), (2.0,)], [], "Give a and a + 1.")


@pytest.fixture
def verdict(monkeypatch, capsys):
    """verdict(judge, answer) is the line that check() prints, without "Exercise 99.1: "."""

    def ask(judge, answer):
        monkeypatch.setitem(sys.modules, "helpers.exercises.nb99", SimpleNamespace(JUDGES={"99.1": judge}))
        check("99.1", answer)
        start, end = "Exercise 99.1: ", "\n"
        text = capsys.readouterr().out
        assert text.startswith(start) and text.endswith(end)
        return text[len(start) : -len(end)]

    return ask


def raising(error):
    def answer(*_):
        raise error

    return answer


def in_place(x):
    x -= x.mean(axis=0)
    return x


def spoiling(x):
    x *= 0
    return x


@pytest.mark.parametrize(
    ("judge", "answer"),
    [
        (number, ...),
        (number, None),
        (vector, (1.0, ...)),
        (choice, ...),
        (function, ...),
        (function, lambda x: None),
        (function, lambda x: ...),
        (pair, lambda a: (a, ...)),
    ],
)
def test_a_stub_counts_as_not_attempted(verdict, judge, answer):
    assert verdict(judge, answer) == "not attempted yet. Replace the ... and run the cell again."


@pytest.mark.parametrize(
    ("judge", "answer"),
    [
        (number, 4),
        (number, 4.0001),
        (number, np.float32(4)),
        (number, "4"),
        (vector, [1, 2]),
        (vector, (1, 2)),
        (vector, np.array([1.0, 2.0])),
        (choice, "b"),
        (choice, " (B) "),
        (function, centre),
        (function, lambda x: (x - x.mean(axis=0)).tolist()),
        (function, in_place),
        (pair, lambda a: (a, a + 1)),
        (pair, lambda a: [a, a + 1]),
        (pair, lambda a: (torch.tensor(a, requires_grad=True), torch.tensor(a + 1))),
        (number, [4.0]),
        (number, np.array([[4]])),
        (number, np.int64(4)),
        (number, torch.tensor(4.0, requires_grad=True)),
        (number, Fraction(8, 2)),
        (number, "8/2"),
        (number, "４．０"),
        (number, " 4,0 "),
        (vector, ["1", "2"]),
        (vector, torch.tensor([1.0, 2.0])),
        (vector, (torch.tensor(1.0), np.float32(2))),
        (choice, "ｂ"),
        (choice, "（Ｂ）"),
        (choice, "b)"),
        (choice, "B."),
        (choice, "'b'"),
        (function, lambda x: centre(x.astype(np.float32))),
        (function, lambda x: centre(x.astype(np.float16))),
        (function, lambda x: torch.tensor(centre(x), requires_grad=True)),
    ],
)
def test_a_right_answer_is_correct(verdict, judge, answer):
    assert verdict(judge, answer) == "correct. Well done."


@pytest.mark.parametrize(
    ("judge", "answer", "hint"),
    [
        (number, 2, "Square it."),
        (number, 5, "Think of two times two."),
        (number, np.nan, "Think of two times two."),
        (number, 4.01, "Think of two times two."),
        (vector, [2, 1], "Not these two."),
        (choice, "A", "That is the mean."),
        (choice, "d", "Answer with one of the letters a, b, c."),
        (choice, 3, "Answer with one of the letters a, b, c."),
        (function, lambda x: x - x.mean(), "Take the mean per column."),
        (function, lambda x: x, "Subtract the mean of each column."),
        (function, lambda x: x * np.nan, "Subtract the mean of each column."),
        (function, spoiling, "Subtract the mean of each column."),
        (pair, lambda a: (a, 2.0), "Give a and a + 1."),
    ],
)
def test_a_wrong_answer_gets_the_hint_for_its_mistake(verdict, judge, answer, hint):
    assert verdict(judge, answer) == f"try again. {hint}"


@pytest.mark.parametrize(
    ("judge", "answer", "text"),
    [
        (number, [4.0, 4.0], "Expected one number, got an array of shape (2,)."),
        (vector, 1.0, "Expected an array of shape (2,), got one number."),
        (vector, [1, 2, 3], "Expected an array of shape (2,), got an array of shape (3,)."),
        (function, 3.0, "Expected a function, got one number."),
        (function, SAMPLES, "Expected a function, got an array of shape (2, 2)."),
        (function, lambda x: x.mean(axis=0), "The shape is not right: expected [(2, 2)], got [(2,)]."),
        (pair, lambda a: a, "The shape is not right: expected [(), ()], got [()]."),
    ],
)
def test_a_wrong_shape_is_described(verdict, judge, answer, text):
    assert verdict(judge, answer) == f"try again. {text}"


def long_number(answer):
    return judge_number(answer, 0.26866, hints=[(0.73134, "The other way round.")], otherwise="Divide.")


@pytest.mark.parametrize("answer", [0.27, 0.269, 0.2687, 0.26866, "0.27", np.float32(0.27), 0.26866000001])
def test_a_number_is_right_to_the_digits_that_it_has(verdict, answer):
    assert verdict(long_number, answer) == "correct. Well done."


@pytest.mark.parametrize("answer", [0.3, 0.26, 0.28, 0.268, 0.2691, 27, 26.9])
def test_a_number_with_one_digit_or_a_wrong_one_is_not(verdict, answer):
    assert verdict(long_number, answer) == "try again. Divide."


def test_a_hint_comes_before_rounding_and_never_before_the_right_value(verdict):
    judge = lambda answer: judge_number(answer, 3.04, [(3.0, "You rounded too early.")], "No.")  # noqa: E731
    assert verdict(judge, 3.0) == "try again. You rounded too early."
    assert verdict(judge, 3.04) == "correct. Well done."


def returns_nothing(x):
    x.mean(axis=0)


def test_a_forgotten_return_is_named(verdict):
    assert verdict(function, returns_nothing) == "try again. Your function returned None. Is a return missing at its end?"


def body_is_a_stub(x): ...


def body_is_pass(x):
    pass


def with_docstring(x):
    """What it should do."""
    ...


@pytest.mark.parametrize("answer", [body_is_a_stub, body_is_pass, with_docstring])
def test_a_function_that_does_nothing_is_a_stub(verdict, answer):
    assert verdict(function, answer) == "not attempted yet. Replace the ... and run the cell again."


@pytest.mark.parametrize(
    ("judge", "answer", "text"),
    [
        (number, "four", "Expected one number, got 'four'."),
        (number, centre, "Expected one number, got a function. Call it, and give what it returns."),
        (number, {"a": 1}, "Expected one number, got {'a': 1}."),
        (number, 4 + 0j, "Expected one number, got (4+0j)."),
        (vector, [1, [2, 3]], "Expected 2 numbers, got [1, [2, 3]]."),
        (function, lambda x: "text", "Your function returned 'text'; expected numbers."),
    ],
)
def test_an_answer_of_another_kind_is_described(verdict, judge, answer, text):
    assert verdict(judge, answer) == f"try again. {text}"


def test_shapes_that_do_not_fit_are_explained(verdict):
    line = verdict(function, lambda x: x + np.ones(5))
    assert "operands could not be broadcast together" in line and "keepdims=True keeps an averaged axis" in line


@pytest.mark.parametrize(
    ("number", "line"),
    [
        ("4.1", "Exercise 04.1: not attempted"),
        (4.1, "Exercise 04.1: not attempted"),
        (" 04.1 ", "Exercise 04.1: not attempted"),
        ("０４．１", "Exercise 04.1: not attempted"),
        ("04.9", "There is no exercise '04.9'. Those of notebook 04 are 04.1, 04.2"),
        ("99.1", "There is no exercise '99.1'. Exercises belong to the notebooks 00, 01"),
        ("", "There is no exercise ''"),
        (None, "There is no exercise None"),
    ],
)
def test_a_number_of_no_exercise_is_answered_with_those_that_there_are(capsys, number, line):
    check(number, ...)
    assert capsys.readouterr().out.startswith(line)


@pytest.mark.parametrize(
    ("judge", "answer", "error"),
    [
        (function, raising(KeyError("gamma")), "KeyError: 'gamma'"),
        (function, raising(RecursionError("too deep")), "RecursionError: too deep"),
        (function, lambda x: 1 / 0, "ZeroDivisionError: division by zero"),
        (function, lambda: x, "TypeError"),  # noqa: F821
    ],
)
def test_an_answer_that_raises_is_told_where_it_stopped(verdict, judge, answer, error):
    assert verdict(judge, answer).startswith(f"try again. Your code stopped with {error}")


@pytest.mark.parametrize("answer", [in_place, spoiling, centre, raising(ValueError("no")), lambda x: x])
def test_the_same_answer_always_gets_the_same_line(verdict, answer):
    before = SAMPLES.copy()
    assert verdict(function, answer) == verdict(function, answer)
    assert (SAMPLES == before).all()
