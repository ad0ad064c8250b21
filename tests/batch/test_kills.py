"""Kill -9 at any moment: what was stored stays whole, nothing is left running, the next run goes on."""

import os
import random
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests import tiny
from tests.batch.classes import GRADE, run, slow_class, stored, wait_for

STUDENTS = 20


@pytest.mark.parametrize(
    "kills", [6, pytest.param(200, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]
)
def test_a_killed_run_loses_at_most_what_was_under_way(template, tmp_path, kills):
    root = slow_class(tmp_path, STUDENTS, expected=template)
    moments = random.Random(20261124)
    known = 0
    for kill in range(kills):
        again = ["--regrade"] if known >= STUDENTS else []
        process = subprocess.Popen(
            [GRADE, "--jobs", "2", *again, "submissions"],
            cwd=root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        _wait_for_some_moment(moments, process, root, known)
        family = psutil.Process(process.pid).children(recursive=True) if kill % 5 == 0 else []
        process.send_signal(signal.SIGKILL)
        _, said = process.communicate(timeout=60)
        assert "error" not in said, said
        known = _whole_attempts(root, known)
        _, alive = psutil.wait_procs(family, timeout=30)
        assert not alive, alive
    run(root, "submissions", check=0)
    assert len(stored(root)) == STUDENTS
    assert "20 of 20 unchanged" in run(root, "submissions", check=0).stderr


@pytest.mark.parametrize("walls", [(), ("--walls", "none")], ids=["the best", "none"])
def test_a_killed_judge_leaves_nothing_running_and_nothing_behind(template, tmp_path, walls):
    """Not even where a submission under way would take a minute: its tests sleep until the clock ends them."""
    root = slow_class(tmp_path / "course", 2, expected=template)
    sleeping = "def affine_backward(dy, x, W):\n    import time\n    time.sleep(3600)\n"
    tiny.hand_in(root, "zz", affine=sleeping)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [GRADE, "--jobs", "1", *walls, "submissions"],
        cwd=root,
        env={**os.environ, "TMPDIR": str(scratch)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: len(stored(root)) == 2)
    time.sleep(1)
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive, alive
    wait_for(lambda: not [*scratch.iterdir(), *(root / ".grade/run").iterdir()])
    assert str(tmp_path) not in Path("/proc/mounts").read_text()


def _wait_for_some_moment(moments, process, root, known):
    """Any moment of a run: while it starts, or around the storing of an attempt."""
    if moments.random() < 0.3:
        time.sleep(moments.uniform(0, 1.5))
        return
    for _ in range(300):
        if sum(stored(root).values()) > known or process.poll() is not None:
            break
        time.sleep(0.03)
    time.sleep(moments.uniform(0, 0.4))


def _whole_attempts(root, known):
    """How many attempts there are, each of them whole, none lost that was there before."""
    found = sum(stored(root).values())
    assert found >= known
    if found:
        with sqlite3.connect(root / ".grade/gradebook.sqlite") as book:
            assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            parts = book.execute(
                "SELECT count(part) FROM attempt LEFT JOIN part_result ON attempt = id GROUP BY id"
            ).fetchall()
            assert set(parts) == {(5,)}
            assert book.execute("SELECT count(*) FROM record").fetchone() == (found,)
        book.close()
    return found
