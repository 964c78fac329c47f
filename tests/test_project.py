"""What stands around the course is in order: how to cite it, its changes, what runs on GitHub, the forms for readers, the glossary."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
GITHUB = ROOT / ".github"
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")
GLOSSARY = (ROOT / "notebooks/glossary.md").read_text(encoding="utf-8")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What stopped readers who did not find it; the tests of links hold the others, those that a notebook links to.
ALWAYS = (
    ["activation", "unit", "layer", "weight", "bias", "z", "x hat", "gamma and beta", "epsilon", "mean", "median", "variance"]
    + [
        "standard deviation",
        "standardize",
        "raw",
        "plain network",
        "batch norm",
        "batch",
        "full batch",
        "gradient",
        "learning rate",
        "loss",
    ]
    + ["hessian", "eigenvalue", "curvature", "xavier start", "he start", "suited start", "correlation", "parametrization", "norm"]
)


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_citation_has_what_a_citation_needs_and_the_version_of_the_changes():
    citation = load(ROOT / "CITATION.cff")
    assert {"cff-version", "message", "title", "authors", "version", "date-released", "repository-code", "license"} <= set(citation)
    latest = re.search(r"^## (\S+) \((\S+)\)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert (citation["version"], str(citation["date-released"])) == latest.groups()


def test_github_runs_everything_on_pushes_and_monthly():
    workflow = load(GITHUB / "workflows/tests.yml")
    starts = workflow[True]  # YAML reads the key `on` as true
    assert "push" in starts and re.fullmatch(r"\d+ \d+ \d+ \* \*", starts["schedule"][0]["cron"])
    steps = [step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"]]
    assert any(".ci/run" in step for step in steps) and (ROOT / ".ci/run").is_file()
    for name in re.findall(r"-r (\S+)", " ".join(steps)):
        assert (ROOT / name).is_file()


def test_github_publishes_the_site_and_the_decks_with_commands_that_exist():
    workflow = load(GITHUB / "workflows/pages.yml")
    [job] = workflow["jobs"].values()
    commands = [command for step in job["steps"] for command in re.findall(r"make ([a-z ]+)", step.get("run", ""))]
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert {"site", "slides"} == set(" ".join(commands).split()) <= targets


def test_there_are_three_forms_for_readers():
    assert len(FORMS) == 3


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_has_the_parts_that_github_needs(path):
    form = load(path)
    assert form["name"] and form["description"] and form["body"]
    names = [part["id"] for part in form["body"]]
    assert len(set(names)) == len(names)
    for part in form["body"]:
        assert part["type"] in {"input", "textarea", "checkboxes", "dropdown"} and part["attributes"]["label"]


def entries():
    """{term: its text} of the glossary."""
    return dict(part.split("\n", 1) for part in re.split(r"^### ", GLOSSARY, flags=re.MULTILINE)[1:])


@pytest.mark.parametrize("term", entries())
def test_a_word_of_the_glossary_is_told_in_english_and_named_in_chinese(term):
    first, _, explanation = entries()[term].strip().partition("\n")
    assert CHINESE.search(first), f"{term}: no Chinese word in {first!r}"
    assert re.match(r"[A-Za-zγμ].{20,}", explanation.strip()), f"{term}: the explanation {explanation!r}"


def test_the_glossary_is_sorted_and_has_the_words_that_stopped_readers():
    terms = list(entries())
    assert terms == sorted(terms) and len(set(terms)) == len(terms)
    assert not set(ALWAYS) - set(terms)
