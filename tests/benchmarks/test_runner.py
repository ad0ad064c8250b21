"""What running students' code costs: the floor, ours behind each kind of walls, the naive way.

Printed and not judged, but for bounds so wide that only a real fault breaks them. All figures of one
table come from one run, taken in turns, because machines are never quiet.
"""

# ruff: noqa: T201  # figures are for people to read

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from grader.errors import SandboxError
from grader.model import Walls
from grader.sandbox import Sandbox
from grader.student.wire import Job
from tests.sandbox.jobs import sources, task, values

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]

SOURCE = "import numpy as np\n\n\ndef f(x):\n    return float(2 * np.asarray(x).sum())\n"
JOB = Job(sources=sources({"a.py": SOURCE}), tasks=(task(),))
ROUNDS, PER_ROUND, NAIVE_PER_ROUND = 7, 40, 3

# A warm process forks; the child runs the student's code and ends: nothing can be cheaper.
FLOOR = f"""
import gc, os, sys
import numpy, numpy.random, numpy.linalg, numpy.fft
gc.collect(); gc.freeze(); gc.disable()
source = {SOURCE!r}
for line in sys.stdin:
    for _ in range(int(line)):
        pid = os.fork()
        if pid == 0:
            space = {{}}
            exec(compile(source, "a.py", "exec"), space)
            space["f"](0.0), space["f"](1.0)
            os._exit(0)
        os.waitpid(pid, 0)
    print("done", flush=True)
"""
NAIVE = SOURCE + "\nf(0.0), f(1.0)\n"
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Way(msgspec.Struct):
    """One way to run the job so many times, and the milliseconds a job took in each round.

    Attributes:
        worker: the process that does the work, beside this one; it reaps what it forks.
    """

    name: str
    run: Callable[[int], None]
    worker: int
    wall: list[float] = []
    cpu: list[float] = []

    def measure(self, count: int) -> None:
        began, used = time.perf_counter(), self._used()
        self.run(count)
        self.wall.append((time.perf_counter() - began) / count * 1000)
        self.cpu.append((self._used() - used) / count * 1000)

    @property
    def typical(self) -> tuple[float, float]:
        """Milliseconds by the clock, and of CPU, whose clock ticks slowly: of it the sum tells."""
        return statistics.median(self.wall), statistics.mean(self.cpu)

    def _used(self) -> float:
        """CPU seconds of the worker, of this process, and of all that they have reaped."""
        fields = Path(f"/proc/{self.worker}/stat").read_text().rpartition(")")[2].split()
        theirs = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
        return theirs if self.worker == os.getpid() else theirs + time.process_time()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def floor(stack: ExitStack) -> Way:
    process = stack.enter_context(
        subprocess.Popen(
            [sys.executable, "-c", FLOOR],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | THREADS,
            text=True,
        )
    )

    def run(count: int) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        print(count, file=process.stdin, flush=True)
        assert process.stdout.readline() == "done\n"

    run(5)
    return Way("floor: fork, the code, reap", run, process.pid)


def ours(stack: ExitStack, walls: Walls) -> Way | None:
    sandbox = stack.enter_context(Sandbox(walls=walls))
    try:
        assert values(sandbox.run(JOB)[0].tests) == [0.0, 2.0]
    except SandboxError:
        return None

    def run(count: int) -> None:
        for _ in range(count):
            sandbox.run(JOB)

    run(20)
    return Way(f"ours, walls {walls}", run, _server(sandbox))


def naive(_: ExitStack) -> Way:
    def run(count: int) -> None:
        for _ in range(count):
            subprocess.run([sys.executable, "-c", NAIVE], check=True, env=os.environ | THREADS)

    return Way("naive: a fresh interpreter", run, os.getpid())


def test_cost_of_a_job(stack: ExitStack) -> None:
    made = [floor(stack), *(ours(stack, walls) for walls in reversed(Walls)), naive(stack)]
    ways = [way for way in made if way is not None]
    for _ in range(ROUNDS):
        for way in ways:
            way.measure(NAIVE_PER_ROUND if way is ways[-1] else PER_ROUND)
    floor_wall, floor_cpu = ways[0].typical
    print("\nmilliseconds a job (two tests)   best   median   x floor      CPU   x floor")
    for way in ways:
        wall, cpu = way.typical
        print(
            f"{way.name:<30}{min(way.wall):7.2f}{wall:9.2f}{wall / floor_wall:8.1f}"
            f"{cpu:11.2f}{cpu / floor_cpu:8.1f}"
        )
    assert min(ways[-2].cpu) < min(ways[-1].cpu)


def test_start_up() -> None:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        with Sandbox() as sandbox:
            constructed = time.perf_counter() - began
            walls = sandbox.walls
            times.append((constructed * 1000, (time.perf_counter() - began) * 1000))
    bare, ready = (min(column) for column in zip(*times, strict=True))
    print(f"\nstart-up, walls {walls}: constructed after {bare:.1f} ms, known after {ready:.0f} ms")


@pytest.mark.parametrize("workers", [1, 2])
def test_throughput(stack: ExitStack, workers: int) -> None:
    """Jobs a second with one server for each worker."""
    sandboxes = [stack.enter_context(Sandbox()) for _ in range(workers)]
    for sandbox in sandboxes:
        sandbox.run(JOB)

    def work(sandbox: Sandbox) -> None:
        for _ in range(200):
            sandbox.run(JOB)

    began = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, sandboxes))
    rate = workers * 200 / (time.perf_counter() - began)
    print(f"\n{workers} server(s): {rate:.0f} jobs a second")


# What each wall adds to a fork of a small process that has the walls ready.
WALLS = """
import os, sys, time
from grader.sandbox.places import places
from grader.student import walls as w

made = w.Walls(places(with_torch=False).readable())
parts = {
    "nothing": lambda: None,
    "capabilities": made._drop_capabilities,
    "Landlock": lambda: (made._libc.prctl(38, 1, 0, 0, 0),
                         made._libc.syscall(446, made._ruleset, 0)),
    "seccomp": lambda: close_filter(),
    "all": lambda: made.close_around_me(),
}

def close_filter():
    ruleset, made._ruleset = made._ruleset, -1
    made.close_around_me()

best = dict.fromkeys(parts, 1e9)
for _ in range(15):
    for name, part in parts.items():
        began = time.perf_counter()
        for _ in range(20):
            pid = os.fork()
            if pid == 0:
                part()
                os._exit(0)
            os.waitpid(pid, 0)
        best[name] = min(best[name], (time.perf_counter() - began) / 20 * 1e6)
for name, cost in best.items():
    print(f"{name:<14} {cost - best['nothing']:+8.0f} us")
"""


def test_cost_of_each_wall() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WALLS], check=True, capture_output=True, env=os.environ | THREADS
    )
    print("\nadded to a fork by\n" + done.stdout.decode())


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="looks into /proc")
def test_memory(stack: ExitStack) -> None:
    """What judge, server and child hold: all, with a share of what is shared, and alone."""
    sandbox = stack.enter_context(Sandbox())
    waits = f"import time\n{SOURCE.replace('return', 'time.sleep(0.5); return')}"
    next(sandbox.run_all([JOB, Job(sources=sources({"a.py": waits}), tasks=(task(),))]))
    time.sleep(0.25)  # the second job is at work now
    server = _server(sandbox)
    child, waiting = sorted(_children(server))
    print("\nMiB                         resident  proportional   private")
    for name, pid in zip(
        ("judge", "server", "child at work", "child that waits"),
        (os.getpid(), server, child, waiting),
        strict=True,
    ):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
        kib = {line.split(":")[0]: int(line.split()[1]) for line in lines}
        own = kib["Private_Clean"] + kib["Private_Dirty"]
        print(f"{name:<24}{kib['Rss'] / 1024:12.1f}{kib['Pss'] / 1024:14.1f}{own / 1024:10.1f}")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
def test_soak() -> None:
    """Ten thousand jobs: descriptors, zombies and memory do not grow."""
    with Sandbox() as sandbox:
        for _ in range(200):
            sandbox.run(JOB)
        server = _server(sandbox)
        before = _figures(server), _figures(os.getpid())
        began = time.perf_counter()
        for _ in range(10_000):
            sandbox.run(JOB)
        spent = time.perf_counter() - began
        after = _figures(server), _figures(os.getpid())
    print(f"\n10,000 jobs in {spent:.0f} s")
    for who, old, new in zip(("server", "judge"), before, after, strict=True):
        print(f"{who}: {old} -> {new}")
        assert new.descriptors == old.descriptors
        assert new.children <= old.children + 1  # the last one may be on its way out
        assert new.memory_mib <= old.memory_mib + 8


class Figures(msgspec.Struct):
    """What a process holds."""

    descriptors: int
    children: int
    memory_mib: float


def _figures(pid: int) -> Figures:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return Figures(
        descriptors=len(list(Path(f"/proc/{pid}/fd").iterdir())),
        children=len(_children(pid)),
        memory_mib=round(int(resident.split()[1]) / 1024, 1),
    )


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _server(sandbox: Sandbox) -> int:
    """The process that forks: what was started, or inside bubblewrap its grandchild."""
    (server,) = sandbox._servers.values()
    pid = server._process.pid
    for _ in range(2 if server.way.bubblewrap else 0):
        (pid,) = _children(pid)
    return pid
