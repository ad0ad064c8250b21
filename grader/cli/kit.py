"""`grade kit`: what students receive of an assignment."""

from pathlib import Path

import click

from grader.cli.options import course_option
from grader.errors import UsageError


@click.command(short_help="Pack what students receive, without solutions.")
@click.argument("assignment", required=False)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The archive to write (default: the assignment's name, .zip).",
)
@course_option()
def kit(assignment: str | None, output: Path | None, course_folder: Path | None) -> None:
    """Pack what students receive: statements, starters, public tests.

    The archive is searched for hidden values and for the references' lines before it is written;
    the same course gives the same bytes.
    """
    from grader.course import find_course
    from grader.kit import make_kit

    course = find_course(given=course_folder)
    wanted = course.assignment(assignment)
    made = make_kit(course, wanted, cache=course.private / "expected")
    path = output or Path(f"{wanted.name}.zip")
    data = made.packed()
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        raise UsageError(f"--output {path}: can not be written: {error.strerror}") from error
    click.echo(f"{path}: {len(made.files)} files, {len(data) / 1024:.0f} KiB")
