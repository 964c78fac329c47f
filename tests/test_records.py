"""Records of claims and figures are found again by their beginning, and a stale one is an error."""

import base64
import json

import pytest

from helpers.page import RecordError, record, records, show_figure, verdict, verdicts
from helpers.page.records import figure
from tools import claims as all_claims
from tools.execute import NOTEBOOKS, all_notebooks

PICTURE = base64.b64encode(b"picture").decode()


def code(source, *records_, guards=(), alt=None):
    outputs = [{"output_type": "display_data", "data": {}, "metadata": {"claim": each}} for each in records_]
    if alt:
        shown = {"image/png": {"alt": alt, "width": 640}}
        outputs.append({"output_type": "display_data", "data": {"image/png": PICTURE}, "metadata": shown})
    return {"cell_type": "code", "source": source, "metadata": {"guards": list(guards)} if guards else {}, "outputs": outputs}


def kept(statement, value=2.0, **more):
    return {"statement": statement, "value": value, "bound": "at least 1", **more}


def markdown(source):
    return {"cell_type": "markdown", "source": source, "metadata": {}}


@pytest.fixture
def folder(tmp_path):
    """A function that writes cells as further/06_test.ipynb and gives the folder."""

    def written(*cells):
        (tmp_path / "further").mkdir(exist_ok=True)
        (tmp_path / "further/06_test.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
        return tmp_path

    return written


@pytest.fixture
def outputs(displayed):
    return displayed(verdicts)


def test_a_record_knows_its_section_its_words_and_its_link(folder):
    there = folder(
        markdown(["# Title\n", "text\n", "## 3. The `eval()` of a **layer**\n", "```\n# no heading\n```"]),
        code(
            'claim("It is {:.1f} times.", x, at_least=1)\nguard("edge", 0, at_most=0)',
            kept("It is {:.1f} times."),
            guards=[kept("edge", guard=True)],
        ),
    )
    shown, silent = records("further/06_test", there)
    assert shown.words == ("It is ", "2.0", " times.") and shown.shown and not silent.shown
    assert shown.link == "further/06_test.ipynb#3.-The-eval()-of-a-layer"
    assert record("further/06_test", "It is", there) == shown


def test_a_record_whose_cell_says_something_else_now_is_stale(folder):
    there = folder(markdown("## A"), code('claim("It is {:.2f} times.", x, at_least=1)', kept("It is {:.1f} times.")))
    with pytest.raises(RecordError, match="stale: further/06_test .* make notebooks NB=06"):
        record("further/06_test", "It is", there)


@pytest.mark.parametrize(
    ("source", "statement", "stale"),
    [
        ('claim("Two "\n  "lines {:.0f}.", 1)', "Two lines {:.0f}.", False),
        ('guard(f"rate {rate}: the edge", 1)', "rate 0.1: the edge", False),
        ('guard(f"rate {rate}: the edge", 1)', "rate 0.1: an edge", True),
        ('guard(f"{a}{b}", 1)', "anything", True),
        ('claim(f"{n} layers: {{:.1f}} points.", 1)', "ten layers: {:.1f} points.", False),
    ],
)
def test_what_counts_as_said(folder, source, statement, stale):
    there = folder(code(source, kept(statement)))
    if stale:
        with pytest.raises(RecordError, match="stale"):
            records("further/06_test", there)
    else:
        assert len(records("further/06_test", there)) == 1


def test_a_wrong_beginning_is_answered_with_the_nearest(folder):
    there = folder(
        code('claim("The mean moves by {}.", 1)\nclaim("The mean stays {}.", 1)', kept("The mean moves by {}."), kept("The mean stays {}."))
    )
    with pytest.raises(RecordError, match="no claim of further/06_test begins with 'The men moves'. The nearest: .*The mean moves by"):
        record("further/06_test", "The men moves", there)
    with pytest.raises(RecordError, match="2 claim of further/06_test begin with 'The mean'; make it longer"):
        record("further/06_test", "The mean", there)
    with pytest.raises(RecordError, match="no notebook 'further/06_tes' .*further/06_test"):
        record("further/06_tes", "The mean", there)


def test_a_figure_is_found_by_its_alternative_text(folder):
    there = folder(markdown("## Seen"), code("show(fig, alt)", alt="Two panels with lines."))
    found = figure("further/06_test", "Two panels", there)
    assert (found.png, found.alt, found.section) == (b"picture", "Two panels with lines.", "Seen")
    with pytest.raises(RecordError, match="no figure of further/06_test begins with 'Three'. The nearest: .*Two panels"):
        figure("further/06_test", "Three", there)


def test_a_verdict_shows_the_recorded_sentence_its_number_and_its_section(outputs):
    found = next(r for r in records("06_gamma_and_beta") if r.shown)
    verdict("false", "It moves with β.", ("06_gamma_and_beta", found.statement))
    [(data, _)] = outputs
    assert data["text/plain"] == f"False. It moves with β.\n✓ {''.join(found.words)} (06: {found.section})"
    assert f'<b class="measured">{found.words[1]}</b>' in data["text/html"] and "06_gamma_and_beta.ipynb#" in data["text/html"]


@pytest.mark.parametrize(("kind", "sources"), [("perhaps", [("06_gamma_and_beta", "x")]), ("true", [])])
def test_a_verdict_of_no_kind_or_without_a_source_is_refused(outputs, kind, sources):
    with pytest.raises(ValueError, match="takes one of true, true if, open, false, and at least one source; got"):
        verdict(kind, "", *sources)
    assert not outputs


def test_a_stored_figure_is_shown_with_its_own_alternative_text(outputs):
    show_figure("00_start_here", "Test accuracy over 200 training steps", width=400)
    [(data, metadata)] = outputs
    assert metadata["image/png"]["alt"].startswith("Test accuracy over 200") and metadata["image/png"]["width"] == 400
    assert data["image/png"]


@pytest.mark.parametrize("path", all_notebooks(), ids=lambda path: path.stem)
def test_no_record_of_the_course_is_stale(path):
    records(str(path.relative_to(NOTEBOOKS).with_suffix("")))


def test_the_page_of_all_findings_is_what_the_notebooks_recorded():
    assert all_claims.PAGE.read_text(encoding="utf-8") == all_claims.page(), "run `make claims`"


def test_a_bar_in_a_sentence_does_not_end_a_cell_of_the_table():
    assert all_claims.cell("|γ| is\n2") == "\\|γ\\| is 2"
