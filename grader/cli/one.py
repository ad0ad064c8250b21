"""`grade PATH`: grade one submission.

The student's side is started before anything slow is imported, so that it warms up while this
process does; that is why imports stand inside functions here.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.exits import exit_code
from grader.cli.terminal import print_report
from grader.errors import UsageError
from grader.model import Problem, Report, Walls

if TYPE_CHECKING:
    from grader.course import Course
    from grader.sandbox import Sandbox


@click.command()
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
def submission(  # noqa: PLR0913  # one parameter per option
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
        print_report(report, index)
    sys.exit(exit_code(report))


def _graded(
    path: Path, course: "Course", name: str | None, sandbox: "Sandbox"
) -> tuple[Report, tuple[Problem, ...]]:
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
