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
from grader.student.signature import parse_signature
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
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_SET_PARENT_DEATH_SIGNAL = 1

_encode = msgspec.msgpack.Encoder().encode
decode_order = msgspec.msgpack.Decoder(Order).decode


class Child:
    """One forked process, from its first instruction to its end.

    Attributes:
        stream: the socket to the judge: one order comes in, replies go out.
        trace: the descriptor for the interpreter's last words.
        server_memory: the bytes of address space that the server itself has.
        folder: where the submission's files go; the child makes it.
        walls: what to close around the child, if anything.
    """

    def __init__(
        self, *, stream: int, trace: int, server_memory: int, folder: str, walls: Walls | None
    ) -> None:
        self.stream, self.trace = stream, trace
        self.server_memory, self.folder, self.walls = server_memory, folder, walls

    def live(self) -> NoReturn:
        """Wait for the order and follow it."""
        code = 1
        try:
            self._shut_doors()
            kind, payload = read_frame(lambda size: os.read(self.stream, size))
            assert kind == ORDER
            order = decode_order(payload)
            del payload
            self._shut_last_doors(order)
        except StreamEndedError:
            pass  # it was not needed
        except BaseException as error:  # noqa: BLE001  # a door that stays open must never go unseen
            self._send(BROKEN, f"{type(error).__name__}: {error}".encode())
        else:
            with contextlib.suppress(BaseException):
                self._follow(order)
                code = 0
        os._exit(code)  # no clean-up of ours or of the student's may run

    # --- doors ----------------------------------------------------------------------------------

    def _shut_doors(self) -> None:
        """All that can be done before it is known what for."""
        _die_with_server()
        os.setsid()  # a group of its own: kill(0) reaches nobody else, and one kill ends it all
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        self._close_descriptors()
        _limit(resource.RLIMIT_CORE, 0)  # no copy of memory on the disk
        _limit(resource.RLIMIT_NOFILE, MAX_OPEN)
        if self.server_memory:
            _limit(resource.RLIMIT_AS, self.server_memory + MEMORY)
        _limit_processes()
        faulthandler.enable(self.trace, all_threads=False)
        faulthandler.register(DEADLINE_SIGNAL, self.trace, all_threads=False, chain=True)
        gc.enable()

    def _close_descriptors(self) -> None:
        """Close the control stream and whatever else the server holds."""
        keep = {self.stream, self.trace} | (self.walls.descriptors if self.walls else frozenset())
        low = 3
        for kept in sorted(keep):
            os.closerange(low, kept)
            low = kept + 1
        os.closerange(low, os.sysconf("SC_OPEN_MAX"))

    def _shut_last_doors(self, order: Order) -> None:
        """The submission's files go into a folder of their own; then the walls close."""
        os.mkdir(self.folder, 0o700)  # noqa: PTH102  # pathlib takes longer, and this is done for each run
        os.chdir(self.folder)
        if isinstance(order, RunOrder):
            for source in order.job.sources:
                _write(source)
        _limit(resource.RLIMIT_FSIZE, MAX_FILE)
        _limit(resource.RLIMIT_CPU, math.ceil(_cpu_s(order)) + _GRACE_S)  # behind the timer
        if self.walls is not None:
            self.walls.close_around_me()

    # --- work -----------------------------------------------------------------------------------

    def _follow(self, order: Order) -> None:
        match order:
            case RunOrder(job, start):
                self._tests(job, start)
            case ReadOrder(wanted):
                self._index(wanted)
            case AttackOrder(file, port):
                self._send(ATTACKS, _encode(attack(file, port)))

    def _index(self, wanted: ReadRequest) -> None:
        self._limit_step(READ_CPU_S)
        index = read_submission(
            wanted.sources, wanted.asked, starting=lambda n: self._send(FILE, _encode(n))
        )
        self._send(INDEX, _encode(index))

    def _tests(self, job: Job, start: Position) -> None:
        with StudentFiles({s.path: s.data for s in job.sources}, self.folder) as files:
            for number in range(start.task, len(job.tasks)):
                first = start.test if number == start.task else 0
                self._task(number, job.tasks[number], first, files)

    def _task(self, number: int, task: Task, first: int, files: StudentFiles) -> None:
        """Run one task; reading or loading the answer is part of its first test here."""
        runner: Function | Formulas | None = None
        for test in range(first, len(task.tests)):
            self._send(PROGRESS, _encode(Progress(task=number, test=test)))
            self._limit_step(task.cpu_s)
            began = process_time()
            if runner is None:
                runner = self._prepared(number, task, files)
            cases = tuple(map(runner.run, task.tests[test].cases))
            spent = process_time() - began
            reply = TestReply(task=number, test=test, cases=_shortened(cases), cpu_s=spent)
            self._send(TEST, encoded(reply))

    def _prepared(self, number: int, task: Task, files: StudentFiles) -> Function | Formulas:
        signature = parse_signature(task.signature)
        if not isinstance(task.answer, FormulaAnswer):
            return Function(files, task.answer, signature, task.imports)
        formulas = Formulas(number, task.answer, signature)
        for reply in formulas.replies:
            self._send(FORMULA, _encode(reply))
        return formulas

    def _limit_step(self, cpu_s: float) -> None:
        """The step that begins may take so many CPU seconds."""
        signal.setitimer(signal.ITIMER_PROF, cpu_s)

    def _send(self, kind: bytes, payload: bytes) -> None:
        write_all(self.stream, frame(kind, payload))


def _die_with_server() -> None:
    """Nobody else would end a child whose server is gone."""
    if _LIBC is not None:
        _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def _write(source: Source) -> None:
    """Write a file of the submission below the current folder."""
    if "/" in source.path:
        os.makedirs(os.path.dirname(source.path), exist_ok=True)  # noqa: PTH103, PTH120  # as for the folder
    with open(source.path, "xb") as file:  # noqa: PTH123  # as for the folder
        file.write(source.data)


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
    """Allow the memory that a child may have, where the system can limit it."""
    with contextlib.suppress(NameError, ValueError, OSError, IndexError):
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  # as below
            pages = int(file.read().split()[0])
        _limit(resource.RLIMIT_AS, pages * os.sysconf("SC_PAGESIZE") + MEMORY)


def _limit_processes() -> None:
    """Allow a few more threads than the machine has now: the kernel counts all of one user's."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        with open("/proc/loadavg", "rb") as file:  # noqa: PTH123  # pathlib takes longer, and this is done for each run
            running = int(file.read().split()[3].split(b"/")[1])
        _limit(resource.RLIMIT_NPROC, running + MAX_PROCESSES)


def _shortened(cases: tuple[CaseReply, ...]) -> tuple[CaseReply, ...]:
    """The replies without prints behind the first few: one example is enough for a person."""
    return tuple(_unprinted(case) if number > 2 else case for number, case in enumerate(cases))  # noqa: PLR2004  # the first three


def _unprinted(case: CaseReply) -> CaseReply:
    return msgspec.structs.replace(case, printed="") if case.printed else case


def encoded(reply: TestReply) -> bytes:
    """The reply as bytes; cases that can not cross the wire say so instead."""
    with contextlib.suppress(UnicodeEncodeError):
        data = _encode(reply)
        if len(data) <= MAX_REPLY:
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
            message = f"returned too much: {size:,} bytes; one test may return {MAX_REPLY:,}"
            yield CaseReply(result=Raised(reason="returned too much", message=message))
