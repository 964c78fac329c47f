"""All findings of the course on one page, read from the stored notebooks: `make claims` writes notebooks/claims.md."""

import sys

from helpers.page import records
from tools.execute import NOTEBOOKS, all_notebooks

PAGE = NOTEBOOKS / "claims.md"
INTRODUCTION = """# All findings

[Start here](00_start_here.ipynb) · [Questions and short answers](questions.md) · [Glossary](glossary.md)

Every finding that the notebooks show, with the number that was measured and the bound that it must keep. A notebook stops where one
does not hold, whatever the seeds. This page is made from the stored notebooks (`make claims`); no number on it is typed.

{shown} findings are shown, in {notebooks} notebooks. {silent} more are checked in silence: controls, rounding, edges of grids.
They are folded below each table.
"""


def main():
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(NOTEBOOKS.parent)}")
    return 0


def page():
    """The whole page, as text."""
    names = [path.relative_to(NOTEBOOKS).with_suffix("").as_posix() for path in all_notebooks()]
    found = {name: records(name) for name in sorted(names, key=lambda name: (name.split("/")[-1][:2], "/" in name, name))}
    found = {name: of_notebook for name, of_notebook in found.items() if of_notebook}
    shown = sum(record.shown for of_notebook in found.values() for record in of_notebook)
    silent = sum(len(of_notebook) for of_notebook in found.values()) - shown
    parts = [INTRODUCTION.format(shown=shown, silent=silent, notebooks=len(found))]
    for name, of_notebook in found.items():
        parts.append(f"## [{title(name)}]({name}.ipynb)\n\n{table([r for r in of_notebook if r.shown])}")
        if guards := [r for r in of_notebook if not r.shown]:
            parts.append(f"<details><summary>Checked in silence: {len(guards)}</summary>\n\n{table(guards)}\n</details>\n")
    return "\n".join(parts)


def title(name):
    """ "further/05_whole_training_set" as "05, further: whole training set"."""
    number, _, words = name.split("/")[-1].partition("_")
    return f"{number}{', further' if '/' in name else ''}: {words.replace('_', ' ')}"


def table(found):
    """Records as the rows of a table in Markdown."""
    rows = [f"| {section(r)} | {cell(sentence(r))} | {cell(r.bound)} |" for r in found]
    return "\n".join(["| section | finding | bound |", "|---|---|---|", *rows, ""])


def section(record):
    return f"[{cell(record.section)}](<{record.link}>)"


def sentence(record):
    before, number, after = record.words
    return f"{before}**{number}**{after}"


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main())
