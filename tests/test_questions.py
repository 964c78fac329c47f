"""Every question of the mission has a short answer in English and Chinese, with measured numbers, a picture and one best place."""

import re
import string

import nbformat
import pytest

from helpers.page import record
from helpers.page.records import figure
from tools import questions as page_of_questions
from tools.execute import NOTEBOOKS

QUESTIONS = page_of_questions.load()
CHINESE = re.compile(r"[\u4e00-\u9fff]")
each = pytest.mark.parametrize("name", QUESTIONS)


def fields(text):
    return sorted(f"{name}:{form}" for _, name, form, _ in string.Formatter().parse(text) if name is not None)


def sentences(text, ends):
    return len(re.findall(rf"[{ends}](?=\s|$|[“（])", text.strip())) if ends == ".?!" else len(re.findall(rf"[{ends}]", text))


def test_all_24_are_there_and_two_have_a_minute():
    assert list(QUESTIONS) == [f"L{number:02d}" for number in range(1, 25)]
    assert {name: q["minute"] for name, q in QUESTIONS.items() if "minute" in q} == {"L06": "6:00", "L10": "7:55"}


@each
def test_both_answers_are_short_and_carry_the_same_numbers(name):
    question = QUESTIONS[name]
    assert not CHINESE.search(question["question"] + question["en"]) and CHINESE.search(question["question_zh"])
    assert len(CHINESE.findall(question["zh"])) >= 40
    assert 2 <= sentences(question["en"], ".?!") <= 4, "two to four sentences"
    assert 2 <= sentences(question["zh"], "。！？") <= 4, "two to four sentences"
    assert fields(question["en"]) == fields(question["zh"])
    assert {field.split(":")[0] for field in fields(question["en"])} == set(question["numbers"])


@each
def test_its_numbers_and_its_picture_are_recorded(name):
    for source in QUESTIONS[name]["numbers"].values():
        record(*source)
    stored = (page_of_questions.PICTURES / f"{name}.png").read_bytes()
    assert stored == figure(*QUESTIONS[name]["picture"]).png, "run `make claims`"


@each
def test_its_best_place_is_a_section_that_holds_a_finding(name):
    path, _, anchor = QUESTIONS[name]["link"].partition("#")
    section, found = "", []
    for cell in nbformat.read(NOTEBOOKS / path, as_version=4).cells:
        if cell.cell_type == "markdown":
            for heading in re.findall(r"^## +(.*?) *$", cell.source, flags=re.MULTILINE):
                section = heading.replace(" ", "-")
        elif section == anchor:
            found += [output for output in cell.outputs if "✓" in output.get("data", {}).get("text/plain", "")]
    assert found, f"no section {anchor!r} with a claim in {path}"


def test_the_page_is_what_its_source_and_the_records_give():
    assert page_of_questions.PAGE.read_text(encoding="utf-8") == page_of_questions.page(QUESTIONS), "run `make claims`"
    kept = {path.stem for path in page_of_questions.PICTURES.glob("*.png")}
    assert kept == set(QUESTIONS), "a picture of a question that is no more"
