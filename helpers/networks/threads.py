"""How many threads torch computes with."""

import time

import torch

ALL_THREADS = torch.get_num_threads()  # as torch was started: all cores, or what OMP_NUM_THREADS says


def use_quicker_threads():
    """Let torch compute with one thread or with all of its threads, whichever is quicker at this moment.

    Two threads gain a third on a quiet machine. Next to other busy processes, or in a container that grants fewer cores
    than torch sees, threads wait for one another at every small step, which makes training ten times slower and worse.
    """
    if ALL_THREADS == 1:
        return
    left, right, seconds = torch.ones(16, 100, 100), torch.ones(16, 100, 60), {}
    for threads in (1, ALL_THREADS):
        torch.set_num_threads(threads)
        torch.bmm(left, right)
        start = time.perf_counter()
        for _ in range(30):
            torch.bmm(left, right)
        seconds[threads] = time.perf_counter() - start
    torch.set_num_threads(min(seconds, key=seconds.get))
