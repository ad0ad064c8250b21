"""What replies may cost the judge, whoever wrote them."""

import tracemalloc

import msgspec
import pytest

from grader.sandbox import outcomes
from grader.sandbox.children import End
from grader.sandbox.outcomes import JobRun
from grader.student import frames, wire
from grader.student.packing import pack
from grader.student.wire import CaseReply, Job, Progress, Raised, Returned
from tests.sandbox.jobs import formula_task, sources, task

encode = msgspec.msgpack.encode
RAISED = Raised(reason="exception", message="")


def begun(files, *, tests=1):
    run = JobRun(Job(sources=sources(files), tasks=(task((0.0,) * tests),)))
    run.begin()
    return run


def replied(run, test, case):
    run.take(frames.PROGRESS, encode(Progress(task=0, test=test)))
    run.take(frames.TEST, encode(wire.TestReply(task=0, test=test, cases=(case,))))


def test_lines_of_a_giant_file_are_not_all_taken_apart():
    """A student's code can write forty places of a file that nobody loads into its last words."""
    source = b"\n" * 2**20 + b"x = 1\n"
    run = begun({"a.py": "x = 2", "big.py": source})
    lines = ((1, "a.py"), (0, "a.py"), (5, "big.py"), (2**20 + 1, "big.py"))
    trace = "".join(f'  File "{file}", line {line} in f\n' for line, file in lines).encode()
    tracemalloc.start()
    run.end(End(status=-11, trace=trace))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert run.outcomes()[0].tests[0].traceback == (
        "line 1 of a.py, `x = 2`",
        "line 0 of a.py",
        "line 5 of big.py",
        f"line {2**20 + 1} of big.py",
    )
    assert peak < 2 * len(source)


def test_remarks_are_as_many_as_somebody_reads():
    run = begun({"a.py": ""})
    remarks = tuple(f"{number} " + "x" * 5000 for number in range(1000))
    replied(run, 0, CaseReply(result=RAISED, remarks=remarks))
    kept = run.outcomes()[0].tests[0].remarks
    assert (len(kept), max(map(len, kept))) == (20, 600)


def test_all_replies_together_have_a_bound(monkeypatch: pytest.MonkeyPatch):
    """The judge holds all values of a problem at once; each test could fill its own share."""
    monkeypatch.setattr(outcomes, "MAX_REPLIES", 5000)
    run = begun({"a.py": ""}, tests=4)
    for test, size in enumerate((2000, 2000, 2000, 0)):
        replied(run, test, CaseReply(result=Returned(value=pack("x" * size))))
    tests = run.outcomes()[0].tests
    assert [test.reason for test in tests] == ["", "", "returned too much", "returned too much"]
    assert "all tests of a problem may return 5,000 bytes" in tests[2].sentence
    assert tests[2].cases == ()


def test_small_items_count_for_what_they_take_here(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(outcomes, "MAX_REPLIES", 50_000)
    run = begun({"a.py": ""}, tests=2)
    for test in range(2):
        replied(run, test, CaseReply(result=Returned(value=pack((True,) * 200))))
    assert [test.reason for test in run.outcomes()[0].tests] == ["", "returned too much"]


@pytest.mark.parametrize(("replies", "is_taken"), [(1, True), (2, False)])
def test_a_formula_is_read_once_in_each_child(replies, is_taken):
    """A thread that a function left behind could send readings until the deadline."""
    asked = formula_task("x", signature="f(x) -> y", inputs=(1.0,), notation=wire.Notation())
    run = JobRun(Job(sources=sources({}), tasks=(asked,)))
    for _ in range(2):
        run.begin()
        run.take(frames.PROGRESS, encode(Progress(task=0, test=0)))
        for _ in range(replies):
            run.take(frames.FORMULA, encode(wire.FormulaReply(task=0, output=0, tree=b"")))
        assert run.is_spoiled is not is_taken


def test_a_reading_of_megabytes_is_no_reading():
    asked = formula_task("x", signature="f(x) -> y", inputs=(1.0,), notation=wire.Notation())
    run = JobRun(Job(sources=sources({}), tasks=(asked,)))
    run.begin()
    run.take(frames.PROGRESS, encode(Progress(task=0, test=0)))
    run.take(frames.FORMULA, encode(wire.FormulaReply(task=0, output=0, tree=bytes(2**21))))
    assert run.is_spoiled
