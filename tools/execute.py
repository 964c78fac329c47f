"""Run notebooks in place from a fresh kernel and store them clean: `make notebooks`, or one with `make notebooks NB=04`."""

import base64
import hashlib
import json
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
FIRST_FIGURE = NOTEBOOKS / "first_figure.png"  # README shows the first picture of notebook 00
CELL_TIMEOUT = 120  # seconds

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# What a cell keeps; times, folding, scrolling and what other editors leave behind go.
CELL_METADATA = ("guards", "jupyter", "slideshow", "tags")
# Run at the end in the notebook's kernel: what guard() checked, by the number of the cell's run.
COLLECT_GUARDS = "import json; from helpers.page.claims import GUARDS; print(json.dumps(GUARDS))"
WIDGET = "application/vnd.jupyter.widget-view+json"


def main(names):
    os.environ.pop("COURSE_SEED", None)  # stored are the results for the course's own seeds
    os.environ["COURSE_CHECK_LAYOUT"] = "1"  # a label that covers another stops the author, never a reader
    os.environ["COURSE_KEEP_FRAMES"] = "1"  # explorers that move on the site
    os.environ["OMP_NUM_THREADS"] = "1"  # as in the test that compares them, so that sums are rounded alike
    for path in chosen(names):
        notebook = nbformat.read(path, as_version=4)
        try:
            seconds = run(notebook, path.parent)
        except NotebookError as error:
            return f"{path.name} stopped and was left as it was.\n{error}"
        path.write_text(stored_text(normalize(notebook)), encoding="utf-8")
        if path.name.startswith("00") and path.parent == NOTEBOOKS:
            FIRST_FIGURE.write_bytes(first_picture(notebook))
        print(f"{path.name}: {sum(seconds.values()):.1f} s, slowest cell [{slowest(seconds)}] {max(seconds.values(), default=0):.1f} s")
    return 0


def all_notebooks():
    """The paths of all notebooks: the cores, and what is optional in further/."""
    return sorted(path for path in NOTEBOOKS.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)


def chosen(names):
    """The notebooks whose names start with one of `names`, cores and further parts; all of them if there are none."""
    paths = all_notebooks()
    for name in names:
        if not any(path.name.startswith(name) for path in paths):
            sys.exit(f"no notebook starts with {name!r}; there are: {', '.join(path.stem for path in paths) or 'none yet'}.")
    return [path for path in paths if not names or path.name.startswith(tuple(names))]


class NotebookError(Exception):
    """A cell that stopped, with what is needed to find it."""


def run(notebook, folder):
    """Execute all cells of `notebook` in a fresh kernel with `folder` as its working directory.

    The outputs are put into `notebook`, the records of its guards into the cells' metadata. Returns {execution count: seconds}.
    Raises NotebookError at the first cell that fails.
    """
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # else each kernel warns of its local connection
    )
    seconds = {}
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
                cell.metadata.pop("guards", None)
            start = time.perf_counter()
            try:
                client.execute_cell(cell, index)
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                raise NotebookError(f"Cell {index + 1} of {len(notebook.cells)}:\n{without_colours(str(error))}") from error
            if cell.get("execution_count"):
                seconds[cell.execution_count] = time.perf_counter() - start
        keep_guards(client, notebook)
    return seconds


def keep_guards(client, notebook):
    """Put what guard() recorded in the kernel into the metadata of the cells that called it."""
    asking = nbformat.v4.new_code_cell(COLLECT_GUARDS)
    notebook.cells.append(asking)  # the client reports progress by place
    try:
        client.execute_cell(asking, len(notebook.cells) - 1, store_history=False)
    except CellExecutionError:
        return  # a notebook without the course's helpers has no guards
    finally:
        notebook.cells.remove(asking)
    of_run = {cell.execution_count: cell for cell in notebook.cells if cell.get("execution_count")}
    for number, record in json.loads(asking.outputs[0].text):
        of_run[number].metadata.setdefault("guards", []).append(record)


def slowest(seconds):
    return max(seconds, key=seconds.get, default="-")


def without_colours(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def normalize(notebook):
    """Bring a notebook into the one form in which it is stored, so that a diff shows what an author changed and no more.

    Metadata: the same everywhere. Cell ids: from the source, so that they are stable. Stored outputs: no widget views,
    which are dead without a kernel; what is shown instead is the picture or HTML of the same output. An output that was
    nothing but a widget (a finished progress bar) goes. The notebook is changed in place and returned.
    """
    told = {"told": True} if notebook.metadata.get("told") else {}  # rewritten for first-time readers; tests hold it to more
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA | told)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    taken = set()
    for cell in notebook.cells:
        cell["id"] = unused_id(cell, taken)
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in CELL_METADATA if key in cell.metadata})
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if shows_something(output)]
    return notebook


def unused_id(cell, taken):
    digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
    name, count = digest, 1
    while name in taken:  # the same source a second time
        count += 1
        name = f"{digest}-{count}"
    taken.add(name)
    return name


def shows_something(output):
    """Take the widget view out of an output; False if nothing is left."""
    if "data" not in output:
        return True
    output.data.pop(WIDGET, None)
    return bool(output.data)


def first_picture(notebook):
    """The PNG bytes of the first picture that a notebook stores."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return base64.b64decode(next(output.data["image/png"] for output in outputs if "image/png" in output.get("data", {})))


def stored_text(notebook):
    """The text of the notebook's file."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
