"""What a class costs: per student, by stage, against the floor, at growing sizes.

`make bench` prints the table. GRADE_BENCH_SIZES="50,200" chooses other sizes than 50, 200, 1000.
"""

# ruff: noqa: T201  # figures are for people to read

import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from functools import partial
from itertools import pairwise

import msgspec
import psutil
import pytest

from grader.batch.cluster import DaskCrew
from grader.batch.crew import LocalCrew
from grader.batch.gather import gather
from grader.batch.prints import Prints
from grader.batch.run import Choices, ClassRun
from grader.batch.setup import setup_for
from grader.course import find_course
from grader.gradebook import Gradebook
from grader.grading import grade, prepare
from grader.model import encode
from grader.sandbox import Sandbox
from grader.submission import take_submission
from tests.batch.clusters import cluster, wait_for_workers
from tests.benchmarks.classes import kind_of, write_class

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(7200)]
SIZES = tuple(map(int, os.environ.get("GRADE_BENCH_SIZES", "50,200,1000").split(",")))
JOBS = (1, 2)
SAMPLE = 12  # submissions whose floor is measured


@pytest.fixture(scope="module")
def largest(tmp_path_factory):
    return write_class(tmp_path_factory.mktemp("class"), max(SIZES))


@pytest.fixture(scope="module")
def course(largest):
    return find_course(given=largest, near=largest)


@pytest.fixture(scope="module")
def grading(course):
    assignment = course.assignment()
    slugs = [problem.slug for problem in assignment.problems]
    return prepare(
        assignment,
        public={slug: course.problem_file(slug) for slug in slugs},
        private={slug: course.solution_file(slug) for slug in slugs},
        cache=course.private / "expected",
    )


class Recording(Sandbox):
    """A sandbox that keeps the jobs it is given."""

    def run_all(self, jobs):
        self.jobs = tuple(jobs)
        return super().run_all(self.jobs)


@pytest.fixture(scope="module")
def floor(course, grading, tmp_path_factory):
    """Seconds per student of a fork and the student's own code, by kind of student."""
    folder = tmp_path_factory.mktemp("floor")
    found = {}
    for number in range(SAMPLE):
        submission = take_submission(course.submissions / f"s{number:04d}")
        if kind_of(number) == "hanging":
            continue
        with Recording() as sandbox:
            grade(submission, grading, sandbox)
        file = folder / f"{number}.msgpack"
        file.write_bytes(msgspec.msgpack.encode(sandbox.jobs))
        done = subprocess.run(
            [sys.executable, "tests/benchmarks/floor.py", file],
            check=True,
            capture_output=True,
            text=True,
        )
        found.setdefault(kind_of(number), []).append(sum(map(float, done.stdout.split())))
    return {kind: statistics.median(seconds) for kind, seconds in found.items()}


def measured(course, grading, folder, size, start):
    """Grade the first `size` students; figures by name.

    `start` gives the crew for a setup, as bytes.
    """
    reports = folder / "reports"
    entries = gather([course.submissions], is_class=lambda _: True)[:size]
    stages, kinds, peaks = Counter(), {}, []
    choices = Choices(reports=reports)
    with Gradebook(folder / "book", is_writer=True) as book:
        run = ClassRun(entries, Prints(grading), book, choices)
        began, memory = time.perf_counter(), _memory_mib()
        todo = run.to_grade()
        setup = setup_for(course, grading, walls=None, reports=str(reports))
        crew = start(encode(setup))
        walls = crew.ready().walls
        started = time.perf_counter()
        cpu = time.process_time()
        for event in run.events(todo, crew):
            assert event.is_complete, event.trouble
            stages["grade"] += event.stages.grade
            stages["render"] += event.stages.render
            stages["pack"] += event.stages.pack
            kinds.setdefault(kind_of(int(event.student[1:])), []).append(event.seconds)
            peaks.append(event.peak_mib)
        graded = time.perf_counter()
        stages["judge"] = time.process_time() - cpu
        crew.close()
        again = ClassRun(entries, Prints(grading), book, choices)
        assert again.to_grade() == ()
        unchanged = time.perf_counter() - graded
    return {
        "size": size,
        "jobs": crew.size,
        "walls": walls,
        "start": started - began,
        "seconds": graded - started,
        "each": (graded - started) / size,
        "unchanged": unchanged,
        "judge_mib": _memory_mib() - memory,
        "station_mib": max(peaks),
        "stages": stages,
        "kinds": {kind: statistics.median(seconds) for kind, seconds in kinds.items()},
    }


def _memory_mib():
    return psutil.Process().memory_info().rss / 2**20


@pytest.mark.parametrize("jobs", JOBS)
def test_the_cost_of_a_student_does_not_grow_with_the_class(course, grading, floor, tmp_path, jobs):
    print(f"\nfloor, seconds per student: {said(floor)}")
    rows = []
    for size in SIZES:
        folder = tmp_path / str(size)
        folder.mkdir()
        start = partial(LocalCrew, jobs=jobs, scratch=folder / "scratch")
        rows.append(measured(course, grading, folder, size, start))
        show(rows[-1])
    for smaller, larger in pairwise(rows):  # of few, the ones that hang take a larger share
        assert larger["each"] <= 1.5 * smaller["each"]
        assert larger["station_mib"] <= 1.5 * smaller["station_mib"]


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_cost_of_a_student_on_a_cluster(course, grading, tmp_path, workers):
    """Worker processes of this machine: more of them than it has cores can not be faster."""
    with cluster(tmp_path, workers) as (address, _):
        wait_for_workers(address, workers)
        row = measured(course, grading, tmp_path, min(SIZES), partial(DaskCrew, address=address))
    print("\nover Dask: ", end="")
    show(row)


def show(row):
    total = sum(row["stages"].values())
    shares = {name: f"{100 * value / total:.0f} %" for name, value in row["stages"].items()}
    print(
        f"{row['size']} students, {row['jobs']} workers, walls {row['walls']}:"
        f" {row['seconds']:.1f} s, {row['each']:.3f} s each,"
        f" {1 / row['each']:.2f} a second; started in {row['start']:.1f} s;"
        f" again, nothing changed: {row['unchanged']:.2f} s;"
        f" judge {row['judge_mib']:+.0f} MiB, station at most {row['station_mib']:.0f} MiB;"
        f" time by stage {said(shares)}; median by kind {said(row['kinds'])}"
    )


def said(figures):
    return ", ".join(
        f"{name} {value:.3f}" if isinstance(value, float) else f"{name} {value}"
        for name, value in figures.items()
    )
