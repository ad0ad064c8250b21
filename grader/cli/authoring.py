"""`grade problems new`, `list`, `show` and `try`: what an author does before proving a problem."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.exits import Exit
from grader.cli.problems import COURSE, slugs_of
from grader.cli.terminal import near, one_line
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.model import ExpectedPart, Part, Report


@click.command(name="list")
@COURSE
def list_(course_folder: Path | None) -> None:
    """List the course's problems: parts, marks, topics."""
    from grader.course import find_course, load_problem

    course = find_course(given=course_folder, near=Path())
    found = [load_problem(course.problem_file(slug)) for slug in slugs_of(course, ())]
    width = max((len(problem.slug) for problem in found), default=0)
    for problem in found:
        marks = sum(part.marks for part in problem.parts)
        parts = "1 part " if len(problem.parts) == 1 else f"{len(problem.parts)} parts"
        topics = ", ".join(problem.topics)
        click.echo(
            f"{problem.slug:<{width}}  {parts:>8}  {marks!s:>3} marks"
            f"  {problem.title}{f'  ({topics})' if topics else ''}"
        )


@click.command(short_help="Write both files of a new problem.")
@click.argument("slug")
@click.option(
    "--kind",
    type=click.Choice(["function", "formula", "number", "claims", "text"]),
    default="function",
    show_default=True,
    help="The kind of answer that the first part asks for.",
)
@COURSE
def new(slug: str, kind: str, course_folder: Path | None) -> None:
    """Write both files of a new problem, which can be proven as they are."""
    from grader.course import find_course, is_slug
    from grader.verify import scaffold

    if not is_slug(slug):
        raise UsageError(f"{slug!r} is no slug; use small letters, digits and '-'")
    course = find_course(given=course_folder, near=Path())
    public, private = course.problem_file(slug), course.solution_file(slug)
    for path in (public, private):
        if path.exists():
            raise UsageError(f"{path}: there is such a file already; choose another slug")
    for path, text in zip((public, private), scaffold(slug, kind), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        click.echo(path)
    click.echo(f"next: edit them, then  grade problems verify {slug}")
    click.echo(f"then: list the parts in {near(course.file)}")


@click.command(short_help="Print what students see, and what the tests do.")
@click.argument("slug")
@COURSE
def show(slug: str, course_folder: Path | None) -> None:
    """Print what a student will see of a problem, and what its tests do."""
    from grader.course import find_course, load_problem
    from grader.expected import expected_for
    from grader.kit import as_markdown
    from grader.model import NumberedPart

    course = find_course(given=course_folder, near=Path())
    slugs_of(course, (slug,))
    problem = load_problem(course.problem_file(slug))
    numbered = tuple(NumberedPart(number=part.name, part=part) for part in problem.parts)
    click.echo(as_markdown(problem, numbered))
    expected = expected_for(
        problem,
        public=course.problem_file(slug),
        private=course.solution_file(slug),
        cache=course.private / "expected",
    )
    for part, known in zip(problem.parts, expected.parts, strict=True):
        _show_tests(part, known)


def _show_tests(part: "Part", expected: "ExpectedPart") -> None:
    if expected.rubric or expected.red_flags:
        click.secho(f"{part.id}", bold=True)
    for sentence in expected.rubric:
        click.echo(f"  a good text  {sentence}")
    for sentence in expected.red_flags:
        click.echo(f"  a red flag   {sentence}")
    if not expected.tests:
        return
    click.secho(f"{part.id}", bold=True)
    total = sum(test.weight for test in expected.tests)
    for test in expected.tests:
        kind = "public" if test.is_public else "hidden"
        marks = float(part.marks * test.weight / total)
        click.echo(f"  {kind}  {test.name}: {len(test.cases)} cases, {marks:.2f} marks")
    for mistake in expected.misconceptions:
        click.echo(f"  knows   {mistake.name}: {mistake.say}")


@click.command(name="try", short_help="Grade one file against one problem, with all visible.")
@click.argument("slug")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@COURSE
def try_(slug: str, path: Path, course_folder: Path | None) -> None:
    """Grade one file against one problem, with everything visible: for its author."""
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
                if output.sentence:
                    name = f" [{output.misconception}]" if output.misconception else ""
                    click.echo(f"    {output.name}{name}: {one_line(output.sentence)}")
                    if output.got is not None and output.expected is not None:
                        from grader.cli.checked import values_of

                        if values := values_of(output):
                            click.echo(f"      {values}")
