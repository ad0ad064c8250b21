"""The options that several commands have, each declared once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

ASSIGNMENT = click.option(
    "--assignment", "name", help="The assignment, if not the course's default."
)


def course_option(
    where: str = "around the current directory", *, folder: str = "The course's folder"
) -> Callable[[F], F]:
    """The option `--course`; `where` a course is looked for without it."""
    return click.option(
        "--course",
        "course_folder",
        type=click.Path(path_type=Path, file_okay=False),
        help=f"{folder}, if it is not {where}.",
    )
