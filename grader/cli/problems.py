"""`grade problems …`: what authors ask about problems.

Picks problems by their slugs and hands them to the rooms that prove, show or scaffold them.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from grader.cli.exits import Exit
from grader.cli.options import course_option
from grader.cli.proofs import Progress, print_proof, print_summary
from grader.errors import ProblemError, UsageError, did_you_mean

if TYPE_CHECKING:
    from grader.course import Course
    from grader.verify import Asked

_HOMES = {"list": "list_", "new": "new", "show": "show", "try": "try_"}


class _Group(click.Group):
    """Finds the commands for authors where they are defined, when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return [*super().list_commands(ctx), *_HOMES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command that stands here, or one of the module beside."""
        own = super().get_command(ctx, cmd_name)
        if own is not None or cmd_name not in _HOMES:
            return own
        from grader.cli import authoring

        command: click.Command = getattr(authoring, _HOMES[cmd_name])
        return command


@click.group(cls=_Group)
def problems() -> None:
    """Write problems, look at them, and prove that they are sound."""


@problems.command()
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@click.option(
    "--only", multiple=True, metavar="CHECK", help="Ask this check only; may be repeated."
)
@click.option(
    "--seeds",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="How many draws of the random cases to look at.",
)
@click.option(
    "--mutants",
    default="12",
    show_default=True,
    help="How many mutants of each part to try: a number, 'all' or 'none'.",
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    help="Processes to use (default: one per core).",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON instead.")
@course_option()
def verify(  # noqa: PLR0913  # one parameter per option
    slugs: tuple[str, ...],
    only: tuple[str, ...],
    seeds: int,
    mutants: str,
    jobs: int,
    course_folder: Path | None,
    *,
    as_json: bool,
) -> None:
    """Prove problems: all of the course's, or those named.

    Ends with 0 when each of them is proven, and with 3 when one is not.
    """
    from grader.course import find_course
    from grader.verify import prove

    course = find_course(given=course_folder)
    chosen = slugs_of(course, slugs)
    if not slugs:
        _check_solutions(course)
    files = [(course.problem_file(slug), course.solution_file(slug)) for slug in chosen]
    progress = Progress()
    proofs = prove(files, _asked(only, seeds, mutants), processes=jobs, progress=progress.done)
    found = []
    for proof in proofs:
        found.append(proof)
        if not as_json:
            progress.clear()
            print_proof(proof)
    progress.clear()
    if as_json:
        data = msgspec.json.encode(found, enc_hook=str)  # no number where one is infinite
        click.echo(msgspec.json.format(data, indent=1))
    else:
        print_summary(found)
    sys.exit(Exit.NOTHING_LOST if all(p.is_proven for p in found) else Exit.BROKEN_PROBLEM)


def slugs_of(course: "Course", given: tuple[str, ...]) -> list[str]:
    """The slugs named, or those of all problem folders.

    Raises:
        UsageError: there is no such problem.
    """
    known = sorted(path.parent.name for path in course.root.glob("problems/*/problem.yaml"))
    for slug in given:
        if slug not in known:
            advice = did_you_mean(slug, known) or f"; the course has {', '.join(known)}"
            raise UsageError(f"there is no problem {slug!r}{advice}")
    return list(given) or known


def _check_solutions(course: "Course") -> None:
    """Each solution belongs to a problem; other code may stand beside them."""
    for path in sorted(course.root.glob("solutions/*.py")):
        slug = path.stem.replace("_", "-")
        is_one = "Solution(" in path.read_text(encoding="utf-8", errors="replace")
        if is_one and not course.problem_file(slug).is_file():
            near = did_you_mean(slug, slugs_of(course, ()))
            raise ProblemError(path, f"there is no problems/{slug}/problem.yaml for it{near}")


def _asked(only: tuple[str, ...], seeds: int, mutants: str) -> "Asked":
    from grader.verify import CHECKS, Asked

    for name in only:
        if name not in CHECKS:
            raise UsageError(f"there is no check {name!r}; wanted one of {', '.join(CHECKS)}")
    checks = frozenset(only or CHECKS)
    if mutants == "none":
        checks -= {"mutants"}
    elif mutants != "all" and not (mutants.isdecimal() and int(mutants)):
        raise UsageError(f"--mutants: found {mutants!r}; wanted a number from 1, 'all' or 'none'")
    return Asked(checks=checks, seeds=seeds, mutants=int(mutants) if mutants.isdecimal() else 0)
