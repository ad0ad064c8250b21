"""A class run: what changed is graded, each attempt is stored as it arrives.

The whole run can be read in `ClassRun.events`. Knows the crew as something that takes bytes and
gives bytes, and the gradebook as the place where attempts go; prints nothing.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from grader.batch.crew import Crew
from grader.batch.entries import Entry
from grader.batch.moves import Move, moved
from grader.batch.prints import Prints, changes
from grader.batch.setup import Done, Stages, trouble_of
from grader.gradebook import (
    Attempt,
    Counted,
    Fingerprint,
    Gradebook,
    PastAttempt,
    lateness,
    now,
    unpacked,
)
from grader.model import Record, Report, decode, encode
from grader.report.keeping import INDEX, make_folder, write_whole
from grader.submission import Submission

AHEAD = 2
"""How many submissions wait for each station, so that none idles and few are in memory."""
_UNEXPLAINED = "nothing that we know of; the answers give other values each time"


class Choices(Record, frozen=True, kw_only=True):
    """What a person chose for a run.

    Attributes:
        is_regrade: grade again what did not change.
        never_lower: an attempt with fewer marks than the current ones does not count.
        fail_fast: stop at the first submission that can not be graded.
        is_stored: attempts go to the gradebook.
        due: when submissions are due, or None.
        reports: where the students' pages are.
    """

    is_regrade: bool = False
    never_lower: bool = False
    fail_fast: bool = False
    is_stored: bool = True
    due: datetime | None = None
    reports: Path


class Graded(Record, frozen=True, kw_only=True):
    """One submission is done.

    Attributes:
        trouble: why it could not be graded (wholly), or "".
        is_complete: nothing in it failed by our fault.
        move: how the student moved against the marks that counted before.
        report: what came out; not kept by the run.
    """

    student: str
    trouble: str
    is_complete: bool
    report: Report | None
    move: Move | None = None
    seconds: float = 0.0
    stages: Stages = Stages()
    peak_mib: float = 0.0


class ClassRun:
    """Grades the entries of one assignment; its state is who is under way.

    Attributes:
        lost_pages: the attempts of those who did not change and whose pages are gone.
        moved_in_time: the students whose lateness is another now: it was due at another time.
    """

    def __init__(
        self, entries: tuple[Entry, ...], prints: Prints, book: Gradebook, choices: Choices
    ) -> None:
        self._entries, self._prints, self._book, self._choices = entries, prints, book, choices
        self._before: dict[str, Counted] = {}
        self.lost_pages: tuple[int, ...] = ()
        self.moved_in_time: tuple[str, ...] = ()
        self._alone: deque[Entry] = deque()

    def to_grade(self) -> tuple[Entry, ...]:
        """The entries that changed since their newest attempt, or all of them for a regrade."""
        assignment = self._prints.assignment
        self._before = self._book.counted(assignment)
        newest = {} if self._choices.is_regrade else self._book.newest(assignment)
        changed = tuple(e for e in self._entries if self._has_changed(e, newest.get(e.student)))
        graded = {entry.student for entry in changed}
        kept = {e.student for e in self._entries} - graded
        if self._choices.is_stored:
            said = {e.student: e.is_late if e.student in kept else None for e in self._entries}
            self.moved_in_time = self._book.follow_due(assignment, self._choices.due, said)
        self.lost_pages = tuple(newest[s].id for s in sorted(kept) if not self._has_pages(s))
        return changed

    def _has_changed(self, entry: Entry, past: PastAttempt | None) -> bool:
        if past is None or not (past.is_graded and past.is_complete):
            return True
        return self._prints.of(_taken(entry)[0]) != past.fingerprint

    def _has_pages(self, student: str) -> bool:
        folder = self._choices.reports / self._prints.assignment
        return (folder / student / INDEX).is_file()

    def events(self, entries: tuple[Entry, ...], crew: Crew) -> Iterator[Graded]:
        """Grade the entries; every attempt is in the gradebook before its event is given."""
        for graded in self._all(entries, crew):
            yield graded
            if self._choices.fail_fast and not graded.is_complete:
                return

    def _all(self, entries: tuple[Entry, ...], crew: Crew) -> Iterator[Graded]:
        yield from self._graded(deque(entries), crew, crew.size * AHEAD)
        # A busy machine may be why a clock ran out: whom it hit is graded once more, alone.
        alone, self._alone = self._alone, deque()
        yield from self._graded(alone, crew, 1, is_last=True)

    def _graded(
        self, entries: deque[Entry], crew: Crew, at_once: int, *, is_last: bool = False
    ) -> Iterator[Graded]:
        under_way: dict[Future[bytes], tuple[Entry, Fingerprint]] = {}
        while entries or under_way:
            while entries and len(under_way) < at_once:
                entry = entries.popleft()
                submission, trouble = _taken(entry)
                print_ = self._prints.of(submission)
                if submission is None:
                    yield self._settled(entry, print_, Done(student=entry.student, trouble=trouble))
                else:
                    under_way[crew.submit(encode(submission))] = (entry, print_)
            ready, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in ready:
                entry, print_ = under_way.pop(future)
                done = _done(entry, future)
                if not is_last and crew.size > 1 and done.ran_out_of_clock:
                    self._alone.append(entry)
                    continue
                yield self._settled(entry, print_, done)

    def _settled(self, entry: Entry, print_: Fingerprint, done: Done) -> Graded:
        """Store one attempt and say what it changed."""
        report = unpacked(done.record) if done.record else None
        move = self._move(entry.student, report, print_)
        aside = self._aside(entry.student, report)
        if self._choices.is_stored:
            if report is not None:
                _write_pages(self._choices.reports, report, done.pages)
            self._book.store(self._attempt(entry, print_, done, report, aside))
        return Graded(
            student=entry.student,
            trouble=done.trouble,
            is_complete=report is not None and report.is_complete,
            report=report,
            move=move and replace(move, counts=not aside),
            seconds=done.seconds,
            stages=done.stages,
            peak_mib=done.peak_mib,
        )

    def _move(self, student: str, report: Report | None, print_: Fingerprint) -> Move | None:
        before = self._before.get(student)
        if before is None or report is None:
            return None
        old = self._book.report(before.attempt)
        if not self._choices.is_stored:
            old = _parts_of(old, {part.id for part in report.parts})
        why = changes(before.fingerprint, print_)
        return moved(old, report, why or _UNEXPLAINED)

    def _aside(self, student: str, report: Report | None) -> str:
        before = self._before.get(student)
        if not self._choices.never_lower or before is None or report is None:
            return ""
        if report.marks + report.pending >= before.marks:
            return ""
        return f"{report.marks} is lower than the {before.marks} before; kept by --never-lower"

    def _attempt(
        self, entry: Entry, print_: Fingerprint, done: Done, report: Report | None, aside: str
    ) -> Attempt:
        return Attempt(
            student=entry.student,
            assignment=self._prints.assignment,
            fingerprint=print_,
            report=report,
            record=done.record,
            trouble=done.trouble,
            graded_at=now(),
            submitted_at=entry.submitted_at,
            is_late=entry.is_late,
            late_s=lateness(entry.submitted_at, self._choices.due, is_late=entry.is_late),
            set_aside=aside,
            seconds=done.seconds,
            cpu_s=done.cpu_s,
        )


def _taken(entry: Entry) -> tuple[Submission | None, str]:
    """The submission, or why it can not be opened."""
    try:
        return entry.take(), ""
    except Exception as error:  # noqa: BLE001  # one submission must not end the whole class
        return None, trouble_of(error)


def _done(entry: Entry, future: Future[bytes]) -> Done:
    """What a station says; that a station could not say anything is our trouble too."""
    try:
        return decode(future.result(), Done)
    except CancelledError:
        raise
    except Exception as error:  # noqa: BLE001  # one submission must not end the whole class
        return Done(student=entry.student, trouble=trouble_of(error))


def _parts_of(report: Report, ids: set[str]) -> Report:
    """The report with some parts alone."""
    problems = tuple(
        replace(problem, parts=tuple(part for part in problem.parts if part.id in ids))
        for problem in report.problems
    )
    return replace(report, problems=tuple(p for p in problems if p.parts))


def _write_pages(reports: Path, report: Report, pages: dict[str, bytes]) -> None:
    folder = reports / report.assignment / report.student
    make_folder(folder)
    for name, data in pages.items():
        write_whole(folder / name, data)
