"""How long a notebook takes a reader, by what stands on its page: `make pace`, or one notebook with `make pace NB=06`.

A table for all notebooks; for those that are told (notebook metadata "told": true) also what makes a page hard to read: long sentences,
long paragraphs, and words that readers stumble over. Nothing fails here; tests/test_pace.py holds the limits.
"""

import re
import sys
from dataclasses import dataclass

import nbformat

from tools.execute import NOTEBOOKS, chosen

# The pace of a reader whose first language is not English, measured with first-time readers.
WORDS_A_MINUTE = 160
SECONDS = {"lines": 6, "figures": 40, "explorers": 100, "predictions": 20, "claims": 15, "verdicts": 40, "exercises": 180}
LIMITS = {"sections": 5, "words": 1800, "figures": 6, "claims": 12, "lines": 60, "cells": 10}
NO_IDEAS = ("Play", "Your turn", "Recap", "Sources", "Going further", "How a notebook works", "Map of the course")
AVOID = r"travel|push|throw|pull|wish|hold on|take out|taken out|give back|leaves? behind|undone|share|arm|knob|ruler|herd"
AVOIDED = re.compile(rf"\b(?:{AVOID})(?:s|ed|es|ing|n)?\b", re.IGNORECASE)
LONG_SENTENCE, LONG_PARAGRAPH = 20, 5  # words, sentences


@dataclass(frozen=True)
class Pace:
    """What stands on the page of a notebook."""

    sections: int  # headings of ideas, not of Play, Recap and the like
    words: int  # in all Markdown, link targets apart, folded answers included
    figures: int
    claims: int  # that are shown; guards are not
    verdicts: int  # cards with findings of other notebooks
    predictions: int
    exercises: int
    explorers: int
    cells: int  # visible code cells, exercises apart
    lines: int  # of all visible code, exercise stubs included
    in_a_row: int  # the most visible code cells without a word between them
    stated: int | None  # minutes that the page promises

    @property
    def minutes(self):
        """Minutes by the pace above."""
        return self.words / WORDS_A_MINUTE + sum(getattr(self, name) * seconds for name, seconds in SECONDS.items()) / 60

    @property
    def rounded(self):
        """The minutes that the page should promise: rounded up to 5."""
        return 5 * -(-round(self.minutes, 2) // 5)


def pace(notebook):
    """The Pace of a notebook, as nbformat reads it, by its stored outputs."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    visible = [cell for cell in code if not cell.metadata.get("jupyter", {}).get("source_hidden")]
    outputs = [output for cell in code for output in cell.get("outputs", [])]
    explorers = len(with_tag(code, "explorer"))
    pictures = sum("image/png" in output.get("data", {}) or "flipbook-" in str(output.get("data", {})) for output in outputs)
    stated = re.search(r"^About (\d+) minutes", text, flags=re.MULTILINE)
    headings = [heading for heading in re.findall(r"^## +(.*)$", text, flags=re.MULTILINE) if not heading.startswith(NO_IDEAS)]
    return Pace(
        sections=len(headings),
        words=len(words_of(text)),
        figures=pictures - explorers,
        claims=sum("claim" in output.get("metadata", {}) for output in outputs),
        verdicts=sum("✓" in output.get("data", {}).get("text/plain", "") and "claim" not in output.metadata for output in outputs),
        predictions=len(with_tag(code, "predict")),
        exercises=len(with_tag(code, "exercise")),
        explorers=explorers,
        cells=len(visible) - len(with_tag(visible, "exercise")),
        lines=sum(len(cell.source.splitlines()) for cell in visible),
        in_a_row=most_in_a_row(notebook),
        stated=int(stated[1]) if stated else None,
    )


def with_tag(cells, tag):
    return [cell for cell in cells if tag in cell.metadata.get("tags", [])]


def plain_text(markdown):
    """Markdown as a reader sees it: without code blocks, link targets, tags and marks."""
    text = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return re.sub(r"<[^>]+>", " ", text)


def words_of(markdown):
    return re.findall(r"\w[\w’'.,-]*", plain_text(markdown))


def most_in_a_row(notebook):
    """The longest run of visible code cells that no text interrupts. What is folded interrupts nothing."""
    longest = run = 0
    for cell in notebook.cells:
        hidden = cell.metadata.get("jupyter", {}).get("source_hidden")
        if cell.cell_type == "markdown" or any("data" in output for output in cell.get("outputs", [])):
            run = 0
        elif cell.source.strip() and not hidden:
            run += 1
            longest = max(longest, run)
    return longest


def stumbles(markdown):
    """What makes a Markdown cell hard to read, as lines of text."""
    found = []
    text = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    for paragraph in re.split(r"\n\s*\n|\n(?=- |\d\. |<|\|)", re.sub(r"\]\([^)]*\)", "]", text)):
        if paragraph.startswith(("#", "|", "- **", "[Open")) or not paragraph.strip():
            continue
        plain = re.sub(r"^\s*(- |\d\. )", "", re.sub(r"<[^>]+>", " . ", paragraph))
        sentences = [s for s in re.split(r"(?<=[.?!:])[\"”)*]*\s+", plain) if re.search(r"\w", s)]
        found += [f"{len(words)} words: {s.strip()}" for s in sentences if len(words := words_of(s)) > LONG_SENTENCE]
        if len(sentences) > LONG_PARAGRAPH:
            found.append(f"{len(sentences)} sentences: {paragraph.strip()[:70]}...")
        found += [f"word to avoid: {word}" for word in AVOIDED.findall(plain)]
    return found


def main(names):
    columns = ("sections", "words", "figures", "claims", "predictions", "exercises", "cells", "lines")
    print(f"{'notebook':<44}" + "".join(f"{name[:9]:>10}" for name in columns) + f"{'minutes':>9}{'stated':>8}")
    hard = []
    for path in chosen(names):
        notebook = nbformat.read(path, as_version=4)
        found, name = pace(notebook), path.relative_to(NOTEBOOKS).with_suffix("").as_posix()
        marks = "".join(f"{'!' if getattr(found, c) > LIMITS.get(c, 1e9) else ''}{getattr(found, c)}".rjust(10) for c in columns)
        print(f"{name:<44}{marks}{found.minutes:>9.1f}{str(found.stated or '-'):>8}{'  told' if notebook.metadata.get('told') else ''}")
        if notebook.metadata.get("told"):
            cells = [(k, cell) for k, cell in enumerate(notebook.cells) if cell.cell_type == "markdown"]
            hard += [f"{name} [{k}] {line}" for k, cell in cells for line in stumbles(cell.source)]
    print("\n! is over the limit for a told notebook (tests/test_pace.py).\n\n" + "\n".join(hard))


if __name__ == "__main__":
    main(sys.argv[1:])
