"""What the notebooks have recorded: their claims and figures, found again by the beginning of a sentence.

A record is stale when its sentence is no longer in the cell that made it: then the cell was changed and not run again, and the number
belongs to another experiment. A stale record is an error, never a number on a page.
"""

import ast
import base64
import difflib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from helpers.page.claims import cell_records, in_words
from helpers.page.style import SCREEN_DPI

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


class RecordError(LookupError):
    """A claim or a figure that is not recorded, or whose cell was changed after it was recorded."""


@dataclass(frozen=True)
class Record:
    """One finding of a notebook, as it was recorded when the notebook ran."""

    notebook: str  # "06_gamma_and_beta", "further/05_whole_training_set"
    section: str  # the heading above it
    statement: str  # as it stands in the code, with the field for its number
    value: float
    bound: str  # in words
    shown: bool  # False for what guard() checked in silence

    @property
    def words(self):
        """The text before the number, the number, the text after it."""
        return in_words(self.statement, self.value)

    @property
    def link(self):
        """Its section, from the folder of the notebooks: heading anchors by the rule of JupyterLab."""
        return f"{self.notebook}.ipynb#{re.sub('[`*]', '', self.section).replace(' ', '-')}"


@dataclass(frozen=True)
class Figure:
    """One picture of a notebook, as it was stored."""

    png: bytes
    alt: str
    width: int  # in pixels, as the notebook shows it
    section: str


def records(notebook, folder=NOTEBOOKS):
    """All Records of a notebook, in order of the cells.

    notebook: its path in the folder, without .ipynb. Raises RecordError if a cell no longer says what it recorded.
    """
    found = []
    for section, cell in _code_cells(notebook, folder):
        for kept in cell_records(cell):
            if not _says(cell, kept["statement"]):
                raise RecordError(
                    f"stale: {notebook} recorded {kept['statement']!r}, which its cell no longer says. "
                    f"Run it again: make notebooks NB={Path(notebook).name[:2]}."
                )
            shown = not kept.get("guard", False)
            found.append(Record(notebook, section, kept["statement"], kept["value"], kept["bound"], shown))
    return found


def record(notebook, beginning, folder=NOTEBOOKS):
    """The one Record of a notebook whose statement begins so.

    >>> record("06_gamma_and_beta", "Nothing but").value
    Raises RecordError, naming the nearest statements, if there is none or more than one.
    """
    return _only(records(notebook, folder), beginning, [r.statement for r in records(notebook, folder)], f"claim of {notebook}")


def figure(notebook, beginning, folder=NOTEBOOKS):
    """The one Figure of a notebook whose alternative text begins so. Raises RecordError as record() does."""
    found = []
    for section, cell in _code_cells(notebook, folder):
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                told = output["metadata"].get("image/png", {})
                png = base64.b64decode(output["data"]["image/png"])
                found.append(Figure(png, told.get("alt", ""), told.get("width", 8 * SCREEN_DPI), section))
    return _only(found, beginning, [f.alt for f in found], f"figure of {notebook}")


def _code_cells(notebook, folder):
    """(the heading above it, cell) of each code cell. Raises RecordError if there is no such notebook."""
    path = folder / f"{notebook}.ipynb"
    if not path.is_file():
        there = sorted(str(p.relative_to(folder).with_suffix("")) for p in folder.rglob("*.ipynb"))
        raise RecordError(f"no notebook {notebook!r} in {folder.name}. The nearest: {difflib.get_close_matches(notebook, there, 3, 0.0)}")
    section, cells = "", []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell.get("source", ""))
        if cell["cell_type"] == "code":
            cells.append((section, {**cell, "source": source}))
        else:
            section = ([section] + re.findall(r"^#{1,6} +(.*?) *$", re.sub(r"^```.*?^```", "", source, flags=re.M | re.S), flags=re.M))[-1]
    return cells


def _says(cell, statement):
    """Is a statement among the texts of a cell's source? Of an f-string, its fixed parts have to stand in it, in their order."""
    for node in ast.walk(ast.parse(cell["source"])):
        if isinstance(node, ast.Constant) and node.value == statement:
            return True
        if isinstance(node, ast.JoinedStr):
            parts = [re.escape(p.value) if isinstance(p, ast.Constant) else ".+" for p in node.values]
            if any(part != ".+" for part in parts) and re.fullmatch("".join(parts), statement, flags=re.S):
                return True
    return False


def _only(found, beginning, texts, kind):
    """The one of `found` whose text begins so; RecordError if there is none or more than one."""
    places = [k for k, text in enumerate(texts) if text.startswith(beginning)]
    if len(places) == 1:
        return found[places[0]]
    if places:
        raise RecordError(f"{len(places)} {kind} begin with {beginning!r}; make it longer: {[texts[k] for k in places]}")
    near = difflib.get_close_matches(beginning, [text[: len(beginning)] for text in texts], 3, 0.0)
    raise RecordError(f"no {kind} begins with {beginning!r}. The nearest: {[t for t in texts if t[: len(beginning)] in near] or 'none'}")
