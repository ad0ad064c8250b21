"""`grade check`: what a student asks before handing in.

Needs numpy and the public side of a course, and no solutions. The process that runs answers warms
up while this one reads the course; that is why imports stand inside functions here.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.exits import Exit
from grader.cli.options import ASSIGNMENT, course_option
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.check import Checked

_ANSWERS = "answers"
_LOOK_S = 0.3


@click.command(short_help="Check your own answers before you hand in.")
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--problem", "slugs", multiple=True, metavar="SLUG", help="Check this problem only.")
@click.option("--watch", is_flag=True, help="Check again each time a file is saved.")
@course_option("around the answers", folder="The folder of the kit")
@ASSIGNMENT
@click.option("--seed", type=int, help="Draw the random inputs of gradient checks from this seed.")
def check(
    path: Path,
    slugs: tuple[str, ...],
    course_folder: Path | None,
    name: str | None,
    seed: int | None,
    *,
    watch: bool,
) -> None:
    """Check your own answers with the public tests, before you hand them in.

    Without a path, the kit's folder of answers is checked. Ends with 0 when nothing that was looked
    at needs work, and with 1 otherwise.
    """
    from grader.cli.checked import print_checked

    for number in _rounds(_answers(path), watch=watch):
        if watch:
            click.clear()
        found = _checked(path, course_folder, name, slugs, number if seed is None else seed)
        print_checked(found)
        if not watch:
            needs_work = any(part.status.needs_work for part in found.parts)
            sys.exit(Exit.SOMETHING_LOST if needs_work else Exit.NOTHING_LOST)


def _checked(
    path: Path,
    course_folder: Path | None,
    name: str | None,
    slugs: tuple[str, ...],
    seed: int,
) -> "Checked":
    from grader.sandbox import Plain

    with Plain() as runner:
        from grader.check import check as checked
        from grader.course import find_course
        from grader.submission import take_submission

        course = find_course(given=course_folder, near=path)
        assignment = course.assignment(name)
        wanted = _wanted([problem.slug for problem in assignment.problems], slugs, path)
        submission = take_submission(_answers(path))
        return checked(submission, assignment, runner, slugs=wanted, seed=seed)


def _answers(path: Path) -> Path:
    """The answers that a path means: those of a kit, where it is a kit's folder.

    Raises:
        UsageError: there is nothing to check.
    """
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder; name your answers")
    if not (path / "problems" / "course.yaml").is_file():
        return path
    if not (path / _ANSWERS).is_dir():
        raise UsageError(f"{path}: this is a course; name the folder or file with your answers")
    return path / _ANSWERS


def _wanted(known: list[str], slugs: tuple[str, ...], path: Path) -> list[str]:
    """The problems asked for: by slug, or by the name of a Python file; else all.

    Raises:
        UsageError: there is no such problem.
    """
    for slug in slugs:
        if slug not in known:
            raise UsageError(f"there is no problem {slug!r}; there are {', '.join(known)}")
    own = path.stem.replace("_", "-")
    return list(slugs) or ([own] if path.suffix == ".py" and own in known else known)


def _rounds(path: Path, *, watch: bool) -> Iterator[int]:
    """Once, or again whenever a file below the path has changed."""
    number = 0
    seen = _state(path)
    yield number
    while watch:
        time.sleep(_LOOK_S)
        now = _state(path)
        if now != seen:
            seen = now
            number += 1
            yield number


def _state(path: Path) -> dict[Path, int]:
    """When each file was last saved."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.suffix != ".pyc"]
    found = {}
    for file in files:
        try:
            found[file] = file.stat().st_mtime_ns
        except OSError:
            continue  # it was taken away while we looked
    return found
