"""The page of questions and short answers, with its numbers and pictures taken from the notebooks: `make claims` writes it anew.

tools/questions.toml holds the texts: both languages, the records of the numbers, the figure, the best link and the others.
"""

import html
import sys
import tomllib
from pathlib import Path

from helpers.page import record
from helpers.page.records import figure
from tools.execute import NOTEBOOKS

SOURCE = Path(__file__).with_suffix(".toml")
PAGE, PICTURES = NOTEBOOKS / "questions.md", NOTEBOOKS / "pictures"
BEGINNING = "## The questions\n"  # what stands before this heading is written by hand, in the page itself
INTRODUCTION = """
What people ask after a good lecture on batch norm, each with a short answer and the place where it is measured. The numbers are those
that the notebooks recorded. 每个问题都有中文的简短回答（点开“中文”即可）。

Two questions are asked at a certain minute of the lecture *Why Does Batch Norm Work?* (DeepLearning.AI, video C2W3L06): 6:00 and 7:55.

| | minute | question | 问题 |
|---|---|---|---|
"""
ANSWER = """### {anchor}

**{minute}{question}**

{en}

<img src="pictures/{id}.png" alt="{alt}" width="420">

→ [{link_text}]({link})

<details><summary>中文：{question_zh}</summary>

{zh}

→ [{link_text}]({link})

</details>
"""
MORE = """
<details><summary>More on this</summary>

{more}

</details>
"""


def main():
    questions = load()
    PAGE.write_text(page(questions), encoding="utf-8")
    PICTURES.mkdir(exist_ok=True)
    for name, each in questions.items():
        (PICTURES / f"{name}.png").write_bytes(figure(*each["picture"]).png)
    print(f"wrote {PAGE.relative_to(NOTEBOOKS.parent)} and {len(questions)} pictures")
    return 0


def load():
    """The questions as a dictionary by id, in order."""
    return tomllib.loads(SOURCE.read_text(encoding="utf-8"))


def page(questions):
    """The whole page, as text."""
    by_hand, beginning, _ = PAGE.read_text(encoding="utf-8").partition(BEGINNING)
    row = "| [{name}](#{anchor}) | {minute} | {question} | {question_zh} |"
    rows = [row.format(**{"name": name, "anchor": name.lower(), "minute": "", **each}) for name, each in questions.items()]
    answers = [answer(name, each) for name, each in questions.items()]
    return by_hand + beginning + INTRODUCTION + "\n".join([*rows, "", *answers])


def answer(name, question):
    """One question with its answers, as text."""
    minute = f"{question['minute']} · " if "minute" in question else ""
    numbers = {field: record(*source).value for field, source in question["numbers"].items()}
    told = {language: question[language].strip().format(**numbers) for language in ("en", "zh")}
    alt = html.escape(figure(*question["picture"]).alt)
    more = MORE.format(more=question["more"]) if question.get("more") else ""
    return ANSWER.format(**{**question, **told, "id": name, "anchor": name.lower(), "minute": minute, "alt": alt}) + more


if __name__ == "__main__":
    sys.exit(main())
