"""Copies of the course for a class: `make handout` (no outputs, no solutions), `make solutions` (solved and run), the sheet of predictions.

They stand in build/handout and build/solutions, each with a folder notebooks/ and all that it links to; the set-up cell finds helpers/ in
the folders above. To give one away, put it in place of notebooks/ into a copy of the course.
"""

import ast
import html
import re
import shutil
import sys

import nbformat

from tools.execute import NOTEBOOKS, all_notebooks, normalize, run, stored_text

BUILD = NOTEBOOKS.parent / "build"
FOLDED = re.compile(r"<details><summary>(Solution|The short answer)</summary>.*?</details>\s*", flags=re.DOTALL)
SHEET = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Predictions</title><style>
body {{ font: 12pt/1.4 sans-serif; max-width: 18cm; margin: 1cm auto; }}
h2 {{ font-size: 13pt; break-after: avoid; margin: 1.2em 0 0.2em; }}
.ask {{ break-inside: avoid; margin: 0 0 0.8em; }} .ask p {{ margin: 0 0 0.2em; }}
ul {{ list-style: "☐  "; margin: 0; }}
</style></head><body><h1>Predictions</h1>
<p>Choose before the result is shown. Nothing is judged; the experiment does that.</p>
{parts}
</body></html>
"""


def main(arguments):
    kind, *names = arguments
    if kind == "handout":
        write(BUILD / "handout", without_answers, names)
        sheet = BUILD / "predictions.html"
        sheet.write_text(sheet_of_predictions(), encoding="utf-8")
        print("wrote build/handout/ and build/predictions.html, to be printed")
    else:
        write(BUILD / "solutions", solved, names, execute=True)
        print("wrote build/solutions/")
    return 0


def write(folder, change, names, execute=False):
    """Copy the folder notebooks/ with every notebook changed; only those whose names start with one of `names`, if there are any."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(NOTEBOOKS, folder / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for path in all_notebooks():
        copy = folder / "notebooks" / path.relative_to(NOTEBOOKS)
        if names and not path.name.startswith(tuple(names)):
            copy.unlink()
            continue
        notebook = change(nbformat.read(path, as_version=4))
        if execute:
            run(notebook, copy.parent)
        copy.write_text(stored_text(normalize(notebook)), encoding="utf-8")


def without_answers(notebook):
    """The notebook without outputs, solutions and the folded short answer."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = FOLDED.sub("", cell.source).strip()
        else:
            cell.outputs, cell.execution_count = [], None
            cell.metadata.pop("guards", None)
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]
    return notebook


def solved(notebook):
    """The notebook with each exercise's stub replaced by its solution, and its checks."""
    for index, cell in enumerate(notebook.cells):
        if "exercise" in cell.metadata.get("tags", []):
            cell.source = "\n".join([solution(notebook.cells, index).strip(), "", *check_lines(cell.source).values()])
    return notebook


def check_lines(code):
    """{exercise number: source of its check(...) line} of a cell."""
    found = {}
    for statement in ast.parse(code).body:
        call = getattr(statement, "value", None)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "check":
            found[call.args[0].value] = ast.get_source_segment(code, statement)
    return found


def solution(cells, index):
    """The first Python block of the next Markdown cell, which folds it away. Raises ValueError if there is none."""
    text = next((cell.source for cell in cells[index + 1 :] if cell.cell_type == "markdown"), "")
    block = re.search(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    if "<details>" not in text or not block:
        raise ValueError("after an exercise comes a Markdown cell with <details> and the solution in ```python")
    return block[1]


def predictions(notebook):
    """[(question, [answers])] of a notebook, in its order."""
    found = []
    for cell in notebook.cells:
        if "predict" in cell.metadata.get("tags", []):
            [call] = [node.value for node in ast.parse(cell.source).body if isinstance(node, ast.Expr)]
            question, *answers = (ast.literal_eval(argument) for argument in call.args)
            found.append((question, answers))
    return found


def sheet_of_predictions():
    """A page to print: every prediction of the cores, with boxes."""
    parts = []
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        title = re.search(r"^# (.*)$", notebook.cells[0].source, flags=re.MULTILINE)[1]
        parts.append(f"<h2>{html.escape(title)}</h2>")
        for question, answers in predictions(notebook):
            boxes = "".join(f"<li>({letter}) {html.escape(answer)}</li>" for letter, answer in zip("abcdefgh", answers, strict=False))
            parts.append(f'<div class="ask"><p>{html.escape(question)}</p><ul>{boxes}</ul></div>')
    return SHEET.format(parts="\n".join(parts))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
