"""What a forked child does: shut the doors, run the tests one by one, send each reply as it ends.

It runs in the process that students' code shares, so nothing it sends is believed. Knows inputs
and answers; no expected values.
"""

import contextlib
import ctypes
import faulthandler
import gc
import math
import os
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import process_time  # by name: a student may put another into `time`
from typing import NoReturn

import msgspec

with contextlib.suppress(ImportError):  # a system without it has no walls either: see `plain`
    import resource

from grader.student.calls import Function
from grader.student.canary import attack
from grader.student.evaluating import Formulas
from grader.student.frames import (
    ATTACKS,
    BROKEN,
    FILE,
    FORMULA,
    INDEX,
    MAX_REPLY,
    ORDER,
    PROGRESS,
    READ_CPU_S,
    TEST,
    AttackOrder,
    Order,
    Position,
    ReadOrder,
    RunOrder,
    StreamEndedError,
    frame,
    read_frame,
    write_all,
)
from grader.student.loading import StudentFiles
from grader.student.reading import read_submission
from grader.student.walls import Walls
from grader.student.wire import (
    CaseReply,
    FormulaAnswer,
    Job,
    Progress,
    Raised,
    ReadRequest,
    Source,
    Task,
    TestReply,
)

MEMORY = 2**30
"""Bytes that a child may have beyond its server's."""
MAX_FILE = 16 * 2**20
MAX_OPEN = 64
MAX_PROCESSES = 64
DEADLINE_SIGNAL = getattr(signal, "SIGPROF", signal.SIGTERM)
_GRACE_S = 2
_PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
_SET_PARENT_DEATH_SIGNAL = 1

_encode = msgspec.msgpack.Encoder().encode
decode_order = msgspec.msgpack.Decoder(Order).decode


class Doors:
    """What the server does once so that each of its children has less to do.

    Its limits and its handlers of signals are its children's as well, and descriptors have the same
    numbers in each of them: the stream to the judge takes the place of the server's own.

    Attributes:
        stream, trace: the numbers that a child's stream and its last words have.
        walls: what a child closes around itself, if anything.
        hold_processes: whether a child can start no processes.
    """

    def __init__(self, stream: int, walls: Walls | None) -> None:
        self.stream, self.walls = stream, walls
        self.hold_processes = walls is not None and walls.has_seccomp
        self.trace = os.open(os.devnull, os.O_WRONLY)
        self._load = _opened("/proc/loadavg")
        self._processes = resource.RLIM_INFINITY
        keep = {stream, self.trace} | (walls.descriptors if walls else frozenset())
        self._gaps = tuple(_gaps(sorted(keep), os.sysconf("SC_OPEN_MAX")))
        faulthandler.enable(self.trace, all_threads=False)
        faulthandler.register(DEADLINE_SIGNAL, self.trace, all_threads=False, chain=True)
        _limit(resource.RLIMIT_CORE, 0)  # no copy of memory on the disk
        _limit(resource.RLIMIT_NOFILE, MAX_OPEN)
        limit_memory()

    def count_processes(self) -> None:
        """Allow the next child a few more threads than run now: the kernel counts all of a user."""
        if self._load >= 0:
            running = int(os.pread(self._load, 100, 0).split()[3].split(b"/")[1])
            self._processes = running + MAX_PROCESSES

    def shut(self, stream: int, trace: int) -> None:
        """In a child: all that can be done before it is known what for."""
        _die_with_server()
        os.setsid()  # a group of its own: kill(0) reaches nobody else, and one kill ends it all
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.dup2(stream, self.stream)
        os.dup2(trace, self.trace)
        if self._processes != resource.RLIM_INFINITY:
            _limit(resource.RLIMIT_NPROC, self._processes)
        for low, high in self._gaps:  # whatever else the server holds
            os.closerange(low, high)
        gc.enable()


class Child:
    """One forked process, from its first instruction to its end.

    Attributes:
        stream: the socket to the judge: one order comes in, replies go out.
        trace: the descriptor for the interpreter's last words.
        folder: where the submission's files go; the child makes it.
        doors: what to shut around the child, if anything.
    """

    def __init__(self, *, stream: int, trace: int, folder: str, doors: Doors | None) -> None:
        self.stream, self.trace, self.folder, self.doors = stream, trace, folder, doors

    def live(self) -> NoReturn:
        """Wait for the order and follow it."""
        code = 1
        assert self.doors is not None
        try:
            self.doors.shut(self.stream, self.trace)
            self.stream = self.doors.stream
            kind, payload = read_frame(partial(os.read, self.stream))
            assert kind == ORDER
            order = decode_order(payload)
            del payload
            self._shut_last_doors(order, self.doors.walls)
        except StreamEndedError:
            pass  # it was not needed
        except BaseException as error:  # noqa: BLE001  # a door that stays open must never go unseen
            self._send(frame(BROKEN, f"{type(error).__name__}: {error}".encode()))
        else:
            try:
                self._follow(order)
                code = 0
            except BaseException:  # noqa: BLE001, S110  # the exit code says it
                pass
        os._exit(code)  # no clean-up of ours or of the student's may run

    # --- doors ----------------------------------------------------------------------------------

    def _shut_last_doors(self, order: Order, walls: Walls | None) -> None:
        """The submission's files go into a folder of their own; then the walls close."""
        os.mkdir(self.folder, 0o700)  # noqa: PTH102  # pathlib takes longer, and this is done for each run
        os.chdir(self.folder)
        if isinstance(order, RunOrder):
            for source in order.job.sources:
                _write(source)
        _limit(resource.RLIMIT_FSIZE, MAX_FILE)
        _limit(resource.RLIMIT_CPU, math.ceil(_cpu_s(order)) + _GRACE_S)  # behind the timer
        if walls is not None:
            walls.close_around_me()

    # --- work -----------------------------------------------------------------------------------

    def _follow(self, order: Order) -> None:
        match order:
            case RunOrder(job, start):
                self._tests(job, start)
            case ReadOrder(wanted):
                self._index(wanted)
            case AttackOrder(file, port):
                self._send(frame(ATTACKS, _encode(attack(file, port))))

    def _index(self, wanted: ReadRequest) -> None:
        self._limit_step(READ_CPU_S)
        index = read_submission(
            wanted.sources, wanted.asked, starting=lambda n: self._send(frame(FILE, _encode(n)))
        )
        self._send(frame(INDEX, _encode(index)))

    def _tests(self, job: Job, start: Position) -> None:
        with StudentFiles({s.path: s.data for s in job.sources}, self.folder) as files:
            for number in range(start.task, len(job.tasks)):
                first = start.test if number == start.task else 0
                self._task(number, job.tasks[number], first, files)

    def _task(self, number: int, task: Task, first: int, files: StudentFiles) -> None:
        """Run one task; reading or loading the answer is part of its first test here."""
        runner: Function | Formulas | None = None
        done = b""  # goes with what comes next, so that the judge wakes once
        for test in range(first, len(task.tests)):
            begins = frame(PROGRESS, _encode(Progress(task=number, test=test)))
            self._send(done + begins)
            self._limit_step(task.cpu_s)
            began = process_time()
            if runner is None:
                runner = self._prepared(number, task, files)
            cases = tuple(map(runner.run, task.tests[test].cases))
            spent = process_time() - began
            reply = TestReply(task=number, test=test, cases=_shortened(cases), cpu_s=spent)
            done = frame(TEST, encoded(reply))
        self._send(done)

    def _prepared(self, number: int, task: Task, files: StudentFiles) -> Function | Formulas:
        if not isinstance(task.answer, FormulaAnswer):
            return Function(files, task.answer, task.signature, task.imports)
        formulas = Formulas(number, task.answer, task.signature)
        for reply in formulas.replies:
            self._send(frame(FORMULA, _encode(reply)))
        return formulas

    def _limit_step(self, cpu_s: float) -> None:
        """The step that begins may take so many CPU seconds."""
        signal.setitimer(signal.ITIMER_PROF, cpu_s)

    def _send(self, data: bytes) -> None:
        """Send frames, one or several at once."""
        write_all(self.stream, data)


def _die_with_server() -> None:
    """Nobody else would end a child whose server is gone."""
    if _PRCTL is not None:
        _PRCTL(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def _write(source: Source) -> None:
    """Write a file of the submission below the current folder."""
    if "/" in source.path:
        os.makedirs(os.path.dirname(source.path), exist_ok=True)  # noqa: PTH103, PTH120  # as for the folder
    file = os.open(source.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    write_all(file, source.data)
    os.close(file)


def _cpu_s(order: Order) -> float:
    """The CPU seconds that following an order may take in all."""
    if not isinstance(order, RunOrder):
        return READ_CPU_S
    tasks = order.job.tasks[order.start.task :]
    return sum(task.cpu_s * len(task.tests) for task in tasks)


def _limit(which: int, value: int) -> None:
    """Set a limit for good, never above what is there already."""
    _, hard = resource.getrlimit(which)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def limit_memory() -> None:
    """Allow so much more memory than this process has, where the system tells how much that is."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return
    _limit(resource.RLIMIT_AS, int(pages) * os.sysconf("SC_PAGESIZE") + MEMORY)


def _opened(path: str) -> int:
    """A descriptor to read a file with, or -1 where there is none."""
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        return -1


def _gaps(keep: list[int], end: int) -> Iterator[tuple[int, int]]:
    """The ranges of descriptors, from the standard streams on, between those to keep."""
    low = 3
    for kept in keep:
        if low < kept:
            yield low, kept
        low = kept + 1
    yield low, end


def _shortened(cases: tuple[CaseReply, ...]) -> tuple[CaseReply, ...]:
    """The replies without prints behind the first few: one example is enough for a person."""
    return cases[:3] + tuple(map(_unprinted, cases[3:]))


def _unprinted(case: CaseReply) -> CaseReply:
    return msgspec.structs.replace(case, printed="") if case.printed else case


def encoded(reply: TestReply) -> bytes:
    """The reply as bytes; cases that can not cross the wire say so instead."""
    try:
        data = _encode(reply)
    except UnicodeEncodeError:
        data = b""
    if 0 < len(data) <= MAX_REPLY:
        return data
    return _encode(msgspec.structs.replace(reply, cases=tuple(_crossing(reply))))


def _crossing(reply: TestReply) -> Iterator[CaseReply]:
    """Each case that is larger than its share, or holds text that is no Unicode, is replaced."""
    for case in reply.cases:
        try:
            size = len(_encode(case))
        except UnicodeEncodeError:
            message = "returned text with characters that are no Unicode"
            yield CaseReply(result=Raised(reason="not a value", message=message))
            continue
        if size * len(reply.cases) <= MAX_REPLY:
            yield case
        else:
            cases = len(reply.cases)
            share = f"each of {cases} cases" if cases > 1 else "one test"
            message = (
                f"returned too much: {size:,} bytes; {share} may return {MAX_REPLY // cases:,}"
            )
            yield CaseReply(result=Raised(reason="returned too much", message=message))
