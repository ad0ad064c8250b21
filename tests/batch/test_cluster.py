"""A real Dask scheduler and real workers: the same marks as here, also when a worker is killed."""

import contextlib
import signal
import sqlite3
import subprocess
import time

import psutil
import pytest

from tests.batch.classes import GRADE, run, slow_class, stored, table, wait_for
from tests.batch.clusters import cluster, wait_for_workers, worker_in

STUDENTS = 9


def records(root, book):
    """Everything that was found out, but for times."""
    with sqlite3.connect(root / book) as connection:
        found = connection.execute(
            "SELECT student, part_result.part, verdict, part_result.marks_exact, sentence"
            " FROM part_result JOIN attempt ON id = attempt ORDER BY student, position"
        ).fetchall()
    connection.close()
    return found


def test_a_cluster_gives_the_same_marks_and_survives_the_loss_of_a_worker(template, tmp_path):
    root = slow_class(tmp_path / "course", STUDENTS, expected=template)
    here = run(root, "--book", "here.sqlite", "submissions", check=0)
    with cluster(tmp_path, 3) as (address, workers):
        wait_for_workers(address, 3)
        process = subprocess.Popen(
            [GRADE, "--executor", "dask", "--scheduler", address, "submissions"],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_for(lambda: len(stored(root)) >= 2)
        workers[0].send_signal(signal.SIGKILL)
        out, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert stored(root) == dict.fromkeys(stored(root), 1)
    assert len(stored(root)) == STUDENTS
    assert records(root, ".grade/gradebook.sqlite") == records(root, "here.sqlite")
    there = subprocess.CompletedProcess([], 0, out, said)
    assert table(there) == table(here)
    assert (root / "reports/week-1/student003/index.html").is_file()
    time.sleep(1)
    left = [path for n in (1, 2) for path in (tmp_path / f"worker{n}").rglob("grader-*")]
    assert left == []


def test_the_next_worker_removes_what_a_killed_one_has_left(template, tmp_path):
    """Killed with its stations, as a batch system does it, a worker leaves solutions on its disk."""
    root = slow_class(tmp_path / "course", STUDENTS, expected=template)
    with cluster(tmp_path, 1) as (address, (worker,)):
        wait_for_workers(address, 1)
        process = subprocess.Popen(
            [GRADE, "--executor", "dask", "--scheduler", address, "submissions"],
            cwd=root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: len(stored(root)) >= 1)
        # The worker first: it would notice that its stations are gone, and tidy up.
        for one in [worker, *psutil.Process(worker.pid).children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):  # it went with one killed before
                one.kill()
        left = [*tmp_path.glob("worker0/**/solutions/affine.py")]
        assert len(left) == 1
        process.kill()
        process.wait()
        with worker_in(tmp_path / "worker0", tmp_path / "scheduler.json"):
            wait_for(lambda: not left[0].exists())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--executor", "dask"], "--executor dask needs --scheduler ADDRESS"),
        (["--executor", "dask", "--scheduler", "tcp://127.0.0.1:9"], "nobody answers there"),
    ],
)
def test_a_cluster_that_is_not_there_is_told(template, arguments, said):
    done = run(template, "--regrade", *arguments, "submissions", check=2)
    assert said in done.stderr
