"""The stored notebooks are in good order: executed, clean, readable without a kernel, and built as CONTRIBUTING.md says."""

import re
import statistics
from pathlib import Path

import nbformat
import pytest

from helpers.page import recorded_claims
from tools.execute import normalize, stored_text

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
LESSONS = [path for path in PATHS if not path.name.startswith("00")]
SLIDE_TYPES = {"slide", "subslide", "fragment", "notes", "skip"}
# A folder of somebody's machine, at the beginning of a word (so not a part of an address such as example.org/home/).
MACHINE_PATH = re.compile(r"(?<![\w.-])/(?:root\b|(?:home|Users|tmp|work)/)|\bC:\\")
TEXT_TYPES = ("text/plain", "text/html", "text/markdown", "text/latex")

every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def shown_texts(output):
    """All text that an output puts on the page."""
    data = output.get("data", {})
    return [output.get("text", ""), *(data[kind] for kind in TEXT_TYPES if kind in data)]


def headings(notebook):
    lines = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    return [line.lstrip("#").strip() for line in lines if re.match(r"#{1,6} ", line)]


@every_notebook
def test_cells_were_executed_in_order(path):
    # nbval compares nothing in a cell that was never executed, so a stripped notebook would pass there.
    counts = [cell.execution_count for cell in code_cells(read(path))]
    assert counts == list(range(1, len(counts) + 1)), f"run `make notebooks NB={path.name[:2]}`"


@every_notebook
def test_no_error_or_warning_is_stored(path):
    for output in outputs(read(path)):
        assert output.output_type != "error", output.get("evalue")
        assert output.get("name") != "stderr", output.text


@every_notebook
def test_no_machine_path(path):
    notebook = read(path)
    for text in [cell.source for cell in notebook.cells] + [text for output in outputs(notebook) for text in shown_texts(output)]:
        found = MACHINE_PATH.search(text)
        assert not found, f"a path of one machine: {text[max(0, found.start() - 40) : found.end() + 40]}"


@every_notebook
def test_the_file_is_as_make_notebooks_stores_it(path):
    notebook = read(path)
    assert "widgets" not in set(notebook.metadata), f"run `make notebooks NB={path.name[:2]}`"
    assert stored_text(normalize(notebook)) == path.read_text(encoding="utf-8"), f"run `make notebooks NB={path.name[:2]}`"


@every_notebook
def test_the_set_up_cell_is_the_same_everywhere_and_hidden(path):
    first = code_cells(read(path))[0]
    assert "setup" in first.metadata.get("tags", []), "the first code cell is the set-up cell and has the tag setup"
    assert first.source == code_cells(read(PATHS[0]))[0].source, f"differs from the set-up cell of {PATHS[0].name}"
    assert first.metadata.get("jupyter", {}).get("source_hidden") is True


@every_notebook
def test_every_picture_has_alternative_text_of_its_own(path):
    seen = set()
    for output in outputs(read(path)):
        assert not any("<Figure" in text for text in shown_texts(output)), "finish the figure with show(fig, alt)"
        if "image/png" in output.get("data", {}):
            alt = output.metadata.get("image/png", {}).get("alt", "")
            assert len(alt) >= 30, f"alternative text {alt!r}: say what a sighted reader sees"
            assert alt not in seen, f"two pictures share the alternative text {alt!r}"
            seen.add(alt)


@every_notebook
def test_code_cells_are_short(path):
    notebook = read(path)
    lists = tagged(notebook, "imports")  # folded, one name a line
    lengths = [len(cell.source.splitlines()) for cell in code_cells(notebook) if cell not in lists]
    assert max(lengths) <= 20, f"lines of each code cell: {lengths}"
    assert statistics.median(lengths[1:] or [0]) <= 6, f"lines of each code cell but the set-up cell: {lengths[1:]}"


@every_notebook
def test_code_fits_the_width_of_a_page(path):
    too_long = [line for cell in code_cells(read(path)) for line in cell.source.splitlines() if len(line) > 104]
    assert not too_long, f"more than 104 columns: {too_long}"


@every_notebook
def test_every_cell_has_a_slide_type(path):
    for number, cell in enumerate(read(path).cells, 1):
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        assert kind in SLIDE_TYPES, f"cell {number} has the slide type {kind!r}: {cell.source[:60]}"


@every_lesson
def test_a_lesson_has_all_its_parts(path):
    notebook = read(path)
    predictions = sum(len(re.findall(r"\bpredict\(", cell.source)) for cell in code_cells(notebook))
    assert predictions >= 2, "the reader predicts at least twice"
    assert len(recorded_claims(path)) >= 3
    assert len(tagged(notebook, "explorer")) >= 1
    assert len(tagged(notebook, "exercise")) >= 2
    for wanted in ("Your turn", "Recap", "Sources"):
        assert any(heading.startswith(wanted) for heading in headings(notebook)), f"no heading starts with {wanted!r}"


@pytest.mark.parametrize("path", [path for path in PATHS if path not in LESSONS], ids=lambda path: path.stem)
def test_the_index_lists_every_question_once(path):
    lines = [line for cell in read(path).cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    rows = [re.search(r"\bL\d\d\b", line) for line in lines if line.startswith("|")]
    listed = [row[0] for row in rows if row]
    assert sorted(listed) == [f"L{number:02d}" for number in range(1, 25)]


# Which notebook answers which questions. Once it exists, the index has to lead there.
ANSWERED_IN = {
    "01": "L01 L18",
    "02": "L03 L04 L24",
    "03": "L01 L05 L14",
    "04": "L12 L13 L15 L19",
    "05": "L10 L19",
    "06": "L06 L07 L18",
    "07": "L05",
    "09": "L08 L09 L11",
    "10": "L15 L21",
    "11": "L16 L24",
    "12": "L02",
    "13": "L09 L15 L17",
    "14": "L11",
    "15": "L23",
}


@every_lesson
def test_the_index_leads_to_the_notebook_for_every_question_it_answers(path):
    lines = [line for cell in read(PATHS[0]).cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    for question in ANSWERED_IN.get(path.name[:2], "").split():
        [row] = [line for line in lines if line.startswith(f"| {question} |")]
        assert f"]({path.name}" in row, f"the row of {question} in {PATHS[0].name} has no link to {path.name}"
