"""A told notebook keeps to the pace of a first-time reader, and promises the minutes that it takes."""

import re

import nbformat
import pytest

from tools.execute import NOTEBOOKS, all_notebooks
from tools.pace import LIMITS, most_in_a_row, pace, stumbles, words_of

TOLD = [path for path in all_notebooks() if nbformat.read(path, as_version=4).metadata.get("told")]
told = pytest.mark.parametrize("path", TOLD, ids=lambda path: str(path.relative_to(NOTEBOOKS).with_suffix("")))


@told
def test_a_told_notebook_keeps_the_limits(path):
    found = pace(nbformat.read(path, as_version=4))
    over = {name: getattr(found, name) for name, limit in LIMITS.items() if getattr(found, name) > limit}
    assert not over, f"over the limits {LIMITS}: {over}; what is optional goes to notebooks/further/"
    assert found.in_a_row <= 2, f"{found.in_a_row} visible code cells in a row, without a word between them"


@told
def test_a_told_notebook_promises_its_minutes(path):
    found = pace(nbformat.read(path, as_version=4))
    assert found.stated == found.rounded, f"write 'About {found.rounded} minutes' into the first cell: {found.minutes:.1f} are computed"


def test_the_short_course_takes_the_minutes_that_its_notebooks_promise():
    text = (NOTEBOOKS / "questions.md").read_text(encoding="utf-8")
    [(numbers, minutes)] = re.findall(r"The short course is ([\d, and]+), in about (\d+) minutes", text)
    cores = [next(NOTEBOOKS.glob(f"{number}_*.ipynb")) for number in re.findall(r"\d\d", numbers)]
    assert sum(pace(nbformat.read(path, as_version=4)).stated for path in cores) == int(minutes)


@told
def test_claims_of_a_told_notebook_are_sentences_with_one_number(path):
    outputs = [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", [])]
    statements = [output.metadata["claim"]["statement"] for output in outputs if "claim" in output.get("metadata", {})]
    if path.name.startswith("15"):
        pytest.skip("it measures nothing itself; tests/test_myths.py")
    assert statements and all("{" in statement for statement in statements)
    assert all(statement[0].isupper() or not statement[0].isalpha() for statement in statements)


def made(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def markdown(text):
    return nbformat.v4.new_markdown_cell(text)


def code(source, *outputs, tag=None, hidden=False):
    cell = nbformat.v4.new_code_cell(source, outputs=list(outputs))
    if tag:
        cell.metadata["tags"] = [tag]
    if hidden:
        cell.metadata["jupyter"] = {"source_hidden": True}
    return cell


def shown(metadata=None, **data):
    return nbformat.v4.new_output("display_data", data, metadata=metadata or {})


PICTURE = {"image/png": "iVBORw0KGgo="}


def test_what_is_counted():
    claim = shown({"claim": {"statement": "It is {}.", "value": 1.0, "bound": "at least 0"}}, **{"text/plain": "x"})
    found = pace(
        made(
            markdown("# Title\n\n" + "word " * 160 + "\n\nAbout 15 minutes. [a link](somewhere/far.ipynb) `code`"),
            code("import x", tag="imports", hidden=True),
            markdown("## An idea"),
            code("predict()", shown(**{"text/html": "x"}), tag="predict", hidden=True),
            code("one\ntwo"),
            code("plot", shown(**PICTURE), tag="figure", hidden=True),
            code("claims", claim, claim, tag="folded", hidden=True),
            markdown("## Play with it"),
            code("explore", shown(**PICTURE), tag="explorer", hidden=True),
            markdown("## Your turn\n<details><summary>Solution</summary>folded</details>\n```python\nnot words\n```"),
            code("answer = ...\ncheck()", tag="exercise"),
        )
    )
    assert (found.sections, found.figures, found.explorers, found.claims, found.predictions, found.exercises) == (1, 1, 1, 2, 1, 1)
    assert (found.cells, found.lines, found.in_a_row, found.stated) == (1, 4, 1, 15)
    assert found.words == 1 + 160 + 3 + 2 + 1 + 2 + 3 + 2 + 1 + 1
    assert found.minutes == pytest.approx(found.words / 160 + (4 * 6 + 40 + 100 + 20 + 2 * 15 + 180) / 60)
    assert found.rounded == 10


def test_minutes_are_rounded_up_to_five():
    assert pace(made(markdown("word " * 160 * 5))).rounded == 5
    assert pace(made(markdown("word " * 160 * 6))).rounded == 10


def test_link_targets_and_code_blocks_are_no_words():
    assert words_of("See [the page](a/long/path.ipynb#some-heading), 3.5 times.\n```python\nx = 1\n```\n<b>bold</b>") == [
        "See",
        "the",
        "page",
        "3.5",
        "times.",
        "bold",
    ]


@pytest.mark.parametrize(
    ("cells", "longest"),
    [
        ([code("a"), code("b"), code("c")], 3),
        ([code("a"), markdown("text"), code("b")], 1),
        ([code("a"), code("folded", hidden=True), code("b")], 2),
        ([code("a"), code("figure", shown(**PICTURE), hidden=True), code("b")], 1),
    ],
)
def test_code_cells_in_a_row(cells, longest):
    assert most_in_a_row(made(*cells)) == longest


def test_stumbles_are_found():
    long = " ".join(["word"] * 21) + "."
    assert stumbles(long) == [f"21 words: {long}"]
    assert stumbles("One two. " * 6) == ["6 sentences: " + ("One two. " * 6).strip()[:70] + "..."]
    assert stumbles("We push the share of it.") == ["word to avoid: push", "word to avoid: share"]
    assert not stumbles("# A heading of more than twenty words " + "word " * 30)
    assert not stumbles("Short [link](" + "a/" * 40 + ") text. The army is warm.")
