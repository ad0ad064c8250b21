"""What an instructor reads after a class run: a table, who needs a look, where things are.

Prints sums and sentences that are fit for a terminal; decides nothing.
"""

import statistics
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import click

from grader.batch.figures import NOTHING_FOUND, failure, listed
from grader.batch.moves import Move, MovedTest
from grader.batch.roster import Attendance
from grader.cli.terminal import cut, echo_wrapped, near, one_line
from grader.gradebook import PartMark, Standing
from grader.model import Verdict, counted
from grader.report import shown

_LOOK = {
    Verdict.FAILED_TO_GRADE: "not graded, by our failure",
    Verdict.UNREADABLE: "not read",
}

_WIDEST_NAME = 40  # columns; the class page and the spreadsheet have whole names


def print_table(standings: Sequence[Standing], *, sort: str) -> None:
    """One line per student, and the class in one line."""
    ordered = sorted(standings, key=lambda s: s.student)
    if sort == "marks":
        ordered.sort(key=lambda s: s.marks if s.is_graded else Fraction(-1), reverse=True)
    lines = [(cut(one_line(s.student), _WIDEST_NAME), *_sums(s)) for s in ordered]
    heads = ("student", "marks", "of", "open", "")
    widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]
    for index, line in enumerate((heads, *lines)):
        name, *sums, note = (f"{text:<{w}}" for text, w in zip(line, widths, strict=True))
        cells = [f"{cell.strip():>{len(cell)}}" for cell in sums]
        click.secho(f"{name}  {'  '.join(cells)}  {note}".rstrip(), bold=index == 0)
    _print_class([s for s in standings if s.is_graded], len(standings))


def _sums(standing: Standing) -> tuple[str, str, str, str]:
    if not standing.is_graded:
        return ("–", "–", "", "not graded")
    (marks,), (out_of,), (pending,) = (
        shown([total]) for total in (standing.marks, standing.out_of, standing.pending)
    )
    notes = []
    if standing.late_s:
        notes.append(said_late(standing.late_s))
    if standing.by_person:
        notes.append(f"{standing.by_person} by a person")
    return (marks, out_of, pending if standing.pending else "", ", ".join(notes))


def _print_class(graded: Sequence[Standing], total: int) -> None:
    click.echo()
    if not graded:
        click.echo(f"{counted(total, 'student')}, none graded")
        return
    marks = [standing.marks for standing in graded]
    mean = shown([statistics.mean(marks)])[0]
    middle = shown([statistics.median(marks)])[0]
    out_of = shown([max(standing.out_of for standing in graded)])[0]
    students = counted(total, "student")
    click.secho(f"{students}; of {out_of} marks the mean is {mean}, the median {middle}", bold=True)


def print_looks(standings: Iterable[Standing]) -> None:
    """One line for each student that needs a look."""
    looks = [(s.student, look) for s in standings if (look := _look(s))]
    if not looks:
        return
    click.echo("\nNeed a look:")
    for student, look in looks:
        echo_wrapped(f"{one_line(student)}: {one_line(look)}", margin=2, hang=2)


def _look(standing: Standing) -> str:
    if said := failure(standing):
        return said
    open_ = [part for part in standing.parts if part.pending and part.verdict in _LOOK]
    if not open_:
        return NOTHING_FOUND if standing.is_blank else ""
    pending = shown([sum((part.pending for part in open_), Fraction(0))])[0]
    return f"{pending} marks open at {listed(open_)}: {_first_sentence(open_)}"


def _first_sentence(parts: Sequence[PartMark]) -> str:
    worst = next((p for p in parts if p.verdict is Verdict.FAILED_TO_GRADE), parts[0])
    return worst.sentence or _LOOK[worst.verdict]


def print_moves(moves: Sequence[Move], *, regraded: int) -> None:
    """Who moved, by how much, on which test, why."""
    click.echo(f"\n{len(moves)} of {regraded} graded again have other marks" + ":" * bool(moves))
    for move in sorted(moves, key=lambda m: (m.by, m.student)):
        before, after = shown([move.before or Fraction(0)])[0], shown([move.after])[0]
        head = f"  {one_line(move.student)}: {before} → {after} ({_signed(move.by)})"
        aside = "" if move.counts else "; does not count, by --never-lower"
        click.echo(f"{head}; changed: {one_line(move.why)}{aside}")
        for test in move.tests:
            click.echo(f"    {_moved(test)}")


def _moved(test: MovedTest) -> str:
    was, is_now = test.was or "absent", test.is_now or "absent"
    how = is_now if was == is_now else f"{was} → {is_now}"
    name = f" {one_line(test.test)!r}" if test.test else ""
    said = f"; {one_line(test.sentence)}" if test.sentence else ""
    return f"{test.number}{name} {_signed(test.by)}: {how}{said}"


def print_attendance(attendance: Attendance) -> None:
    """Who is on the roster and handed in nothing, and who is the other way round."""
    for said, who in (
        ("Handed in nothing", attendance.absent),
        ("Not on the roster", attendance.strangers),
    ):
        if who:
            click.echo()
            echo_wrapped(f"{said} ({len(who)}): {'; '.join(map(one_line, who))}", hang=2)


def print_places(places: dict[str, Path], walls: str) -> None:
    """Where everything is."""
    click.echo()
    if walls:
        echo_wrapped(f"Walls        {walls}", hang=13)
    for name, path in places.items():
        click.echo(f"{name:<12} {near(path)}")


def _signed(marks: Fraction) -> str:
    (size,) = shown([abs(marks)])
    return f"{'−' if marks < 0 else '+'}{size}"  # a true minus sign


def said_late(seconds: int) -> str:
    """How late something is; a platform may say that it is, and not by how much."""
    return f"late by {_span(seconds)}" if seconds > 1 else "late"


def _span(seconds: int) -> str:
    days, rest = divmod(seconds, 86400)
    hours, minutes = rest // 3600, -(-(rest % 3600) // 60)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
