"""Notebook 15: fifteen statements, each with a reason to believe it, a prediction, a verdict that rests on records; then a quiz of 25."""

import ast
import base64
import re

import nbformat
import pytest

from helpers.page.records import figure, record
from tools.execute import NOTEBOOKS

CELLS = nbformat.read(NOTEBOOKS / "15_myths_measured.ipynb", as_version=4).cells
STATEMENTS = [k for k, cell in enumerate(CELLS) if cell.source.startswith("### Statement ")]
QUIZ = nbformat.read(NOTEBOOKS / "further/15_quiz.ipynb", as_version=4).cells
QUESTIONS = [cell.source for cell in QUIZ if re.match(r"\*\*\d+\.\*\*", cell.source)]
VERDICTS = {"true", "true if", "open", "false"}


def calls(cell, name):
    """The arguments of each call of `name` in a cell, as values."""
    found = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name]
    return [[ast.literal_eval(argument) for argument in node.args] for node in found]


def test_there_are_fifteen_and_their_verdicts_differ():
    assert [CELLS[k].source.split("\n")[0] for k in STATEMENTS] == [f"### Statement {n}" for n in range(1, 16)]
    kinds = {calls(CELLS[k + 2], "verdict")[0][0] for k in STATEMENTS}
    assert kinds <= VERDICTS and len(kinds) >= 3


@pytest.mark.parametrize("place", STATEMENTS, ids=lambda k: CELLS[k].source.split("\n")[0][4:])
def test_a_statement_has_all_its_parts(place):
    statement, prediction, decided, why = CELLS[place : place + 4]
    assert re.search(r"^> \*\*.+\*\*$", statement.source, flags=re.MULTILINE) and "*Why it is tempting.*" in statement.source
    [[_, *answers]] = calls(prediction, "predict")
    letter = re.match(r"It was \(([a-z])\)", why.source)[1]
    assert "abcdefgh".index(letter) < len(answers)
    [[kind, short, *sources]] = calls(decided, "verdict")
    assert kind in VERDICTS and sources
    for source in sources:
        found = record(*source)  # raises for a stale or missing one
        assert found.shown
        shown = "".join(output.data.get("text/plain", "") for output in decided.outputs)
        assert "".join(found.words) in shown, f"{source} was measured anew: run `make notebooks NB=15`"


def test_its_pictures_are_those_of_the_notebooks():
    stored = [output.data["image/png"] for cell in CELLS for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]
    sources = [arguments for cell in CELLS if cell.cell_type == "code" for arguments in calls(cell, "show_figure")]
    assert len(stored) == len(sources) >= 3
    for picture, source in zip(stored, sources, strict=True):
        assert picture.replace("\n", "") == base64.b64encode(figure(*source).png).decode(), (
            f"{source} was drawn anew: run `make notebooks NB=15`"
        )


def test_the_quiz_has_25_questions_with_folded_answers():
    assert [int(re.match(r"\*\*(\d+)", text)[1]) for text in QUESTIONS] == list(range(1, 26))
    letters = []
    for text in QUESTIONS:
        before, _, folded = text.partition("<details><summary>The answer</summary>")
        answers = re.findall(r"^- \(([a-z])\) \S", before, flags=re.MULTILINE)
        letters.append(re.match(r"\s+\*\*\(([a-z])\)\*\* \w", folded)[1])
        assert letters[-1] in answers and len(answers) >= 3
        assert re.search(r"→ \[[^\]]+\]\([^)]+", folded), "a link to where it is settled"
    assert max(letters.count(letter) for letter in "abc") <= 11, "the right answers are spread"


def test_most_of_the_quiz_needs_the_short_course_only():
    short = ("00", "01", "03", "04", "06", "09", "10", "12")
    from_short = [text for text in QUESTIONS if re.search(r"→ \[(\d\d)", text)[1] in short]
    assert len(from_short) >= 20
