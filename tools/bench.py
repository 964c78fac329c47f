"""Times, memory and speed of the course against their limits, in one table: `make bench`. Misses are marked, nothing fails."""

import os
import statistics
import time

import nbformat
import torch
from torch import nn
from torch.nn.utils import fuse_linear_bn_eval

from helpers import datasets
from helpers.networks import plain_copy, replicate
from helpers.networks.training import losses_per_copy
from tests.browser import Explorer, explorer_notebook, explorer_page, find_chromium
from tools.execute import NOTEBOOKS, NotebookError, all_notebooks, run, slowest
from tools.latency import redraws

# Seconds from a fresh kernel, seconds of the slowest cell, memory of the kernel in MB.
TOLD, FURTHER, OTHERS = (25, 12, 900), (45, 25, 900), (60, 12, 900)
SPEED_LIMITS = {16: 3.0, 32: 4.0}  # copies: times as fast as the plain loop
LATENCY_LIMIT = 120  # ms from key press to new picture, median
BATCH, ROUNDS, WARM_UP, STEPS = 60, 9, 2, 12

# Run at the end of a notebook, in its kernel. VmHWM is the peak of this process alone; macOS has no /proc, but counts in bytes.
PEAK_MEMORY = """
try:
    print(next(int(line.split()[1]) / 1024 for line in open("/proc/self/status", encoding="utf-8") if line.startswith("VmHWM")))
except OSError:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2)
"""


def main():
    print(f"{os.cpu_count()} cores, {torch.get_num_threads()} torch threads\n")
    print(f"{'notebook':<34}{'seconds':>12}{'slowest cell':>20}{'peak MB':>14}")
    for path in all_notebooks():
        print_notebook(path)
    print(f"\n{'3x100 sigmoid + BN, batch 60':<34}{'loop':>12}{'replicated':>20}{'ratio':>14}     (ms per step and copy)")
    for threads in sorted({torch.get_num_threads(), 1}, reverse=True):  # helpers.training trains with one
        torch.set_num_threads(threads)
        for copies, limit in SPEED_LIMITS.items():
            plain, replicated = speed(copies)
            ratio = judged(plain / replicated, limit, ".1f", at_least=True)
            print(f"{f'{copies} copies, torch threads: {threads}':<34}{plain:>12.3f}{replicated:>20.3f}{ratio:>14}")
    print(f"\n{'20 x (linear + BN + ReLU), in use':<34}{'plain':>12}{'folded':>20}{'ratio':>14}     (ms per forward pass, no limit)")
    for examples in (1, BATCH):
        plain, folded = folding(examples)
        print(f"{f'batch {examples}, torch threads: 1':<34}{plain:>12.3f}{folded:>20.3f}{plain / folded:>14.1f}")
    print(f"\n{'slider to picture, median':<34}{latency()}")
    print("the same without a browser, each explorer in its notebook's kernel:")
    for path in all_notebooks():
        if times := redraws(path):
            middle = judged(statistics.median(times), LATENCY_LIMIT, ".0f")
            print(f"{path.stem:<34}{middle} ms ({len(times)} redraws, up to {max(times):.0f} ms)")
    print("\n! marks a missed limit; the limits stand behind the slashes.")


def print_notebook(path):
    notebook = nbformat.read(path, as_version=4)
    limits = FURTHER if path.parent != NOTEBOOKS else TOLD if notebook.metadata.get("told") else OTHERS
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK_MEMORY))
    start = time.perf_counter()
    try:
        seconds = run(notebook, path.parent)
    except NotebookError as error:
        print(f"{path.stem:<34}! stopped: {str(error).splitlines()[0]}")
        return
    total = time.perf_counter() - start
    peak = float(notebook.cells[-1].outputs[0].text)
    cell = slowest(seconds)
    slow = f"[{cell}] {judged(seconds[cell], limits[1], '.1f')}"
    print(f"{path.stem:<34}{judged(total, limits[0], '.1f'):>12}{slow:>20}{judged(peak, limits[2], '.0f'):>14}")


def judged(value, limit, form, at_least=False):
    missed = value < limit if at_least else value > limit
    return f"{'! ' if missed else ''}{value:{form}}/{limit:g}"


def make_network():
    layers, width = [], 64
    for _ in range(3):
        layers += [nn.Linear(width, 100), nn.BatchNorm1d(100), nn.Sigmoid()]
        width = 100
    return nn.Sequential(*layers, nn.Linear(100, 10))


def speed(copies):
    """Milliseconds per step and copy of the plain loop and of the replicated network, the median over rounds.

    Each round times both, one after the other, so that whatever else the machine does meets both alike.
    """
    digits = datasets.load("digits", raw=True)
    x, y = torch.as_tensor(digits.x, dtype=torch.float32), torch.as_tensor(digits.y)
    replicated = replicate(make_network, copies, seed=0).train()
    plain = [plain_copy(replicated, i) for i in range(copies)]
    optimizers = [torch.optim.SGD(network.parameters(), lr=0.1) for network in plain]
    together = torch.optim.SGD(replicated.parameters(), lr=0.1)
    generator = torch.Generator().manual_seed(0)
    times = [], []
    for _ in range(WARM_UP + ROUNDS):
        rows = torch.randint(len(x), (STEPS, copies, BATCH), generator=generator)
        start = time.perf_counter()
        for i, (network, optimizer) in enumerate(zip(plain, optimizers, strict=True)):
            for step in range(STEPS):
                loss = nn.functional.cross_entropy(network(x[rows[step, i]]), y[rows[step, i]])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        middle = time.perf_counter()
        for step in range(STEPS):
            loss = losses_per_copy(replicated, x[rows[step]], y[rows[step]]).sum()
            together.zero_grad()
            loss.backward()
            together.step()
        end = time.perf_counter()
        for column, seconds in zip(times, (middle - start, end - middle), strict=True):
            column.append(1000 * seconds / STEPS / copies)
    return [statistics.median(column[WARM_UP:]) for column in times]


def folding(examples, width=100, depth=20):
    """Milliseconds per forward pass in evaluation mode with batch norm, and with it folded into the linear layers before it.

    The median over rounds; each round times both, one after the other, as above.
    """
    torch.manual_seed(0)
    blocks = [(nn.Linear(width, width), nn.BatchNorm1d(width), nn.ReLU()) for _ in range(depth)]
    plain = nn.Sequential(*(layer for block in blocks for layer in block)).eval()
    folded = nn.Sequential(*(layer for linear, norm, relu in blocks for layer in (fuse_linear_bn_eval(linear, norm), relu)))
    x, times = torch.randn(examples, width), ([], [])
    with torch.inference_mode():
        for _ in range(WARM_UP + ROUNDS):
            for network, column in zip((plain, folded), times, strict=True):
                start = time.perf_counter()
                for _ in range(10 * STEPS):
                    network(x)
                column.append(1000 * (time.perf_counter() - start) / (10 * STEPS))
    return [statistics.median(column[WARM_UP:]) for column in times]


def latency():
    notebook = explorer_notebook()
    if not find_chromium() or notebook is None:
        return "no chromium" if notebook else "no notebook with an explorer"
    try:
        with explorer_page(notebook) as page:
            explorer = Explorer(page)
            delays = [explorer.press(key) for key in ("ArrowRight", "ArrowLeft") * 9]
    except Exception as error:  # the table is printed whatever happens
        return f"! failed: {str(error).splitlines()[0]}"
    warm = delays[3:]
    spread = f"{len(warm)} key presses, {min(warm):.0f} to {max(warm):.0f} ms"
    return f"{judged(statistics.median(warm), LATENCY_LIMIT, '.0f')} ms ({spread}, in {notebook})"


if __name__ == "__main__":
    main()
