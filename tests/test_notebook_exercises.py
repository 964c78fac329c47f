"""Every exercise says "not attempted" as stored, "correct" for its folded solution, and gives a typical mistake its hint."""

import contextlib
import io

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from tests.wrong_answers import WRONG
from tools.execute import all_notebooks
from tools.handout import check_lines, solution


def has_tag(cell, *tags):
    return bool(set(tags) & set(cell.metadata.get("tags", [])))


def exercises():
    """The exercises of the course, each as (path of the notebook, index of the cell)."""
    for path in all_notebooks():
        for index, cell in enumerate(nbformat.read(path, as_version=4).cells):
            if has_tag(cell, "exercise"):
                yield pytest.param((path, index), id=f"{path.stem}-cell{index + 1}")


def execute(code, namespace):
    """Run code as a cell would; what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(TransformerManager().transform_cell(code), namespace)
    return printed.getvalue()


@pytest.fixture
def exercise(request, monkeypatch):
    """The cells of the notebook, the exercise's index, its checks, and a namespace as a reader has it who opened the notebook."""
    path, index = request.param
    monkeypatch.chdir(path.parent)
    cells = nbformat.read(path, as_version=4).cells
    namespace = {"__name__": "__main__"}
    for cell in cells:
        if cell.cell_type == "code" and has_tag(cell, "setup", "imports"):
            execute(cell.source, namespace)
    return cells, index, check_lines(cells[index].source), namespace


every_exercise = pytest.mark.parametrize("exercise", list(exercises()), indirect=True)


@pytest.fixture(autouse=True)
def untouched_style():
    """The set-up cell sets the plotting style for the whole process; other tests must not see it."""
    import matplotlib

    with matplotlib.rc_context():
        yield


@every_exercise
def test_the_stub_is_not_attempted(exercise):
    cells, index, checks, namespace = exercise
    assert checks, "the cell of an exercise ends in check(number, answer)"
    printed = execute(cells[index].source, namespace)
    assert printed.count("not attempted") == len(checks), printed


@every_exercise
def test_the_folded_solution_is_correct(exercise):
    cells, index, checks, namespace = exercise
    execute(cells[index].source, namespace)
    execute(solution(cells, index), namespace)
    for line in checks.values():
        printed = execute(line, namespace)
        assert ": correct" in printed, printed


@every_exercise
def test_a_typical_mistake_gets_its_hint(exercise):
    cells, index, checks, namespace = exercise
    execute(cells[index].source, namespace)
    for number, line in checks.items():
        assert WRONG.get(number), f"tests/wrong_answers.py has no wrong answer for exercise {number}"
        for code, fragment in WRONG[number]:
            mistaken = dict(namespace)
            execute(code, mistaken)
            printed = execute(line, mistaken)
            assert "try again" in printed and fragment in printed, f"after {code!r}: {printed}"
            assert "Your code stopped with" not in printed, f"after {code!r}: {printed}"


def test_every_wrong_answer_belongs_to_an_exercise():
    numbers = set()
    for parameters in exercises():
        path, index = parameters.values[0]
        numbers |= set(check_lines(nbformat.read(path, as_version=4).cells[index].source))
    assert set(WRONG) <= numbers
