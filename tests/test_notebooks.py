"""The stored notebooks are in good order: executed, clean, readable without a kernel, and built as CONTRIBUTING.md says."""

import re
import statistics

import nbformat
import pytest

from helpers.page import recorded_claims
from tests.names import names
from tools.execute import NOTEBOOKS, all_notebooks, normalize, stored_text

README = NOTEBOOKS.parent / "README.md"
QUESTIONS = NOTEBOOKS / "questions.md"
PATHS = all_notebooks()
CORES = [path for path in PATHS if path.parent == NOTEBOOKS]
FURTHER = [path for path in PATHS if path.parent.name == "further"]
LESSONS = [path for path in CORES if not path.name.startswith("00")]
COLLECTIONS = [path for path in CORES if path.name.startswith("15")]  # measures nothing itself: it shows what the others recorded
# What each tag of a cell stands for; CONTRIBUTING.md has the table. All but exercises are folded.
TAGS = {"setup", "imports", "predict", "figure", "folded", "explorer", "exercise"}
TEST_TAGS = {"nbval-ignore-output", "nbval-skip", "raises-exception"}
SLIDE_TYPES = {"slide", "subslide", "fragment", "notes", "skip"}
# A folder of somebody's machine, at the beginning of a word (so not a part of an address such as example.org/home/).
MACHINE_PATH = re.compile(r"(?<![\w.-])/(?:root\b|(?:home|Users|tmp|work)/)|\bC:\\")
TEXT_TYPES = ("text/plain", "text/html", "text/markdown", "text/latex")


def name_of(path):
    return str(path.relative_to(NOTEBOOKS).with_suffix(""))


every_notebook = pytest.mark.parametrize("path", PATHS, ids=name_of)
every_core = pytest.mark.parametrize("path", CORES, ids=name_of)
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name_of)
every_further_part = pytest.mark.parametrize("path", FURTHER, ids=name_of)
told = pytest.mark.parametrize("path", [p for p in PATHS if nbformat.read(p, as_version=4).metadata.get("told")], ids=name_of)


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
    assert first.source == code_cells(read(CORES[0]))[0].source, f"differs from the set-up cell of {CORES[0].name}"
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
    if path in CORES and not notebook.metadata.get("told"):  # tests/test_pace.py holds those that are told
        assert statistics.median(lengths[1:] or [0]) <= 6, f"lines of each code cell but the set-up cell: {lengths[1:]}"


@every_notebook
def test_code_fits_the_width_of_a_page(path):
    visible = [cell for cell in code_cells(read(path)) if not is_folded(cell)]
    too_long = [line for cell in visible for line in cell.source.splitlines() if len(line) > 104]
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
    if path not in COLLECTIONS:
        assert len(recorded_claims(path)) >= 3
        kept = [output for cell in tagged(notebook, "explorer") for output in cell.outputs if "frames" in output.get("metadata", {})]
        assert len(kept) == len(tagged(notebook, "explorer")) >= 1, "store it by `make notebooks`, which keeps the pictures of explorers"
    assert len(tagged(notebook, "exercise")) >= 2
    for wanted in ("Your turn", "Recap", "Sources"):
        assert any(heading.startswith(wanted) for heading in headings(notebook)), f"no heading starts with {wanted!r}"


def is_folded(cell):
    return bool(cell.metadata.get("jupyter", {}).get("source_hidden"))


@every_notebook
def test_tags_are_known_and_say_what_is_folded(path):
    for cell in read(path).cells:
        tags = set(cell.metadata.get("tags", []))
        assert tags <= TAGS | TEST_TAGS, f"unknown tags: {tags}"
        if cell.cell_type == "code":
            folded = bool(tags & (TAGS - {"exercise"}))
            assert is_folded(cell) == folded, f"a cell with the tags {tags or 'none'}: {cell.source[:60]}"


@every_notebook
def test_a_cell_does_what_its_tag_says(path):
    notebook = read(path)
    for cell in tagged(notebook, "figure"):
        pictures = [output for output in cell.outputs if "image/png" in output.get("data", {}) or "flipbook-" in str(output.get("data"))]
        assert pictures, f"a figure cell draws: {cell.source[:60]}"
    for cell in tagged(notebook, "predict"):
        assert re.match(r"predict\(", cell.source), f"a predict cell only predicts: {cell.source[:60]}"
    for cell in code_cells(notebook):
        if re.search(r"^predict\(", cell.source, flags=re.MULTILINE):
            assert "predict" in cell.metadata.get("tags", []), f"tag it predict: {cell.source[:60]}"


@told
def test_nothing_needs_a_name_that_a_figure_cell_defines(path):
    cells = code_cells(read(path))
    for number, cell in enumerate(cells):
        if "figure" in cell.metadata.get("tags", []):
            defined = names(cell.source).bound
            for later in cells[number + 1 :]:
                needed = defined & names(later.source).read
                assert not needed, f"{needed} of a figure cell is needed by: {later.source[:60]}"


@every_notebook
def test_a_name_means_one_thing(path):
    """A learner who scrolls up and runs a cell again gets what it showed the first time."""
    cells = [names(cell.source) for cell in code_cells(read(path))]
    for number, cell in enumerate(cells):
        before = set().union(*(other.bound for other in cells[:number]))
        after = set().union(*(other.bound for other in cells[number + 1 :]))
        changed = cell.read & before & after
        assert not changed, f"cell {number + 1} reads {changed}, which earlier and later cells bind"


@every_further_part
def test_a_further_part_leads_back_to_its_core(path):
    text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    [core] = [core for core in CORES if core.name[:2] == path.name[:2]]
    assert text.startswith(f"# {path.name[:2]}, further · "), "the title says which notebook it belongs to"
    assert f"](../{core.name})" in text, f"a link back to {core.name}"
    back = "\n".join(cell.source for cell in read(core).cells if cell.cell_type == "markdown")
    assert f"](further/{path.name})" in back, f"{core.name} does not link to it"


def rows_of_table(text):
    """The first links of a table's rows: (title, target) where the row begins with the number of a notebook."""
    return [m.groups() for line in text.splitlines() if (m := re.match(r"\| \**\[?(\d\d [^\]|*]+)\]?(?:\(([^)]*)\))?\**", line))]


@pytest.mark.parametrize(("page", "prefix"), [(README, "notebooks/"), (QUESTIONS, "")], ids=["README", "map"])
def test_tables_name_every_notebook_and_no_other(page, prefix):
    listed = [target for _, target in rows_of_table(page.read_text(encoding="utf-8")) if target]
    assert listed == [prefix + path.name for path in CORES]


@every_lesson
def test_each_notebook_leads_to_the_next(path):
    last = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"][-1]
    following = CORES[CORES.index(path) + 1 :]
    links = re.findall(r"\]\(([^)#]*\.ipynb)", last[last.index("**Next") :]) if "**Next" in last else []
    if following:
        assert following[0].name in links, f"the last cell has no line **Next:** with a link to {following[0].name}"


def index_lines():
    return QUESTIONS.read_text(encoding="utf-8").splitlines()


def test_the_index_lists_every_question_once():
    lines = index_lines()
    rows = [re.search(r"\bL\d\d\b", line) for line in lines if line.startswith("|")]
    listed = [row[0] for row in rows if row]
    assert listed == [f"L{number:02d}" for number in range(1, len(listed) + 1)] and len(listed) >= 24


# Which notebook answers which questions; the index has to lead there.
ANSWERED_IN = {
    "01": "L01 L18",
    "02": "L03 L04 L24",
    "03": "L01 L05 L14",
    "04": "L12 L13 L15 L19",
    "05": "L10 L19",
    "06": "L06 L07 L18",
    "07": "L05",
    "08": "",
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
    assert path.name[:2] in ANSWERED_IN, 'say in ANSWERED_IN which questions it answers, or that it answers none: ""'
    for question in ANSWERED_IN[path.name[:2]].split():
        answer = "\n".join(index_lines()).partition(f"\n### {question.lower()}\n")[2].partition("\n### ")[0]
        assert f"]({path.name}" in answer, f"the answer to {question} has no link to {path.name}"


@every_notebook
def test_no_object_of_the_house_is_printed_by_accident(path):
    shown = [o.get("data", {}).get("text/plain", "") for c in nbformat.read(path, 4).cells for o in c.get("outputs", [])]
    assert not [text[:60] for text in shown if re.match(r"(History|Best|Descent|Replicated)\(", text)], (
        "assign what the last line gives: _ = ..."
    )
