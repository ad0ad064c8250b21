"""What came back from running answers, and how a child's end becomes an outcome.

Every reply is decoded strictly and held against what was asked: order, counts, sizes, texts. What
does not fit costs the test in progress and nothing else.
"""

import io
import re
import signal
from collections.abc import Mapping
from itertools import islice
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from grader.model import Record, Verdict
from grader.sandbox.bounding import MAX_LINES, MAX_REMARKS, bounded_case, bounded_formula
from grader.sandbox.children import End
from grader.student import frames
from grader.student.frames import WALL_FACTOR, Position
from grader.student.packing import WireError, unpack
from grader.student.wire import (
    CaseReply,
    FormulaReply,
    Frame,
    Job,
    Progress,
    Raised,
    Returned,
    Task,
    TestReply,
)

MAX_TIMEOUTS = 2
"""After so many timeouts in one part its remaining tests are skipped."""
MAX_REPLIES = 16 * frames.MAX_REPLY
"""The bytes that all replies to one job may take here: the judge has them in memory at once."""
_UNUSABLE = -1
_ITEM_BYTES = 200  # what the smallest value takes, whose name on the wire is short
OUT_OF_CLOCK = "timed out by the clock"
"""The reason of a timeout for which other work on the machine may be to blame."""
_MAX_FORMULA = 2**20
_LAST_QUOTED = 20_000
"""A line further down is named and not looked up: nobody writes that much by hand."""
_WHERE = re.compile(r'  File "([^"\n]{1,500})", line (\d{1,9}) in ')
_NO_SIGNAL = 10_000


def _status(name: str) -> int:
    """What a process ends with that a signal ends; nothing does where there is no such signal."""
    return -getattr(signal, name, _NO_SIGNAL)


_SIGNALS = {one.name: -one.value for one in signal.Signals}  # few of them on Windows
_DEADLINE_SIGNALS = frozenset({_SIGNALS.get("SIGPROF"), _SIGNALS.get("SIGXCPU")})
_CRASHES = {
    _SIGNALS.get("SIGSEGV"): "a segmentation fault, often a recursion without an end",
    _SIGNALS.get("SIGBUS"): "a bus error",
    _SIGNALS.get("SIGABRT"): "an abort",
    _SIGNALS.get("SIGFPE"): "an arithmetic fault",
    _SIGNALS.get("SIGILL"): "an illegal instruction",
}
_Reply = TypeVar("_Reply")


class TestOutcome(Record, frozen=True, kw_only=True):
    """How one test ran.

    Attributes:
        verdict: PASSED when it ran to its end, whatever the values; a case may still hold an
            exception. Else TIMED_OUT, OUT_OF_MEMORY, RAISED, SKIPPED or FAILED_TO_GRADE.
        reason, sentence: why it did not run to its end, or "".
        cases: the reply of each case, empty unless it ran to its end.
        traceback: lines in the student's own files, of the first case that raised.
        printed, remarks: over all cases.
        cpu_s: the CPU seconds that it took. A student's code could set the child's clock, and they
            decide on nothing: they are for statistics.
    """

    verdict: Verdict
    reason: str = ""
    sentence: str = ""
    cases: tuple[CaseReply, ...] = ()
    traceback: tuple[str, ...] = ()
    printed: str = ""
    remarks: tuple[str, ...] = ()
    cpu_s: float = 0.0


class TaskOutcome(Record, frozen=True, kw_only=True):
    """How one answer was read (formulas only) and how each of its tests ran."""

    formulas: tuple[FormulaReply, ...]
    tests: tuple[TestOutcome, ...]


class JobRun:
    """The outcomes of a job as they arrive, over as many children as it takes.

    Attributes:
        position: the test to go on with, or None when all have an outcome.
        is_spoiled: the child has sent what is no answer, and must be ended.
        has_begun: the child has announced its first test.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._sources = {source.path: source.data for source in job.sources}
        self._tests: dict[tuple[int, int], TestOutcome] = {}
        self._formulas: dict[tuple[int, int], FormulaReply] = {}
        self.position = self._next_from(Position(0, 0))
        self.is_spoiled = self.has_begun = False
        self._is_running = False
        self._spent_s = 0.0
        self._room = MAX_REPLIES
        self._read: set[tuple[int, int]] = set()

    def outcomes(self) -> tuple[TaskOutcome, ...]:
        """One per task, once all tests have an outcome."""
        return tuple(
            TaskOutcome(
                formulas=tuple(f for (t, _), f in sorted(self._formulas.items()) if t == number),
                tests=tuple(self._tests[number, test] for test in range(len(task.tests))),
            )
            for number, task in enumerate(self._job.tasks)
        )

    def begin(self) -> None:
        """A new child starts at `position`."""
        self.is_spoiled = self._is_running = self.has_begun = False
        self._spent_s = 0.0
        self._read.clear()

    def take(self, kind: bytes, payload: bytes) -> None:
        """Take one frame of the child."""
        taken = {
            frames.PROGRESS: self._take_progress,
            frames.TEST: self._take_test,
            frames.FORMULA: self._take_formula,
        }.get(kind)
        self.is_spoiled = taken is None or not taken(payload)

    def end(self, ended: End) -> None:
        """The child is gone: what it was doing gets an outcome, and `position` moves behind it."""
        if self.position is None:
            return
        task = self._job.tasks[self.position.task]
        outcome = _ended_outcome(ended, task, self._sources, is_spoiled=self.is_spoiled)
        self._close(replace(outcome, cpu_s=max(0.0, ended.cpu_s - self._spent_s)))
        self._skip_after_timeouts()

    def fail(self, sentence: str) -> None:
        """Our own machinery failed: the tests without an outcome are not decided."""
        while self.position is not None:
            self._close(
                TestOutcome(verdict=Verdict.FAILED_TO_GRADE, reason="sandbox", sentence=sentence)
            )

    # --- frames ---------------------------------------------------------------------------------

    def _take_progress(self, payload: bytes) -> bool:
        progress = _decoded(payload, Progress)
        if progress is None or self._is_running or self.position is None:
            return False
        self._is_running = self.has_begun = True
        return (progress.task, progress.test) == (self.position.task, self.position.test)

    def _take_formula(self, payload: bytes) -> bool:
        if len(payload) > _MAX_FORMULA:
            return False
        reply = _decoded(payload, FormulaReply)
        if reply is None or self.position is None or reply.task != self.position.task:
            return False
        outputs = len(getattr(self._job.tasks[reply.task].answer, "texts", ()))
        if not self._is_running or not 0 <= reply.output < outputs:
            return False
        place = reply.task, reply.output
        if place in self._read:  # more of them would keep the judge busy until the deadline
            return False
        self._read.add(place)
        self._formulas.setdefault(place, bounded_formula(reply))
        return True

    def _take_test(self, payload: bytes) -> bool:
        reply = _decoded(payload, TestReply)
        if reply is None or self.position is None or not self._is_running:
            return False
        wanted = self._job.tasks[self.position.task].tests[self.position.test]
        if (reply.task, reply.test) != (self.position.task, self.position.test):
            return False
        if len(reply.cases) != len(wanted.cases):
            return False
        items = list(map(_items, reply.cases))
        if _UNUSABLE in items:
            return False
        self._room -= len(payload) + _ITEM_BYTES * sum(items)
        if self._room < 0:
            sentence = f"returned too much: all tests of a problem may return {MAX_REPLIES:,} bytes"
            self._close(_cut_off("returned too much", sentence))
            return True
        limit = self._job.tasks[self.position.task].cpu_s
        spent = reply.cpu_s if 0 <= reply.cpu_s <= limit else 0.0  # NaN is not
        self._spent_s += spent
        self._close(replace(_ran(tuple(map(bounded_case, reply.cases))), cpu_s=spent))
        return True

    def _close(self, outcome: TestOutcome) -> None:
        """Give the current test its outcome and go to the next one."""
        assert self.position is not None
        self._tests[self.position.task, self.position.test] = outcome
        self._is_running = False
        self.position = self._next_from(Position(self.position.task, self.position.test + 1))

    def _next_from(self, position: Position) -> Position | None:
        """The position itself, or the first test of the next task that has any."""
        task, test = position.task, position.test
        while task < len(self._job.tasks) and test >= len(self._job.tasks[task].tests):
            task, test = task + 1, 0
        return Position(task, test) if task < len(self._job.tasks) else None

    def _skip_after_timeouts(self) -> None:
        if self.position is None:
            return
        number = self.position.task
        own = [outcome for (task, _), outcome in self._tests.items() if task == number]
        if sum(outcome.verdict is Verdict.TIMED_OUT for outcome in own) < MAX_TIMEOUTS:
            return
        sentence = f"not run, because {MAX_TIMEOUTS} tests of this part ran out of time"
        skipped = TestOutcome(verdict=Verdict.SKIPPED, reason="two timeouts", sentence=sentence)
        for _ in range(self.position.test, len(self._job.tasks[number].tests)):
            self._close(skipped)


def _decoded(payload: bytes, kind: type[_Reply]) -> _Reply | None:
    try:
        return msgspec.msgpack.decode(payload, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


# --- a test that ran ----------------------------------------------------------------------------


def _items(case: CaseReply) -> int:
    """How many items a returned value has; `_UNUSABLE` unless all of it follows the wire format."""
    seen = [0]
    try:
        if isinstance(case.result, Returned):
            unpack(case.result.value, seen)
    except (WireError, ValueError, OverflowError, RecursionError):
        return _UNUSABLE
    return seen[0]


def _ran(cases: tuple[CaseReply, ...]) -> TestOutcome:
    ends = [case.result for case in cases if isinstance(case.result, Raised)]
    return TestOutcome(
        verdict=Verdict.PASSED,
        cases=cases,
        traceback=tuple(map(_line, ends[0].frames)) if ends else (),
        printed=next((case.printed for case in cases if case.printed), ""),
        remarks=tuple(
            islice(dict.fromkeys(r for case in cases for r in case.remarks), MAX_REMARKS)
        ),
    )


def _line(one: Frame) -> str:
    return f"{one.place.file}, line {one.place.line}, in {one.function}: {one.source}"


# --- a test that its child's end cut off --------------------------------------------------------


def _ended_outcome(
    ended: End, task: Task, sources: Mapping[str, bytes], *, is_spoiled: bool
) -> TestOutcome:
    lines = _lines(ended.trace, sources)
    where = f", at {lines[0]}" if lines else ""
    if is_spoiled or ended.why == "not a reply":
        return _cut_off("not an answer", "replied with something that is not an answer")
    if ended.why == "too much":
        limit = f"one test may return {frames.MAX_REPLY:,} bytes"
        return _cut_off("returned too much", f"returned too much: {limit}")
    if ended.why == "clock":
        spent = f"{task.cpu_s * WALL_FACTOR:g} seconds by the clock"
        return _timed_out(f"ran out of time after {spent}{where}", lines, reason=OUT_OF_CLOCK)
    if ended.status in _DEADLINE_SIGNALS:
        spent = f"{task.cpu_s:g} seconds of computing"
        return _timed_out(f"ran out of time after {spent}{where}", lines)
    if ended.status in _CRASHES:
        crash = _CRASHES[ended.status]
        return _cut_off("crashed", f"the interpreter crashed with {crash}{where}", lines)
    if ended.status == _status("SIGKILL") and not ended.why and ended.cpu_s >= task.cpu_s:
        return _timed_out("ran out of time and took no notice of the first signal", lines)
    if ended.status < 0:
        return _cut_off("killed", _killed(ended), lines)
    sentence = f"ended the whole process with the exit code {ended.status}; return a value instead"
    return _cut_off("exited", sentence)


def _killed(ended: End) -> str:
    name = signal.Signals(-ended.status).name
    if name != "SIGKILL":
        return f"was killed by the signal {name}"
    if ended.why == "closed":
        return "closed the way back to the grader, so that no value could come"
    return f"was killed by the signal {name}; the machine may have run out of memory"


def _cut_off(reason: str, sentence: str, lines: tuple[str, ...] = ()) -> TestOutcome:
    return TestOutcome(verdict=Verdict.RAISED, reason=reason, sentence=sentence, traceback=lines)


def _timed_out(sentence: str, lines: tuple[str, ...], *, reason: str = "timed out") -> TestOutcome:
    return TestOutcome(verdict=Verdict.TIMED_OUT, reason=reason, sentence=sentence, traceback=lines)


def _lines(trace: bytes, sources: Mapping[str, bytes]) -> tuple[str, ...]:
    """The student's own lines in the interpreter's last words, innermost first."""
    found = _WHERE.findall(trace.decode(errors="replace"))
    return tuple(
        f"line {line} of {file}{_quoted(sources[file], int(line))}"
        for file, line in found[:MAX_LINES]
        if file in sources
    )


def _quoted(data: bytes, line: int) -> str:
    if not 0 < line <= _LAST_QUOTED:
        return ""
    lines = io.TextIOWrapper(io.BytesIO(data), errors="replace")
    text = next(islice(lines, line - 1, None), "").strip()[:200]
    return f", `{text}`" if text else ""
