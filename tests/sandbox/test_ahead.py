"""Jobs in a row: the next one has begun while the caller looks at the outcomes of one."""

import time

import pytest

from grader.sandbox import Sandbox
from grader.student.wire import Job
from tests.sandbox.jobs import outcomes, sources, task, values

ENDS = "import os\ndef f(x):\n    if x == 0: os._exit(3)\n    return 7.0"


def job(source: str, *, cpu_s: float = 1.0) -> Job:
    return Job(sources=sources({"a.py": source}), tasks=(task(cpu_s=cpu_s),))


def times(factor: int) -> Job:
    return job(f"def f(x): return {factor} * x")


@pytest.fixture(params=["sandbox", "bare"])
def runner(request: pytest.FixtureRequest) -> Sandbox:
    made: Sandbox = request.getfixturevalue(request.param)
    return made


def test_outcomes_come_in_the_order_of_the_jobs(runner: Sandbox) -> None:
    """Each job has its own outcomes, also where a child ends in the middle of one."""
    jobs = [times(2), job(ENDS), job("def f(x): return x /"), times(3)]
    found = [values(tasks[0].tests) for tasks in runner.run_all(jobs)]
    assert found == [
        [0.0, 2.0],
        ["exited", 7.0],
        ["does not load", "does not load"],
        [0.0, 3.0],
    ]


def test_other_work_between_two_jobs_is_told_from_them(runner: Sandbox) -> None:
    """A caller may read and run something else before it takes the next outcomes."""
    found = runner.run_all([times(2), times(3)])
    assert values(next(found)[0].tests) == [0.0, 2.0]
    assert runner._ahead is not None  # the next one has begun
    assert runner.read(sources({"a.py": "def g(): pass"})).found[0].key == ("g",)
    assert values(outcomes(runner, "def f(x): return 5 * x")) == [0.0, 5.0]
    assert values(next(found)[0].tests) == [0.0, 3.0]
    assert runner._ahead is None


def test_a_caller_that_stops_costs_the_next_one_nothing(runner: Sandbox) -> None:
    """What has begun for nobody is ended by the next job, even if it would never end."""
    found = runner.run_all([times(2), job("while True: pass", cpu_s=60.0)])
    next(found)
    assert values(outcomes(runner, "def f(x): return 5 * x")) == [0.0, 5.0]
    assert runner._ahead is None


def test_the_time_that_the_caller_takes_is_not_the_answers(sandbox: Sandbox) -> None:
    """An answer that waits to be looked at does not run out of time by the clock."""
    found = sandbox.run_all([times(2), job("def f(x): return 3 * x", cpu_s=0.2)])
    next(found)
    time.sleep(1.0)  # longer than the second job may take
    assert values(next(found)[0].tests) == [0.0, 3.0]
