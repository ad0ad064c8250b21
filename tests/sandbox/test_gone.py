"""Children that are over: gone before the next submission's files are there, whatever they did."""

import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.model import Verdict, Walls
from grader.sandbox import Sandbox
from grader.sandbox.children import Child
from grader.sandbox.outcomes import JobRun
from grader.sandbox.plain import Plain
from grader.sandbox.servers import Server, Way
from grader.student import frames
from grader.student.frames import Position, RunOrder
from grader.student.wire import Job
from tests.sandbox.jobs import outcomes, sources, task, values

LINGERS = """
import os, time
def f(x):
    os._exit = lambda code: time.sleep(600)
    return float(os.getpid())
"""
CLOSES = "import os\ndef f(x):\n    os.closerange(3, 256)\n    while True: pass"


@pytest.fixture
def reduced() -> Iterator[Sandbox]:
    with Sandbox(walls=Walls.REDUCED) as made:
        try:
            made.level  # noqa: B018  # finds out whether there are such walls
        except SandboxError as error:
            pytest.skip(str(error))
        if made.level.way.bubblewrap:
            pytest.skip("the numbers of processes are others inside")
        yield made


def job(source: str, *, cpu_s: float = 1.0) -> Job:
    return Job(sources=sources({"a.py": source}), tasks=(task((0.0,), cpu_s=cpu_s),))


def has_forked(server: Server) -> None:
    """Wait until a child waits to be taken."""
    while server._asked:
        server._read_reply(frames.NEW)


def test_a_submission_is_read_when_nothing_of_the_one_before_lives(reduced: Sandbox) -> None:
    """A server that is slow to end its child, of the packages of one part alone, is waited for."""
    extra = ("decimal",)
    reduced._run_on(job("def f(x): return x"), extra=extra)
    server = reduced._servers[extra]
    has_forked(server)
    os.kill(server._process.pid, signal.SIGSTOP)
    (outcome,) = reduced._run_on(job(LINGERS), extra=extra)
    (pid,) = values(outcome.tests)
    assert Path(f"/proc/{pid:.0f}").exists()
    threading.Timer(0.2, os.kill, (server._process.pid, signal.SIGCONT)).start()
    reduced.read(sources({"a.py": "def g(): pass"}))
    assert not Path(f"/proc/{pid:.0f}").exists()


def test_a_child_that_has_ended_is_not_taken_for_a_stray() -> None:
    """Where processes can be started, what one child left is ended, and its successor's end kept."""
    server = Server(Way(is_walled=False))
    try:
        server.way = Way()  # as one with walls and without seccomp: the next child may wait
        its_number = job("import os\ndef f(x): return float(os.getpid())")
        order, run = RunOrder(its_number, Position(0, 0)), JobRun(its_number)
        with Child(server, order, cpu_s=1.0):
            has_forked(server)
            os.kill(server._process.pid, signal.SIGSTOP)
        with Child(server, order, cpu_s=1.0) as second:
            while (found := second.receive()) is not None:
                run.take(*found)
            (pid,) = values(run.outcomes()[0].tests)
            while ") Z" not in Path(f"/proc/{pid:.0f}/stat").read_text("ascii"):
                time.sleep(0.01)
            os.kill(server._process.pid, signal.SIGCONT)
            assert second.end().status == 0
    finally:
        server.close()


def test_a_child_that_goes_on_without_its_stream_is_told_so(sandbox: Sandbox) -> None:
    """Nobody hears that memory ran out where a file closed what replies go through."""
    told = "closed the way back to the grader, so that no value could come"
    assert [test.sentence for test in outcomes(sandbox, CLOSES)] == [told, told]


def test_a_child_that_is_killed_hears_of_the_memory(sandbox: Sandbox) -> None:
    """What ended before the grader came is not said to have closed anything."""
    source = "import os, signal\ndef f(x): os.kill(os.getpid(), signal.SIGKILL)"
    first, _ = outcomes(sandbox, source)
    assert first.verdict is Verdict.RAISED
    assert "the machine may have run out of memory" in first.sentence


def test_a_plain_process_that_goes_on_without_its_stream_is_told_so() -> None:
    """As behind walls."""
    with Plain() as plain:
        (found,) = plain.run(job(CLOSES, cpu_s=60.0))
    assert "closed the way back" in found.tests[0].sentence


@pytest.mark.parametrize("ending", ["return x", "os._exit(3)", "os.kill(os.getpid(), 9)"])
def test_an_ordinary_process_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """However it ends: a student's own files would stay in the folder of all."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Plain() as plain:
        plain.run(Job(sources=sources({"a.py": f"import os\ndef f(x): {ending}"}), tasks=(task(),)))
    assert list(tmp_path.iterdir()) == []
