"""What `make seeds` reports."""

import nbformat

from tools.execute import NOTEBOOKS
from tools.seeds import failures


def test_every_cell_that_fails_under_a_seed_is_told_and_the_others_run(monkeypatch):
    monkeypatch.setenv("COURSE_SEED", "7")
    sources = (
        "import sys; sys.path.insert(0, '..'); from helpers.page import guard; from helpers.seeds import course_seed",
        "guard('small', course_seed(), at_most=10)",
        "guard('large', course_seed(), at_least=7000)",
        "undefined",
    )
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    found = failures(made, NOTEBOOKS)
    assert [number for number, _ in found] == [2, 4]
    assert "does not hold: small" in found[0][1] and "NameError" in found[1][1]
