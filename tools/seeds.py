"""Run notebooks under fresh seeds and print what does not hold: `make seeds NB=04`, or `python -m tools.seeds 04 --first 21 --count 3`."""

import argparse
import os
import sys

import nbformat
from nbclient import NotebookClient

from tools.execute import CELL_TIMEOUT, chosen, without_colours


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m tools.seeds", description="Run notebooks under fresh values of COURSE_SEED.")
    parser.add_argument("names", nargs="*", help="what their names start with; all of them if there is none")
    parser.add_argument("--first", type=int, default=1, help="the first COURSE_SEED (1)")
    parser.add_argument("--count", type=int, default=10, help="how many values, one after the other (10)")
    asked = parser.parse_args(arguments)
    os.environ["OMP_NUM_THREADS"] = "1"  # as where the results are stored, so that sums are rounded alike
    failed = 0
    for path in chosen(asked.names):
        for seed in range(asked.first, asked.first + asked.count):
            os.environ["COURSE_SEED"] = str(seed)
            found = failures(nbformat.read(path, as_version=4), path.parent)
            failed += bool(found)
            print(f"{path.stem}, COURSE_SEED={seed}: {'holds' if not found else f'{len(found)} cells failed'}", flush=True)
            for number, message in found:
                print(f"  [{number}] {message}", flush=True)
    return int(failed > 0)


def failures(notebook, folder):
    """What went wrong in a run of all cells of `notebook` in `folder`: (number of the cell's run, message) for each cell that failed.

    A failed cell does not stop the run, so that one run tells of every claim; cells that need what it would have made fail with it.
    """
    NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    ).execute()
    return [
        (cell.execution_count, without_colours(f"{output.ename}: {output.evalue}"))
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
