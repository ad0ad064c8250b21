"""What an instructor reads in the terminal: one line a part, totals, where the report is.

Prints the redacted record only, and no control character that a student wrote.
"""

import shutil
import sys
import textwrap
from fractions import Fraction
from pathlib import Path

import click

from grader.model import PartResult, Record, Report, Verdict
from grader.report import redact, shown

_COLOURS = {
    Verdict.PASSED: "green",
    Verdict.NEEDS_MARKING: "cyan",
    Verdict.UNREADABLE: "yellow",
    Verdict.SKIPPED: "yellow",
    Verdict.FAILED_TO_GRADE: "magenta",
}
_PENDING = {
    Verdict.NEEDS_MARKING: "need marking",
    Verdict.FAILED_TO_GRADE: "not graded, by our failure",
}
_VERDICT_WIDTH = 13
_PLAIN_WIDTH = 100
_LEAST_ROOM = 28  # columns of a text or a title, however narrow the terminal is
_NO_LIMIT = 10_000


def print_report(report: Report, index: Path) -> None:
    """Print a graded submission; `index` is where its pages are."""
    report = redact(report)
    lines = [_Line.of(part, marks) for part, marks in _marked(report)]
    widths = tuple(
        max(len(text) for text in column)
        for column in zip(*((line.number, line.title, line.score) for line in lines), strict=True)
    )
    by_part = dict(zip((part.id for part in report.parts), lines, strict=True))
    click.echo(f"{one_line(report.student)} · {report.title}\n")
    for problem in report.problems:
        click.secho(problem.title, bold=True)
        for part in problem.parts:
            _print_line(by_part[part.id], widths)
        click.echo()
    for note in report.notes:
        echo_wrapped(f"note: {one_line(note)}", fg="yellow")
    total, out_of = shown([report.marks])[0], shown([report.out_of])[0]
    click.secho(f"Total   {total} of {out_of}{_pending(report)}", bold=True)
    echo_wrapped(f"Walls   {report.walls}: {report.walls_note}", hang=8)
    click.echo(f"Report  {near(index)}")


class _Line(Record, frozen=True, kw_only=True):
    """One part in the terminal: number, title, marks, verdict, the sentence that matters."""

    number: str
    title: str
    score: str
    verdict: Verdict
    sentence: str

    @classmethod
    def of(cls, part: PartResult, marks: str) -> "_Line":
        is_open = part.pending == part.out_of and bool(part.out_of)
        return cls(
            number=part.number,
            title=part.title,
            score=f"{'–' if is_open else marks} of {shown([part.out_of])[0]}",
            verdict=part.verdict,
            sentence=_sentence(part),
        )


def _sentence(part: PartResult) -> str:
    """What to say of a part; where only some of its marks are open, how many."""
    if part.verdict is Verdict.NEEDS_MARKING:
        return ""
    is_partly_open = 0 < part.pending < part.out_of
    still_open = f"{shown([part.pending])[0]} still open: " if is_partly_open else ""
    return one_line(still_open + part.sentence)


def _marked(report: Report) -> list[tuple[PartResult, str]]:
    """Each part with its marks, rounded so that the lines add up to the total."""
    return list(zip(report.parts, shown([p.marks for p in report.parts]), strict=True))


def _print_line(line: _Line, widths: tuple[int, ...]) -> None:
    number, title, score = widths
    title = min(title, room_for_title(number + score + _VERDICT_WIDTH + 8))
    shown_title = cut(line.title, title)
    head = f"  {line.number:<{number}}  {shown_title:<{title}}  {line.score:>{score}}  "
    colour = _COLOURS.get(line.verdict, "red")
    beside = click.style(f"{line.verdict:<{_VERDICT_WIDTH}}", fg=colour)
    room = _width() - len(head) - _VERDICT_WIDTH - 2
    if line.sentence and (not _width() or len(line.sentence) <= room):
        click.echo(f"{head}{beside}  {line.sentence}")
    else:
        click.echo(f"{head}{click.style(line.verdict, fg=colour)}")
        echo_wrapped(line.sentence, margin=number + 4)


def _pending(report: Report) -> str:
    """What is kept out of the lost marks, by kind: ", 2 not read, 3 need marking"."""
    sums: dict[str, Fraction] = {}
    for part in report.parts:
        if part.pending:
            word = _PENDING.get(part.verdict, "not read")
            sums[word] = sums.get(word, Fraction(0)) + part.pending
    return "".join(f", {shown([marks])[0]} {word}" for word, marks in sums.items())


def _width() -> int:
    """The terminal's width; 0, meaning no limit, where the output is no terminal."""
    return shutil.get_terminal_size((_PLAIN_WIDTH, 0)).columns if sys.stdout.isatty() else 0


def echo_wrapped(text: str, *, margin: int = 0, hang: int = 0, fg: str | None = None) -> None:
    """Print a line at a margin; what has no room goes on below, `hang` columns further in."""
    width, lines = _width(), [text] if text else []
    if width:
        room = max(width - margin, _LEAST_ROOM)
        lines = textwrap.wrap(text, room, subsequent_indent=" " * hang, break_on_hyphens=False)
    for line in lines:
        click.echo(f"{'':{margin}}{click.style(line, fg=fg) if fg else line}")


def room_for_title(beside: int) -> int:
    """The columns that a table's titles may take, with so many beside them."""
    return max(_width() - beside, _LEAST_ROOM) if _width() else _NO_LIMIT


def cut(text: str, room: int) -> str:
    """As much of a title or name as `room` columns hold."""
    return text if len(text) <= room else f"{text[: room - 1].rstrip()}…"


def one_line(text: str) -> str:
    """Text that may hold a student's words, fit for a terminal: one line, no control characters."""
    return inert(" ".join(text.split()))


def inert(text: str) -> str:
    """Text without what a terminal would act on; its lines stay."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def near(path: Path) -> str:
    """The path as seen from here, where that is shorter."""
    try:
        return inert(str(path.resolve().relative_to(Path.cwd())))
    except ValueError:
        return inert(str(path))
