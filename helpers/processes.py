"""Several worker processes on this computer, each running the same script, as on a cluster; no worker outlives its launch.

A cell of a notebook defines functions that other processes cannot import. So script() writes their source into a file that
needs nothing of the course, and launch() starts it once for each worker, with the environment variables that torchrun sets.
"""

import ast
import datetime
import faulthandler
import inspect
import linecache
import os
import pickle
import re
import runpy
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

SCRIPT = "script.py"
HOST = "127.0.0.1"  # this computer alone
REACHED_WITHIN = 5  # seconds to reach our own loopback, which takes none unless something is in the way
START_SECONDS = 60  # what a worker may take on top until it has imported torch, next to other busy programs

HEAD = '''"""The same file on one computer or on many: torchrun --nproc-per-node 2 script.py"""
import pickle

import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F
'''
FOOT = """
if __name__ == "__main__":
    torch.set_num_threads(1)
    dist.init_process_group("gloo")       # finds the others by RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT
    with open("arguments.pickle", "rb") as file:
        result = {name}(**pickle.load(file))
    with open(f"result_{{dist.get_rank()}}.pickle", "wb") as file:
        pickle.dump(result, file)
    dist.destroy_process_group()
"""


class WorkerError(RuntimeError):
    """A worker that raised, died, or did not finish in time; the message says which one, and what it said."""


def launch(worker, uses=(), processes=2, seconds=30, **arguments):
    """Run worker(**arguments) in several processes at once; a list of what each returned, in the order of their ranks.

    worker: a function from a cell of the notebook; it finds torch, dist (torch.distributed, a process group with the
    backend gloo), nn and F, and which process it is by dist.get_rank(). uses: other functions and
    classes from cells that it needs. processes: at least 1; each takes about 160 MB. seconds: how long each may compute.
    arguments and results: anything that can be pickled; every worker gets all arguments. What a worker prints is shown.
    Raises WorkerError for a worker that raises, dies, or takes too long; ValueError if there is no source to send.
    Whatever happens (an interrupt too), no worker is left when this returns, and none outlives this process.
    """
    return run(script(worker, uses), processes, seconds, **arguments)


def script(worker, uses=()):
    """The text of a script that calls worker: the imports, the sources of `uses` and of worker, the call."""
    return "\n\n".join([HEAD, *(_source(part) + "\n" for part in (*uses, worker)), FOOT.format(name=worker.__name__).lstrip()])


def run(text, processes=2, seconds=30, **arguments):
    """Run a script as script() makes it. Parameters, results and errors as for launch()."""
    if processes < 1 or not seconds > 0:
        raise ValueError(f"processes is {processes} and seconds {seconds}; expected at least 1, and more than 0.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / SCRIPT).write_text(text, encoding="utf-8")
        (folder / "arguments.pickle").write_bytes(pickle.dumps(arguments))
        store, port = _meeting_place()
        workers = []
        try:
            for rank in range(processes):
                workers.append(_started(folder, rank, processes, port, seconds))
            _wait(workers, folder, time.monotonic() + seconds + START_SECONDS)
        finally:  # an error, an interrupt: nothing stays
            for worker in workers:
                worker.kill()
            for worker in workers:
                worker.wait()
                worker.stdin.close()
            del store
        for rank in range(processes):
            for line in _read(folder / f"out_{rank}.txt").splitlines():
                print(f"rank {rank}: {line}")
        return [_result(folder, rank) for rank in range(processes)]


def _source(part):
    """The source of a function or class that stands at the top level of a cell or a file: of this very one, if there are two of a name."""
    part = inspect.unwrap(part)  # a decorator such as @torch.no_grad() wraps it
    members = [part] if inspect.isfunction(part) else [getattr(m, "__func__", m) for m in vars(part).values()]
    codes = [member.__code__ for member in members if inspect.isfunction(member)]
    text = "".join(linecache.getlines(codes[0].co_filename)) if codes else ""
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef) and statement.name == part.__name__:
            first = min([statement, *statement.decorator_list], key=lambda node: node.lineno).lineno
            if first <= codes[0].co_firstlineno <= statement.end_lineno:
                return "\n".join(text.splitlines()[first - 1 : statement.end_lineno])
    raise ValueError(
        f"found no source of {part.__name__!r}; define it with def, or with class and a method, at the left margin of a cell, "
        "and in a cell without %%time or another magic word on top."
    )


def _meeting_place():
    """A store at which the workers find each other, on a free port of this computer that nobody else can reach."""
    from torch.distributed import TCPStore

    try:
        with socket.create_server((HOST, 0)) as probe:  # the store would wait for minutes, and no interrupt reaches it
            socket.create_connection(probe.getsockname(), timeout=REACHED_WITHIN).close()
        listener = socket.create_server((HOST, 0))
    except OSError as error:
        raise WorkerError(
            f"this computer cannot reach itself at {HOST} ({error}), where the workers have to meet; "
            "a firewall or a container may forbid it."
        ) from None
    port = listener.getsockname()[1]
    options = {"wait_for_workers": False, "timeout": datetime.timedelta(seconds=START_SECONDS), "use_libuv": sys.platform != "win32"}
    return TCPStore(HOST, port, is_master=True, master_listen_fd=listener.detach(), **options), port


def _started(folder, rank, processes, port, seconds):
    to_itself = [name for _, name in socket.if_nameindex() if name in ("lo", "lo0")]  # the network card that leads nowhere else
    environment = {
        **os.environ,
        **({"GLOO_SOCKET_IFNAME": to_itself[0]} if to_itself else {}),
        "OMP_NUM_THREADS": "1",
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(processes),
        "MASTER_ADDR": HOST,
        "MASTER_PORT": str(port),
        "TORCHELASTIC_USE_AGENT_STORE": "True",  # the store exists already: it is ours
        "TORCHELASTIC_RESTART_COUNT": "0",
        "PYTHONUTF8": "1",  # else a worker on Windows that prints γ dies
        "PYTHONIOENCODING": "utf-8",
        "USE_LIBUV": "0" if sys.platform == "win32" else "1",  # the wheel for Windows has none
    }
    with (folder / f"out_{rank}.txt").open("w", encoding="utf-8") as out, (folder / f"err_{rank}.txt").open("w", encoding="utf-8") as err:
        command = [sys.executable, "-P", str(Path(__file__).resolve()), str(seconds)]
        # A session of its own: an interrupt of the notebook comes to us alone, and we end the workers.
        return subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=out, stderr=err, start_new_session=True)


def _wait(workers, folder, deadline):
    while None in (codes := [worker.poll() for worker in workers]):
        if any(codes):
            time.sleep(0.2)  # the others fail in turn; who was first can be told
            break
        if time.monotonic() > deadline:
            raise WorkerError(f"{_those(workers, None)} did not even start within {START_SECONDS} s; is the computer very busy?")
        time.sleep(0.02)
    failed = [rank for rank, worker in enumerate(workers) if worker.poll()]
    if failed:
        raise WorkerError(_first_failure(failed, workers, folder))


def _those(workers, code):
    return "rank " + ", ".join(str(rank) for rank, worker in enumerate(workers) if worker.poll() == code)


def _first_failure(failed, workers, folder):
    """In words, what went wrong first: a worker that is stuck, one that died silently, or the first that raised."""
    late = {rank: place for rank in failed if (place := _stuck_at(folder, rank))}
    if late:
        return "not finished in time:\n" + "\n".join(f"  rank {rank} was at {place}" for rank, place in late.items())
    silent = [rank for rank in failed if not (folder / f"error_{rank}.txt").exists()]
    if silent:
        said = _read(folder / f"err_{silent[0]}.txt").strip()
        return f"rank {silent[0]} died with exit code {workers[silent[0]].returncode}, saying: {said[-500:] or 'nothing'}"
    first = min(failed, key=lambda rank: (folder / f"error_{rank}.txt").stat().st_mtime_ns)
    return f"rank {first} stopped with {_read(folder / f'error_{first}.txt')}"


def _stuck_at(folder, rank):
    """The line of the script at which a worker was when its time was up; empty if it was not."""
    said = _read(folder / f"err_{rank}.txt")
    if not said.startswith("Timeout ("):
        return ""
    lines = re.findall(rf'{SCRIPT}", line (\d+) in ([\w<>]+)', said)
    if not lines:
        return "a place outside its script"
    number, function = int(lines[0][0]), lines[0][1]
    return f"line {number}, in {function}: {_read(folder / SCRIPT).splitlines()[number - 1].strip()}"


def _result(folder, rank):
    path = folder / f"result_{rank}.pickle"
    if not path.exists():
        raise WorkerError(f"rank {rank} ended without handing in a result; did it call exit()?")
    return pickle.loads(path.read_bytes())


def _read(path):
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _work(seconds):
    """What a worker process does: run the script in its folder, and end when its time is up or its parent is gone."""
    faulthandler.dump_traceback_later(seconds, exit=True)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    code = 0
    try:
        runpy.run_path(SCRIPT, run_name="__main__")
    except BaseException as error:  # whatever it is, the parent has to hear of it
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == SCRIPT]
        where = f"\n  at line {frames[-1].lineno}, in {frames[-1].name}: {frames[-1].line}" if frames else ""
        Path(f"error_{os.environ['RANK']}.txt").write_text(f"{type(error).__name__}: {error}{where}", encoding="utf-8")
        code = 1
    sys.stdout.flush()
    os._exit(code)  # at once: the clean-up of a broken group of processes may wait for those that are gone


def _end_with_parent():
    """Wait until the other end of our input is closed, which the system does when the parent ends, however it ends."""
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    _work(float(sys.argv[1]))
