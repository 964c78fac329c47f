"""What `make notebooks` stores besides the outputs."""

import nbformat
import pytest

from helpers.page import recorded_claims
from tools.execute import NOTEBOOKS, NotebookError, normalize, run, stored_text

PATHS = "import sys; sys.path.insert(0, '..')"


def notebook(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


def test_guards_are_stored_with_the_cell_that_called_them_and_show_nothing(tmp_path):
    guarded = "guard('First.', 1, at_least=0); guard('Second.', 2, at_least=0)"
    made = notebook(
        PATHS, "from helpers.page import claim, guard", guarded, "guard('Third.', 3, at_least=0)\nclaim('Shown: {}.', 4, at_least=0)"
    )
    run(made, NOTEBOOKS)
    file = tmp_path / "made.ipynb"
    file.write_text(stored_text(normalize(made)), encoding="utf-8")
    assert len(made.cells) == 4
    assert [len(cell.outputs) for cell in made.cells] == [0, 0, 0, 1]
    assert [record["statement"] for record in recorded_claims(file)] == ["First.", "Second.", "Shown: {}.", "Third."]
    run(made, NOTEBOOKS)  # again: nothing is kept twice
    assert len(made.cells[2].metadata.guards) == 2


def test_a_guard_that_fails_stops_the_notebook():
    with pytest.raises(NotebookError, match="(?s)Cell 2 of 2.*does not hold: It is large."):
        run(notebook(PATHS, "from helpers.page import guard; guard('It is large.', 1, at_least=2)"), NOTEBOOKS)


def test_a_notebook_without_the_helpers_runs_too():
    run(notebook("1 + 1"), NOTEBOOKS)
