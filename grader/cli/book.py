"""`grade book`: what the gradebook holds, a student's history, exports, a person's override."""

import getpass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import ASSIGNMENT, course_option
from grader.cli.terminal import near, one_line
from grader.errors import UsageError, did_you_mean
from grader.model import Record, counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.gradebook import Counting, Gradebook, Override, PastAttempt, Standing

BOOK = "gradebook.sqlite"
_UNREAD = "unread"


def _as_kept(_context: click.Context, _argument: click.Parameter, name: str) -> str:
    """A student's name in the form that is stored: a shell may complete it in another one."""
    from grader.submission import student_name

    return student_name(name)


class _Place(Record, frozen=True, kw_only=True):
    """Which gradebook, assignment and way of counting the commands are about."""

    path: Path
    assignment: str
    count: str

    @property
    def about(self) -> "tuple[str, Counting]":
        """What a gradebook is asked about."""
        from grader.gradebook import Counting

        return self.assignment, Counting(self.count)


@click.group(invoke_without_command=True)
@click.option(
    "--book",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The gradebook's file (default: the course's .grade/gradebook.sqlite).",
)
@course_option()
@ASSIGNMENT
@click.option(
    "--count",
    type=click.Choice(["latest", "best"]),
    default="latest",
    help="The attempt that counts (default: the latest).",
)
@click.pass_context
def book(
    ctx: click.Context,
    path: Path | None,
    course_folder: Path | None,
    name: str | None,
    count: str,
) -> None:
    """Show the gradebook: who has which marks."""
    from grader.course import find_course

    course = find_course(given=course_folder)
    ctx.obj = _Place(
        path=path or course.private / BOOK,
        assignment=course.assignment_name(name),
        count=count,
    )
    if ctx.invoked_subcommand is None:
        _list(ctx.obj)


def _list(place: _Place) -> None:
    from grader.cli.classtable import print_looks, print_table
    from grader.gradebook import Gradebook

    with Gradebook(place.path) as gradebook:
        standings = [standing.in_short() for standing in gradebook.standings(*place.about)]
    print_table(standings, sort="name")
    print_looks(standings)


@book.command(short_help="Show one student's attempts and overrides.")
@click.argument("student", callback=_as_kept)
@click.pass_obj
def show(place: _Place, student: str) -> None:
    """Show one student's attempts, oldest first, and the overrides that count."""
    from grader.gradebook import Gradebook
    from grader.report import shown

    with Gradebook(place.path) as gradebook:
        attempts = gradebook.history(student, place.assignment)
        if not attempts:
            raise UsageError(_nobody(gradebook, place, student))
        for past in attempts:
            click.echo(_line(past))
        for override in gradebook.overrides(student, place.assignment):
            marks = shown([override.marks])[0]
            click.echo(
                f"override  {override.part}: {marks} by {one_line(override.by)} at {override.at}:"
                f" {one_line(override.reason)}"
            )


@book.command(short_help="Export everybody's current marks.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def export(place: _Place, file: Path) -> None:
    """Export everybody's current marks to FILE: .csv for a spreadsheet, .json for programs."""
    from grader.gradebook import Gradebook, as_csv, as_json
    from grader.report.keeping import write_whole

    ending = file.suffix.lower()
    if ending not in (".csv", ".json"):
        raise UsageError(f"{file}: found the ending {file.suffix!r}; wanted .csv or .json")
    with Gradebook(place.path) as gradebook:
        standings = gradebook.standings(*place.about)
        if ending == ".csv":
            text = as_csv(standings, gradebook.columns(*place.about))
        else:
            text = "".join(as_json(standings))
    write_whole(file, text.encode("utf-8", "backslashreplace"))
    click.echo(f"wrote {near(file)}")


@book.command(short_help="Set the marks that were filled in in an exported CSV.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--by", help="Who decides (default: your login name).")
@click.option("--reason", help="Why; it is shown with the marks (default: the file's name).")
@click.pass_obj
def fill(place: _Place, file: Path, by: str | None, reason: str | None) -> None:
    """Set a person's marks from FILE: a CSV of `grade book export`, filled in where marks are open.

    Marks that are decided are not changed. All cells are taken, or none.
    """
    from grader.gradebook import Gradebook, read_filled

    with Gradebook(place.path, is_writer=True) as gradebook:
        standings, columns = gradebook.standings(*place.about), gradebook.columns(*place.about)
        found = read_filled(file, standings, columns)
        decided = _decided(place, found.marks, by, reason or f"from {file.name}")
        gradebook.override(*decided)
    if found.passed_over:
        headings = one_line(", ".join(found.passed_over))
        click.echo(f"note: passed over what is no part's: {headings}", err=True)
    students = {one.student for one in decided}
    said = f"set {counted(len(decided), 'mark')} of {counted(len(students), 'student')}"
    click.echo(f"{said} from {near(file)}")


@book.command()
@click.argument("student", callback=_as_kept)
@click.argument("part")
@click.argument("marks", required=False)
@click.option("--by", help="Who decides (default: your login name).")
@click.option("--reason", required=True, help="Why; it is shown with the mark.")
@click.option("--withdraw", is_flag=True, help="Let the computed marks count again.")
@click.pass_obj
def override(  # noqa: PLR0913  # one parameter per option
    place: _Place,
    student: str,
    part: str,
    marks: str | None,
    by: str | None,
    reason: str,
    *,
    withdraw: bool,
) -> None:
    """Set a person's mark for PART of one student; regrading keeps it.

    PART is a number or slug/part, several of them with commas, or `unread`: all that wait for a
    person because nothing of them could be read. Each of them gets MARKS.
    """
    from grader.gradebook import Gradebook

    if (marks is None) != withdraw:
        raise UsageError("wanted the marks to set, or --withdraw to take an override back")
    with Gradebook(place.path, is_writer=True) as gradebook:
        ids, worth = _part_ids(gradebook, place, student, part), _marks(marks or "0")
        decided = _decided(place, [(student, id_, worth) for id_ in ids], by, reason)
        (gradebook.withdraw if withdraw else gradebook.override)(*decided)
        for one in decided:
            said = "computed marks count again" if withdraw else f"{marks} by {one.by}"
            click.echo(f"{one_line(student)} {one.part}: {said}")


def _decided(
    place: _Place, marks: "Iterable[tuple[str, str, Fraction]]", by: str | None, reason: str
) -> "list[Override]":
    """A person's marks, from student, part and marks of each."""
    from grader.gradebook import Override, now

    who = by or _login_name()
    return [
        Override(
            student=student,
            assignment=place.assignment,
            part=part,
            marks=worth,
            by=who,
            reason=reason,
            at=now(),
        )
        for student, part, worth in marks
    ]


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # which of them depends on the version of Python
        raise UsageError("this system has no name for you; say who decides with --by") from None


def _line(past: "PastAttempt") -> str:
    from grader.cli.classtable import said_late
    from grader.report import shown

    if past.is_graded:
        sums = (past.marks, past.out_of, past.pending)
        marks, out_of, pending = (shown([total])[0] for total in sums)
        said = f"{marks} of {out_of}" + f", {pending} open" * bool(past.pending)
    else:
        said = f"not graded: {one_line(past.trouble)}"
    aside = f"  does not count: {past.set_aside}" if past.set_aside else ""
    handed = f"  handed in {past.submitted_at}" if past.submitted_at else ""
    late = f"  {said_late(past.late_s)}" if past.late_s else ""
    print_ = past.fingerprint
    digests = f"  submission {print_.submission[:8]}, grader {print_.engine[:8]}"
    return f"{past.graded_at}  {said}{handed}{late}{digests}{aside}"


def _part_ids(gradebook: "Gradebook", place: _Place, student: str, parts: str) -> list[str]:
    """The ids of parts, from their numbers on the sheet or from themselves; or of all unread."""
    from grader.model import Verdict

    standings = gradebook.standings(*place.about)
    mine = next((s for s in standings if s.student == student), None)
    if mine is None:
        raise UsageError(_nobody(gradebook, place, student))
    if parts != _UNREAD:
        return list(dict.fromkeys(_part_id(mine, part.strip()) for part in parts.split(",")))
    unread = (p for p in mine.parts if p.verdict is Verdict.UNREADABLE)
    open_ = [p.part for p in unread if p.pending == p.out_of]  # else it has marks of its own
    if not open_:
        raise UsageError(f"no part of {student!r} waits because nothing of it could be read")
    return open_


def _part_id(mine: "Standing", part: str) -> str:
    found = next((p.part for p in mine.parts if part in (p.number, p.part)), None)
    if found is None:
        near = did_you_mean(part, [name for p in mine.parts for name in (p.number, p.part)])
        such = f", such as {mine.parts[0].number} or {mine.parts[0].part}" if mine.parts else ""
        raise UsageError(f"there is no part {part!r}{near}; wanted a number or slug/part{such}")
    return found


def _marks(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"found {text!r}; wanted marks, such as 1.5 or 1/3") from None


def _nobody(gradebook: "Gradebook", place: _Place, student: str) -> str:
    near_name = did_you_mean(student, gradebook.students(place.assignment))
    return f"{place.path}: there is no attempt of {student!r} at {place.assignment!r}{near_name}"
