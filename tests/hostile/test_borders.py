"""What can be seen of a server from outside, and what is left when a judge dies."""

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import grader
from grader.model import Walls
from grader.sandbox import Sandbox
from tests.sandbox.jobs import outcomes, values

TRUTH = f"PLANTED-TRUTH-{secrets.token_hex(8)}"
PACKAGE = Path(grader.__file__).parent


@pytest.fixture
def full() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        if sandbox.walls is not Walls.FULL:
            pytest.skip("; ".join(sandbox.level.failures))
        assert values(outcomes(sandbox, "def f(x): return x")) == [0.0, 1.0]
        yield sandbox


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def descendants(pid: int) -> list[int]:
    pids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    children = []
    for other in pids:
        try:
            if parent_of(other) == pid:
                children.append(other)
        except OSError:
            continue
    return [found for child in children for found in (child, *descendants(child))]


def inside(sandbox: Sandbox) -> int:
    """The server proper: the innermost process of bubblewrap."""
    (server,) = sandbox._servers.values()
    return descendants(server._process.pid)[-1]


def test_the_visible_files_are_libraries_and_the_students_side(full: Sandbox) -> None:
    root = Path(f"/proc/{inside(full)}/root")
    try:
        top = sorted(entry.name for entry in root.iterdir())
    except PermissionError:
        pytest.skip("only root may look into another root folder")
    allowed = {"bin", "dev", "etc", "lib", "lib32", "lib64", "proc", "scratch", "usr"}
    beyond = {Path(path).parts[1] for path in (str(PACKAGE), sys.prefix, sys.base_prefix)}
    assert set(top) <= allowed | beyond
    shown = root / PACKAGE.relative_to("/")
    assert sorted(entry.name for entry in shown.iterdir()) == ["__init__.py", "student"]
    beside = sorted(entry.name for entry in shown.parent.iterdir())
    assert "solutions" not in beside
    assert "problems" not in beside
    assert list((root / "scratch").iterdir()) == []


def test_the_truth_is_nowhere_in_the_servers_memory(
    full: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANTED", TRUTH)
    with Sandbox() as fresh:
        outcomes(fresh, "def f(x): return x")
        pid = inside(fresh)
        try:
            memory = open(f"/proc/{pid}/mem", "rb", 0)  # noqa: SIM115, PTH123  # closed below
        except PermissionError:
            pytest.skip("only root may read the memory of a server")
        with memory:
            assert not any(TRUTH.encode() in piece for piece in _pieces(pid, memory))


def _pieces(pid: int, memory: object) -> Iterator[bytes]:
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
        if match:
            low, high = (int(number, 16) for number in match.groups())
            memory.seek(low)  # type: ignore[attr-defined]  # a raw file
            yield memory.read(high - low)  # type: ignore[attr-defined]  # as above


JUDGE = """
import sys
sys.path.insert(0, sys.argv[1])
from grader.model import Walls
from grader.sandbox import Sandbox
from tests.sandbox.jobs import outcomes, task
sandbox = Sandbox(walls=Walls(sys.argv[2]))
outcomes(sandbox, "def f(x): return x")
print("ready", flush=True)
outcomes(sandbox, "def f(x):\\n    while True: pass", task(cpu_s=60))
"""


@pytest.mark.parametrize("walls", [Walls.FULL, Walls.REDUCED, Walls.NONE])
def test_a_judge_that_is_killed_leaves_no_process(walls: Walls, tmp_path: Path) -> None:
    here = str(Path(__file__).parent.parent.parent)
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    judge = subprocess.Popen(
        [sys.executable, "-c", JUDGE, here, walls],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    with judge:
        assert judge.stdout is not None
        if judge.stdout.readline() != b"ready\n":
            pytest.skip("there are no such walls here")
        ours = descendants(judge.pid)
        judge.send_signal(signal.SIGKILL)
    assert _gone(ours)
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith("grader-")] == []


def _gone(pids: list[int]) -> bool:
    """Wait until processes have ended; how long that takes is not what is tested."""
    for _ in range(600):
        left = [pid for pid in pids if _is_running(pid)]
        if not left:
            return True
        time.sleep(0.05)
    return False


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
