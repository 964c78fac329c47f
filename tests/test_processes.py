"""Worker processes hand in their results, and none is left, whatever happens."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import torch
import torch.distributed as dist

from helpers import processes

ROOT = Path(__file__).resolve().parent.parent
SLEEP = "import time\ntime.sleep(60)\n"
IN_RANK = "import os, time\nrank = int(os.environ['RANK'])\n"


@pytest.fixture
def started(monkeypatch):
    """The worker processes that a test starts."""
    workers, popen = [], subprocess.Popen

    def remember(*args, **kwargs):
        workers.append(popen(*args, **kwargs))
        return workers[-1]

    monkeypatch.setattr(processes.subprocess, "Popen", remember)
    yield workers
    assert workers and all(worker.poll() is not None for worker in workers), "a worker is left"


class Doubler:
    factor = 2

    def double(self, x):
        return self.factor * x


def add_up(x):
    rank = dist.get_rank()
    total = Doubler().double(x[rank])
    dist.all_reduce(total)
    print("total", total.item())
    return {"rank": rank, "of": dist.get_world_size(), "total": total, "threads": torch.get_num_threads()}


def test_two_workers_talk_and_hand_in_their_results(started, capsys):
    results = processes.launch(add_up, uses=[Doubler], x=torch.tensor([1.0, 4.0]))
    assert [result["rank"] for result in results] == [0, 1]
    assert all(result["total"] == 10 and result["of"] == 2 and result["threads"] == 1 for result in results)
    assert capsys.readouterr().out == "rank 0: total 10.0\nrank 1: total 10.0\n"


def test_the_same_script_runs_under_torchrun(tmp_path):
    (tmp_path / "script.py").write_text(processes.script(add_up, uses=[Doubler]))
    (tmp_path / "arguments.pickle").write_bytes(processes.pickle.dumps({"x": torch.tensor([1.0, 4.0])}))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "script.py"]
    torchrun = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _, said = torchrun.communicate(timeout=100)
    finally:
        torchrun.terminate()  # it ends its workers
        torchrun.wait()
    assert torchrun.returncode == 0, said
    results = [processes.pickle.loads((tmp_path / f"result_{rank}.pickle").read_bytes()) for rank in range(2)]
    assert [result["total"].item() for result in results] == [10, 10]


def test_a_worker_that_raises_is_named_and_the_others_are_ended(started):
    start = time.monotonic()
    with pytest.raises(processes.WorkerError, match=r"rank 1 stopped with ValueError: no such shard\n  at line 4, in <module>: raise"):
        processes.run(IN_RANK + "time.sleep(60 * (rank == 0))\nraise ValueError('no such shard')")
    assert time.monotonic() - start < 20


def test_a_worker_that_dies_silently_is_named(started):
    with pytest.raises(processes.WorkerError, match="rank 0 died with exit code -9, saying: nothing"):
        processes.run(IN_RANK + "time.sleep(60 * (rank == 1))\nos.kill(os.getpid(), 9)")


def test_a_worker_that_hangs_is_named_with_the_line(started):
    with pytest.raises(processes.WorkerError, match=r"not finished in time:\n  rank 1 was at line 3, in <module>: time.sleep"):
        processes.run(IN_RANK + "time.sleep(60 * rank)\nopen(f'result_{rank}.pickle', 'w')", seconds=1)


def test_a_worker_without_a_result_is_named(started):
    with pytest.raises(processes.WorkerError, match="rank 0 ended without handing in a result"):
        processes.run("pass", processes=1)


def test_what_cannot_be_pickled_is_an_error_of_its_worker(started):
    text = "import pickle\nwith open('result_0.pickle', 'wb') as file:\n    pickle.dump(lambda: 0, file)\n"
    with pytest.raises(processes.WorkerError, match="rank 0 stopped with .*pickle"):
        processes.run(text, processes=1)


def test_an_interrupt_ends_the_workers(started):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores interrupts
    threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            processes.run(SLEEP)
    finally:
        signal.signal(signal.SIGINT, before)


def test_workers_end_when_their_parent_is_killed(tmp_path):
    code = "import time; open('alive_' + __import__('os').environ['RANK'], 'w').write(str(__import__('os').getpid())); time.sleep(60)"
    command = f"from helpers import processes; processes.run({code.replace('alive_', str(tmp_path) + '/alive_')!r})"
    parent = subprocess.Popen([sys.executable, "-c", command], cwd=ROOT)
    try:
        pids = wait_for(lambda: [int(text) for path in tmp_path.glob("alive_*") if (text := path.read_text())], 2)
    finally:
        parent.kill()
        parent.wait()
    wait_for(lambda: [pid for pid in pids if not is_running(pid)], 2)


def wait_for(find, count, seconds=60):
    """What find() returns once it has `count` elements."""
    deadline = time.monotonic() + seconds
    while len(found := find()) < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def is_running(pid):
    """Whether a process is there and is more than an entry that nobody has collected."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


def test_source_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="found no source of '<lambda>'"):
        processes.script(lambda: 0)
    space = {}
    exec("def nowhere():\n    return 0", space)
    with pytest.raises(ValueError, match="found no source of 'nowhere'"):
        processes.script(space["nowhere"])


def test_wrong_numbers_are_refused():
    with pytest.raises(ValueError, match="processes is 0"):
        processes.run("pass", processes=0)
    with pytest.raises(ValueError, match="seconds 0"):
        processes.run("pass", seconds=0)


def written(tmp_path, text, name="worker"):
    """A function from a file, as a cell of a notebook defines it."""
    file = tmp_path / "cell.py"
    file.write_text(text, encoding="utf-8")
    namespace = {"torch": torch}
    exec(compile(text, str(file), "exec"), namespace)
    return namespace[name]


def test_of_two_functions_with_one_name_the_second_is_sent(tmp_path, started):
    worker = written(tmp_path, "def worker():\n    return 'first'\n\n\ndef worker():\n    return 'second'\n")
    assert processes.launch(worker, processes=1) == ["second"]


def test_a_decorated_function_is_sent_with_its_decorator(tmp_path, started):
    worker = written(tmp_path, "@torch.no_grad()\ndef worker():\n    return torch.ones(1, requires_grad=True).mul(2).requires_grad\n")
    assert processes.launch(worker, processes=1) == [False]


def test_a_function_without_a_source_is_refused_with_what_to_do():
    namespace = {}
    exec("def worker():\n    return 1", namespace)
    with pytest.raises(ValueError, match="found no source of 'worker'.*without %%time"):
        processes.launch(namespace["worker"])


def test_a_worker_may_print_any_letter_whatever_the_computer_speaks(tmp_path, started, capsys, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    monkeypatch.setenv("LC_ALL", "C")
    worker = written(tmp_path, "def worker():\n    print('γ = 1, 缩放')\n")
    processes.launch(worker, processes=1)
    assert capsys.readouterr().out == "rank 0: γ = 1, 缩放\n"


@pytest.mark.parametrize("error", [TimeoutError("timed out"), ConnectionRefusedError("refused"), OSError("unreachable")])
def test_a_computer_that_cannot_reach_itself_says_so_at_once(monkeypatch, error):
    def unreachable(*_, **options):
        assert options["timeout"] <= 10
        raise error

    monkeypatch.setattr(processes.socket, "create_connection", unreachable)
    with pytest.raises(processes.WorkerError, match=f"cannot reach itself at 127.0.0.1 .{error}"):
        processes.run("", processes=1, seconds=1)


def test_an_address_that_is_not_this_computers_says_so_at_once(monkeypatch):
    monkeypatch.setattr(processes, "HOST", "192.0.2.1")
    with pytest.raises(processes.WorkerError, match="cannot reach itself at 192.0.2.1"):
        processes.run("", processes=1, seconds=1)
