"""The command `grade`: turns arguments into one call, prints, picks the exit code.

The only room that knows click. The student's side is started before anything slow is imported, so
that it warms up while this process does; that is why imports stand inside functions here.
"""

import enum
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader import __version__
from grader.errors import GraderError, UsageError
from grader.model import PartResult, Report, Verdict, Walls

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from grader.course import Course


class Exit(enum.IntEnum):
    """What `grade` ends with."""

    NOTHING_LOST = 0
    SOMETHING_LOST = 1
    USAGE = 2
    BROKEN_PROBLEM = 3
    GRADER_FAILED = 4
    INTERRUPTED = 130


class _Commands(click.Group):
    """Takes a path where a command is expected, and turns errors into sentences."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A known command's name wins; anything else is what `submission` grades."""
        if args and args[0] not in self.commands:
            args = ["submission", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options of `submission` may stand before its path: `grade --json submissions/alice`."""
        own = {"--help", "-h", "--version"}
        if args and args[0].startswith("-") and args[0] not in own:
            args = ["submission", *args]
        return super().parse_args(ctx, args)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """The one boundary at which errors become messages and exit codes."""
        if "--debug" in sys.argv[1:]:
            return super().main(*args, **kwargs)
        try:
            return super().main(*args, **kwargs)
        except GraderError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(error.exit_code)
        except (KeyboardInterrupt, EOFError):
            click.echo("interrupted; nothing was written", err=True)
            sys.exit(Exit.INTERRUPTED)
        except BrokenPipeError:
            # The reader of our output went away (`grade … | head`); say nothing more.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(Exit.SOMETHING_LOST)
        except Exception as error:  # noqa: BLE001  # the last line: no traceback reaches the user
            click.echo(
                f"error: the grader failed ({type(error).__name__}: {error}); nobody loses marks by "
                "it. Run again with --debug to see where, and report it.",
                err=True,
            )
            sys.exit(Exit.GRADER_FAILED)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A path needs no command:  grade submissions/alice",
)
@click.version_option(__version__, prog_name="grade")
def main() -> None:
    """Grade deep-learning homework against executable references.

    \b
    grade submissions/alice    grades one submission: marks here, feedback as HTML
    """  # noqa: D301  # click's mark for a paragraph that keeps its lines


@main.command("submission")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--course",
    "course_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The course's folder, if it is not around the submission.",
)
@click.option("--assignment", "name", help="The assignment, if not the course's default.")
@click.option(
    "--reports",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where reports are written (default: the course's reports/).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the student's record as JSON instead.")
@click.option(
    "--walls",
    type=click.Choice([w.value for w in Walls]),
    help="Insist on this protection; without it, the best that this machine offers.",
)
@click.option("--one", is_flag=True, help="Take the folder as one submission, wherever it lies.")
@click.option("--debug", is_flag=True, help="Show a traceback when the grader itself fails.")
def submission_command(  # noqa: PLR0913  # one parameter per option
    path: Path,
    course_folder: Path | None,
    name: str | None,
    reports: Path | None,
    walls: str | None,
    *,
    as_json: bool,
    one: bool,
    debug: bool,
) -> None:
    """Grade one submission: a folder, or a single file.

    Ends with 0 when no mark was lost, 1 when some were lost or not read, 2 for a wrong path or
    option, 3 when a problem is broken, 4 when the grader failed.
    """  # the command `submission` may be left out
    del debug  # read where errors are caught
    from grader.sandbox import Sandbox

    with Sandbox(walls=Walls(walls) if walls else None) as sandbox:
        from grader.course import find_course
        from grader.report import record_json, write_report

        course = find_course(given=course_folder, near=path)
        _check_is_one(path, course, one=one)
        report, problems = _graded(path, course, name, sandbox)
    folder = (reports or course.reports) / report.assignment / report.student
    index = write_report(
        report,
        problems=problems,
        folder=folder,
        templates=(course.templates,),
        cache=course.private / "pages",
    )
    if as_json:
        click.echo(record_json(report))
    else:
        _print(report, index)
    sys.exit(exit_code(report))


def _graded(
    path: Path, course: "Course", name: str | None, sandbox: Any
) -> "tuple[Report, tuple[Any, ...]]":
    """The report on one submission, and the problems that it is about."""
    from grader.grading import grade, prepare
    from grader.submission import take_submission

    submission = take_submission(path)
    assignment = course.assignment(name)
    slugs = [problem.slug for problem in assignment.problems]
    grading = prepare(
        assignment,
        public={slug: course.problem_file(slug) for slug in slugs},
        private={slug: course.solution_file(slug) for slug in slugs},
        cache=course.private / "expected",
    )
    return grade(submission, grading, sandbox), assignment.problems


def _check_is_one(path: Path, course: "Course", *, one: bool) -> None:
    """A folder with an answer file in it, or right under submissions/, is one submission."""
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder; name what was handed in")
    is_one = (
        one
        or path.is_file()
        or path.resolve().parent == course.submissions
        or any(entry.is_file() for entry in path.iterdir() if not entry.name.startswith("."))
    )
    if not is_one:
        entries = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith("."))
        example = path / entries[0] if entries else path / "alice"
        raise UsageError(
            f"{path}: found a folder of {len(entries)} entries and no answer file; name one "
            f"submission, such as {example}, or say --one"
        )


def exit_code(report: Report) -> Exit:
    """0 nothing lost, 1 something lost or unread, 4 when we failed on a part."""
    verdicts = {part.verdict for part in report.parts}
    tests = {test.verdict for part in report.parts for test in part.tests}
    if Verdict.FAILED_TO_GRADE in verdicts | tests:
        return Exit.GRADER_FAILED
    lost = report.marks + report.pending != report.out_of
    return Exit.SOMETHING_LOST if lost or Verdict.UNREADABLE in verdicts else Exit.NOTHING_LOST


# --- the terminal -------------------------------------------------------------------------------

_COLOURS = {
    Verdict.PASSED: "green",
    Verdict.NEEDS_MARKING: "cyan",
    Verdict.UNREADABLE: "yellow",
    Verdict.SKIPPED: "yellow",
    Verdict.FAILED_TO_GRADE: "magenta",
}
_PLAIN_WIDTH = 100


def _print(report: Report, index: Path) -> None:
    from grader.report import redact, shown

    report = redact(report)
    parts = report.parts
    marks = dict(zip((p.id for p in parts), shown([p.marks for p in parts]), strict=True))
    total = shown([report.marks, report.out_of])
    click.echo(f"{report.student} · {report.title}\n")
    width = max(len(f"{p.number}  {p.title}") for p in parts) + 2
    for problem in report.problems:
        click.secho(problem.title, bold=True)
        for part in problem.parts:
            _print_part(part, marks[part.id], width, shown)
        click.echo()
    for note in report.notes:
        click.secho(f"note: {_one_line(note)}", fg="yellow")
    click.secho(f"Total   {total[0]} of {total[1]}{_pending(report)}", bold=True)
    click.echo(f"Walls   {report.walls}: {report.walls_note}")
    click.echo(f"Report  {_near(index)}")


def _print_part(
    part: PartResult, marks: str, width: int, shown: "Callable[[list[Fraction]], list[str]]"
) -> None:
    """One line: number, title, marks, verdict, and the sentence that matters."""
    out_of = shown([part.out_of])[0]
    given = "–" if part.pending == part.out_of and part.out_of else marks
    head = f"  {part.number}  {part.title}".ljust(width + 2)
    score = f"{given} of {out_of}".rjust(10)
    verdict = click.style(f"{part.verdict:<15}", fg=_COLOURS.get(part.verdict, "red"))
    sentence = "" if part.verdict is Verdict.NEEDS_MARKING else _one_line(part.sentence)
    room = _width() - len(head) - len(score) - 19
    click.echo(f"{head}{score}  {verdict}  {_cut(sentence, room)}".rstrip())


def _pending(report: Report) -> str:
    """What is kept out of the lost marks, by kind: ", 2 not read, 3 need marking"."""
    from grader.report import shown

    words = {
        Verdict.NEEDS_MARKING: "need marking",
        Verdict.FAILED_TO_GRADE: "not graded, by our failure",
    }
    sums: dict[str, Fraction] = {}
    for part in report.parts:
        if part.pending:
            word = words.get(part.verdict, "not read")
            sums[word] = sums.get(word, 0) + part.pending
    return "".join(f", {shown([marks])[0]} {word}" for word, marks in sums.items())


def _width() -> int:
    """The terminal's width; 0, meaning no limit, where the output is no terminal."""
    import shutil

    return shutil.get_terminal_size((_PLAIN_WIDTH, 0)).columns if sys.stdout.isatty() else 0


def _cut(sentence: str, room: int) -> str:
    if room <= 0 or len(sentence) <= room:
        return sentence
    return f"{sentence[: max(room, 20) - 1].rstrip()}…"


def _one_line(text: str) -> str:
    """Text that may hold a student's words, fit for a terminal: one line, no control characters."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))


def _near(path: Path) -> str:
    """The path as seen from here, where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
