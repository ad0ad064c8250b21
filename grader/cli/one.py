"""`grade PATH`: grade one submission, or hand a class over to `many`.

The student's side is started before anything slow is imported, so that it warms up while this
process does; that is why imports stand inside functions here.
"""

import sys
from pathlib import Path
from typing import Any

import click

from grader.cli.classoptions import ClassOptions, Common, class_options, options_given
from grader.cli.exits import Exit, exit_code
from grader.cli.options import ASSIGNMENT, course_option
from grader.cli.paths import is_class, nothing_at
from grader.model import Walls


@click.command(short_help="Grade one submission, or a whole class.")
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1, required=True)
@course_option("around the submission")
@ASSIGNMENT
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
@class_options
def submission(  # noqa: PLR0913  # one parameter per option
    paths: tuple[Path, ...],
    course_folder: Path | None,
    name: str | None,
    reports: Path | None,
    walls: str | None,
    *,
    as_json: bool,
    one: bool,
    **of_class: Any,  # see `ClassOptions`
) -> None:
    """Grade one submission (a folder, or a single file), or a whole class.

    A folder of submissions, several paths or an archive of a course platform is a class: its
    attempts go to the gradebook, and a second run grades only what changed.

    Of one submission, ends with 0 when no mark was lost, 1 when some were lost or not read; of a
    class, with 0 when everybody was graded. 2 stands for a wrong path or option, 3 when a problem
    is broken, 4 when the grader failed, 130 when the run was interrupted.
    """  # the command `submission` may be left out
    common = Common(
        course=course_folder,
        assignment=name,
        reports=reports,
        walls=Walls(walls) if walls else None,
        as_json=as_json,
    )
    options = ClassOptions(**of_class)
    is_many = len(paths) > 1 or options.many or (not one and is_class(paths[0], course_folder))
    if is_many:
        from grader.cli.many import grade_class

        sys.exit(grade_class(paths, common, options))
    code = _grade_one(paths[0], common)
    if unused := options_given():
        from grader.cli.terminal import one_line

        said = f"note: {', '.join(unused)} had no effect: {paths[0]} is one submission, no class"
        click.echo(one_line(said), err=True)
    sys.exit(code)


def _grade_one(path: Path, common: Common) -> Exit:
    """Grade one submission, write its pages and print its parts."""
    if not path.exists():
        from grader.cli import main

        raise nothing_at(path, main.list_commands(click.get_current_context()))
    from grader.sandbox import Sandbox

    with Sandbox(walls=common.walls) as sandbox:
        from grader.cli.pages import write_pages
        from grader.cli.preparing import prepared
        from grader.cli.terminal import one_line, print_report
        from grader.course import find_course
        from grader.grading import grade
        from grader.report import record_json
        from grader.submission import take_submission

        course = find_course(given=common.course, near=path)
        submission = take_submission(path)
        grading = prepared(course, common.assignment)
        report = grade(submission, grading, sandbox)
    index = write_pages(report, grading, course, common.reports or course.reports)
    if common.as_json:
        click.echo(record_json(report).encode())  # JSON is UTF-8, whatever the terminal is
    else:
        print_report(report, index)
    for part in report.parts:
        if part.trouble:
            click.echo(f"error: {one_line(part.trouble)}", err=True)
    return exit_code(report)
