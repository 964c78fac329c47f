"""Copies for a class: nothing is given away in the hand-out, every exercise is solved in the solutions, and both run."""

import re

import nbformat
import pytest

from tools import handout
from tools.execute import NOTEBOOKS, all_notebooks, run

PATHS = all_notebooks()
QUICK = "15_myths_measured"  # runs in seconds; `make solutions` runs all of them


def read(path):
    return nbformat.read(path, as_version=4)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_hand_out_gives_nothing_away(path):
    notebook = handout.without_answers(read(path))
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "<summary>Solution" not in text and "<summary>The short answer" not in text
    assert text.count("<details>") == text.count("</details>")
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
    code, of_notebook = ([cell.source for cell in n.cells if cell.cell_type == "code"] for n in (notebook, read(path)))
    assert code == of_notebook, "what runs is what nbval runs"
    kept = sum("exercise" in cell.metadata.get("tags", []) for cell in notebook.cells)
    assert kept == sum("exercise" in cell.metadata.get("tags", []) for cell in read(path).cells)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_solved_copy_has_no_stub_left(path):
    for cell in handout.solved(read(path)).cells:
        if "exercise" in cell.metadata.get("tags", []):
            assert "..." not in cell.source and "check(" in cell.source


@pytest.mark.parametrize("kind", ["handout", "solutions"])
def test_a_copy_runs_where_it_is_written(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(handout, "BUILD", NOTEBOOKS.parent / "build" / f"test_{kind}")  # below the course, so that helpers/ is found
    try:
        handout.main([kind, QUICK])
        [path] = (handout.BUILD / kind / "notebooks").glob("*.ipynb")
        notebook = read(path)
        if kind == "handout":
            run(notebook, path.parent)
        printed = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
        assert (": correct" in printed) == (kind == "solutions") and ("not attempted" in printed) == (kind == "handout")
    finally:
        handout.shutil.rmtree(handout.BUILD)


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_check_of_a_solved_copy_is_satisfied(path):
    """Exercises need the cells for set-up and imports and no other (CONTRIBUTING.md), so only these run here; nbval runs the others."""
    notebook = handout.solved(read(path))
    notebook.cells = [cell for cell in notebook.cells if {"setup", "imports", "exercise"} & set(cell.metadata.get("tags", []))]
    run(notebook, path.parent)
    printed = "".join(output.get("text", "") for cell in notebook.cells for output in cell.outputs)
    asked = sum(len(handout.check_lines(c.source)) for c in notebook.cells if "exercise" in c.metadata.get("tags", []))
    assert printed.count(": correct") == asked


def test_an_exercise_without_a_solution_is_an_error():
    cells = [nbformat.v4.new_code_cell('answer = ...\ncheck("1", answer)'), nbformat.v4.new_markdown_cell("no solution")]
    with pytest.raises(ValueError, match="the solution in ```python"):
        handout.solution(cells, 0)


def test_the_sheet_has_every_prediction_of_the_cores():
    sheet = handout.sheet_of_predictions()
    wanted = [prediction for path in PATHS if path.parent == NOTEBOOKS for prediction in handout.predictions(read(path))]
    assert sheet.count('class="ask"') == len(wanted) >= 60
    assert len(re.findall("<li>", sheet)) == sum(len(answers) for _, answers in wanted)
