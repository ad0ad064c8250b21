"""`grade problems new`, `list`, `show` and `try`: what an author does before proving a problem."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.exits import Exit
from grader.cli.options import course_option
from grader.cli.problems import slugs_of
from grader.cli.terminal import near, one_line
from grader.errors import UsageError
from grader.model import counted

if TYPE_CHECKING:
    from grader.model import ExpectedPart, OutputResult, Part, Report


@click.command(name="list")
@course_option()
def list_(course_folder: Path | None) -> None:
    """List the course's problems: parts, marks, topics."""
    from grader.course import find_course, load_problem

    course = find_course(given=course_folder)
    found = [load_problem(course.problem_file(slug)) for slug in slugs_of(course, ())]
    width = max((len(problem.slug) for problem in found), default=0)
    for problem in found:
        parts = counted(len(problem.parts), "part")
        marks = counted(sum(part.marks for part in problem.parts), "mark")
        topics = f"  ({', '.join(problem.topics)})" if problem.topics else ""
        click.echo(f"{problem.slug:<{width}}  {parts:<8}  {marks:<8}  {problem.title}{topics}")


@click.command(short_help="Write both files of a new problem.")
@click.argument("slug")
@click.option(
    "--kind",
    type=click.Choice(["function", "formula", "number", "claims", "text"]),
    default="function",
    show_default=True,
    help="The kind of answer that the first part asks for.",
)
@course_option()
def new(slug: str, kind: str, course_folder: Path | None) -> None:
    """Write both files of a new problem, which can be proven as they are.

    A folder without problems becomes a course with this one, where it is named: --course .
    """
    from grader.course import COURSE_FILE, find_course, is_slug
    from grader.verify import scaffold

    if not is_slug(slug):
        raise UsageError(f"{slug!r} is no slug; use small letters, digits and '-'")
    files = scaffold(slug, kind)
    begins = course_folder is not None and _can_become_a_course(course_folder)
    if course_folder is not None and begins:
        _write(course_folder / COURSE_FILE, files.course)
    try:
        course = find_course(given=course_folder)
    except UsageError as error:
        begin = "" if course_folder else "; to begin a course here, add  --course ."
        raise UsageError(f"{error}{begin}") from error
    public, private = course.problem_file(slug), course.solution_file(slug)
    for path in (public, private):
        if path.exists():
            raise UsageError(f"{path}: there is such a file already; choose another slug")
    _write(public, files.public)
    _write(private, files.private)
    click.echo(f"next: edit them, then  grade problems verify {slug}")
    if not begins:
        click.echo(f"then: list {files.part} under its number in {near(course.file)}")


def _can_become_a_course(folder: Path) -> bool:
    return folder.is_dir() and not (folder / "problems").exists()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    click.echo(near(path))


@click.command(short_help="Print what students see, and what the tests do.")
@click.argument("slug")
@course_option()
def show(slug: str, course_folder: Path | None) -> None:
    """Print what a student will see of a problem, and what its tests do."""
    from grader.course import find_course
    from grader.expected import expected_for
    from grader.kit import as_markdown

    course = find_course(given=course_folder)
    slugs_of(course, (slug,))
    alone = course.alone(slug)
    (problem,) = alone.problems
    click.echo(as_markdown(problem, alone.numbered))
    expected = expected_for(
        problem,
        public=course.problem_file(slug),
        private=course.solution_file(slug),
        cache=course.private / "expected",
    )
    for part, known in zip(problem.parts, expected.parts, strict=True):
        _show_tests(part, known)


def _show_tests(part: "Part", expected: "ExpectedPart") -> None:
    click.secho(f"{part.id}", bold=True)
    for sentence in expected.rubric:
        click.echo(f"  a good text  {sentence}")
    for sentence in expected.red_flags:
        click.echo(f"  a red flag   {sentence}")
    for claim in expected.claims:
        key, told = "true " if claim.truth else "false", claim.say and f": {claim.say}"
        click.echo(f"  {key}   {claim.id}{told}")
    total = sum(test.weight for test in expected.tests)
    for test in expected.tests:
        kind = "public" if test.is_public else "hidden"
        marks = float(part.marks * test.weight / total)
        cases = counted(len(test.cases), "case")
        click.echo(f"  {kind}  {test.name}: {cases}, {marks:.2f} marks")
    for mistake in expected.misconceptions:
        click.echo(f"  knows   {mistake.name}: {mistake.say}")


@click.command(name="try", short_help="Grade an answer to one problem, with all visible.")
@click.argument("slug")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@course_option()
def try_(slug: str, path: Path, course_folder: Path | None) -> None:
    """Grade a file or a folder against one problem, with everything visible: for its author."""
    from grader.cli.preparing import expecting
    from grader.course import find_course
    from grader.grading import grade
    from grader.sandbox import Sandbox
    from grader.submission import take_submission

    course = find_course(given=course_folder, near=path)
    slugs_of(course, (slug,))
    grading = expecting(course, course.alone(slug))
    with Sandbox(walls=None) as sandbox:
        report = grade(take_submission(path), grading, sandbox)
    _print_all(report)
    is_full = report.marks == report.out_of
    sys.exit(Exit.NOTHING_LOST if is_full else Exit.SOMETHING_LOST)


def _print_all(report: "Report") -> None:
    """Every test with its values: nothing is hidden from an author."""
    for part in report.parts:
        name = part.id.partition("/")[2]
        click.secho(f"{name}  {float(part.marks):.2f} of {float(part.out_of):.2f}", bold=True)
        if part.sentence:
            click.echo(f"  {one_line(part.sentence)}")
        for test in part.tests:
            click.echo(f"  {test.verdict}  {test.name}: {test.cases_passed} of {test.cases} cases")
            for output in test.outputs:
                _print_output(output)


def _print_output(output: "OutputResult") -> None:
    """What is said of an output, and both values; nothing of one that is right."""
    from grader.cli.checked import values_of

    if not output.sentence:
        return
    known = f" [{output.misconception}]" if output.misconception else ""
    sentence = output.sentence.removeprefix(f"{output.name}: ")
    click.echo(f"    {output.name}{known}: {one_line(sentence)}")
    if values := values_of(output):
        click.echo(f"      {values}")
