"""`grade PATH…` for a class: many submissions, a gradebook, a class report, a spreadsheet."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from grader.cli.book import BOOK
from grader.cli.classoptions import ClassOptions, Common
from grader.cli.exits import Exit
from grader.cli.pages import write_pages
from grader.cli.paths import is_class
from grader.cli.progress import watched
from grader.errors import UsageError
from grader.model import Record, Walls, counted, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.batch.crew import Crew
    from grader.batch.entries import Entry
    from grader.batch.roster import Attendance
    from grader.batch.run import Choices, Graded
    from grader.batch.setup import Ready
    from grader.course import Course
    from grader.gradebook import Gradebook, Standing
    from grader.grading import Grading


class _Session(Record, frozen=True, kw_only=True):
    """What the steps of one class run share."""

    course: "Course"
    grading: "Grading"
    book: "Gradebook"
    common: Common
    options: ClassOptions
    reports: Path
    attendance: "Attendance"

    @property
    def assignment(self) -> str:
        """The name of what is graded."""
        return self.grading.assignment.name


def grade_class(paths: tuple[Path, ...], common: Common, options: ClassOptions) -> Exit:
    """Grade a class, write its spreadsheet and its report, print what came of it."""
    from grader.batch.gather import gather
    from grader.cli.preparing import prepared
    from grader.course import find_course
    from grader.gradebook import Gradebook

    course = find_course(given=common.course, near=paths[0])
    entries = gather(paths, is_class=lambda path: options.many or is_class(path, common.course))
    reports = common.reports or course.reports
    for folder in (course.private, reports):
        _make_private(folder)
    with Gradebook(options.book or course.private / BOOK, is_writer=True) as book:
        before = book.students(course.assignment_name(common.assignment))
        attendance = _attendance(options.roster, entries, before)
        session = _Session(
            course=course,
            grading=prepared(course, common.assignment, options.only),
            book=book,
            common=common,
            options=options,
            reports=reports,
            attendance=attendance,
        )
        graded, walls, is_cut = _graded(session, entries)
        if is_cut:
            return Exit.INTERRUPTED
        if options.only:
            return _print_preview(session, graded)
        return _print_class(session, graded, [entry.student for entry in entries], walls)


def _attendance(
    roster: Path | None, entries: "tuple[Entry, ...]", before: tuple[str, ...]
) -> "Attendance":
    """Who is missing, of all runs; a slip in the roster is told before anybody is graded."""
    from grader.batch.roster import Attendance, attendance, names_of, read_roster

    if roster is None:
        return Attendance()
    handed_in = {student: names_of(student) for student in before}
    handed_in |= {entry.student: names_of(entry.student, entry.also) for entry in entries}
    return attendance(roster, read_roster(roster), handed_in)


def _graded(session: _Session, entries: "tuple[Entry, ...]") -> "tuple[list[Graded], str, bool]":
    """Grade what changed: the events, the walls in words, whether a person stopped the run."""
    from grader.batch.prints import Prints
    from grader.batch.run import ClassRun

    options = session.options
    run = ClassRun(entries, Prints(session.grading), session.book, _choices(session))
    to_grade = run.to_grade()
    _say_lateness(run.moved_in_time)
    _write_lost_pages(session, run.lost_pages)
    events: list[Graded] = []
    walls = ""
    with watched(len(to_grade), kept=len(entries) - len(to_grade)) as advance:
        if not to_grade:
            return events, walls, False
        crew = _crew(session)
        try:
            walls = _checked_walls(crew.ready(), session.common)
            for event in run.events(to_grade, crew):
                # Reports are in the gradebook: a thousand of them would not fit in memory.
                events.append(event if options.only else replace(event, report=None))
                advance(event.student)
        except KeyboardInterrupt:
            click.echo(
                f"\ninterrupted: {len(events)} of {len(to_grade)} graded and kept; run the same"
                " command again to go on",
                err=True,
            )
            return events, walls, True
        finally:
            crew.close()
    return events, walls, False


def _say_lateness(students: tuple[str, ...]) -> None:
    if students:
        who = counted(len(students), "student")
        click.echo(f"the lateness of {who} follows another due time now", err=True)


def _write_lost_pages(session: _Session, attempts: tuple[int, ...]) -> None:
    """Write pages that are gone once more, from the records: nothing has to be graded for it."""
    for attempt in attempts:
        write_pages(session.book.report(attempt), session.grading, session.course, session.reports)
    if attempts:
        who = counted(len(attempts), "student")
        click.echo(f"the pages of {who} were gone, and are written again", err=True)


def _choices(session: _Session) -> "Choices":
    from grader.batch.run import Choices

    options = session.options
    return Choices(
        is_regrade=options.regrade or bool(options.only),
        never_lower=options.never_lower,
        fail_fast=options.fail_fast,
        is_stored=not options.only,
        due=options.due or session.grading.assignment.due,
        reports=session.reports,
    )


def _crew(session: _Session) -> "Crew":
    """Start those who grade, here or on a cluster."""
    from grader.batch.crew import LocalCrew, own_cores
    from grader.batch.setup import setup_for

    options = session.options
    is_far = options.executor == "dask"
    setup = setup_for(
        session.course,
        session.grading,
        walls=session.common.walls,
        # Elsewhere there is no such folder: the pages travel back and are written here.
        reports="" if is_far or options.only else str(session.reports.absolute()),
    )
    if is_far:
        from grader.batch.cluster import DaskCrew

        if not options.scheduler:
            raise UsageError("--executor dask needs --scheduler ADDRESS, such as tcp://host:8786")
        return DaskCrew(encode(setup), address=options.scheduler)
    scratch = session.course.private / "run"
    shutil.rmtree(scratch, ignore_errors=True)  # what a killed run has left; we are alone here
    return LocalCrew(encode(setup), jobs=options.jobs or own_cores(), scratch=scratch)


def _checked_walls(ready: "Ready", common: Common) -> str:
    """The walls in words; a class is not graded without any unless a person said so."""
    if ready.walls is Walls.NONE and common.walls is not Walls.NONE:
        raise UsageError(
            "this machine offers no walls around students' code, and a class holds many strangers'"
            " programs; `grade doctor` says what would help, --walls none grades all the same"
        )
    return f"{ready.walls}: {ready.walls_note}"


def _print_preview(session: _Session, graded: "list[Graded]") -> Exit:
    """What --only shows: who would get what on these parts; nothing of it is stored."""
    from grader.cli.classtable import print_looks, print_moves, print_table
    from grader.gradebook import preview

    standings = [preview(e.student, session.assignment, e.report, e.trouble) for e in graded]
    if session.common.as_json:
        _print_json(standings)
    else:
        print_table(standings, sort=session.options.sort)
        print_looks(standings)
        print_moves([e.move for e in graded if e.move is not None], regraded=len(graded))
        click.echo("\nNothing was stored: --only shows some parts alone.")
    return _exit(standings, graded)


def _print_class(
    session: _Session, graded: "list[Graded]", students: list[str], walls: str
) -> Exit:
    from grader.cli.classtable import (
        print_attendance,
        print_looks,
        print_moves,
        print_places,
        print_table,
    )
    from grader.gradebook import Counting, as_csv

    about = (session.assignment, Counting(session.options.count))
    everybody: list[Standing] = []  # in short: whole, a large class would not fit in memory
    spreadsheet = session.reports / session.assignment / "marks.csv"
    seen = _kept_in_short(session.book.standings(*about), everybody)
    csv = as_csv(seen, session.book.columns(*about))
    mine = set(students)
    standings = [standing for standing in everybody if standing.student in mine]
    if session.common.as_json:
        found = session.book.standings(*about)
        _print_json(standing for standing in found if standing.student in mine)
    else:
        print_table(standings, sort=session.options.sort)
        print_looks(standings)
        moves = [event.move for event in graded if event.move is not None]
        if moves or session.options.regrade:
            print_moves(moves, regraded=len(graded))
        print_attendance(session.attendance)
    # Only now: a disk that is full or a file that is locked keeps nobody from seeing the marks.
    _write(spreadsheet, csv)
    page = _write_page(session, tuple(everybody))
    if not session.common.as_json:
        places = {"Gradebook": session.book.path, "Class report": page, "Spreadsheet": spreadsheet}
        print_places(places, walls)
    return _exit(standings, graded)


def _write_page(session: _Session, standings: "tuple[Standing, ...]") -> Path:
    """Write the class report beside the students' reports."""
    from grader.batch.figures import class_page
    from grader.gradebook import Counting
    from grader.report.classpage import write_class_page

    page = class_page(
        session.book,
        standings,
        session.grading,
        counting=Counting(session.options.count),
        absent=session.attendance.absent,
        is_anonymous=session.options.anonymous,
    )
    folder = session.reports / session.assignment
    return write_class_page(page, folder, (session.course.templates,))


def _kept_in_short(standings: "Iterable[Standing]", kept: "list[Standing]") -> "Iterator[Standing]":
    """Pass the standings on, and keep what is needed of each afterwards."""
    for standing in standings:
        kept.append(standing.in_short())
        yield standing


def _print_json(standings: "Iterable[Standing]") -> None:
    from grader.gradebook import as_json

    for piece in as_json(standings):
        click.echo(piece.encode("utf-8", "backslashreplace"), nl=False)
    click.echo()


def _exit(standings: "list[Standing]", graded: "list[Graded]") -> Exit:
    """0 when everybody was graded, wholly; 4 when somebody was not."""
    failed = {event.student for event in graded if not event.is_complete}
    failed |= {standing.student for standing in standings if not standing.is_settled}
    return Exit.GRADER_FAILED if failed else Exit.NOTHING_LOST


def _make_private(folder: Path) -> None:
    """A folder for its owner alone, which git leaves out."""
    from grader.report.keeping import make_folder, write_whole

    make_folder(folder)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        write_whole(ignore, b"*\n")


def _write(path: Path, text: str) -> None:
    from grader.report.keeping import make_folder, write_whole

    make_folder(path.parent)
    write_whole(path, text.encode("utf-8", "backslashreplace"))
