"""The options that `grade PATH…` has for a class, and what was chosen of them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from grader.model import Record, Walls, due_at

F = TypeVar("F", bound=Callable[..., Any])

_FILE = click.Path(path_type=Path, dir_okay=False)


def _due(_context: click.Context, _option: click.Parameter, text: str | None) -> datetime | None:
    try:
        return None if text is None else due_at(text, needs_zone=False)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


_OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("--many", {"is_flag": True, "help": "Take the folder as a class, wherever it lies."}),
    (
        "--jobs",
        {
            "type": click.IntRange(1),
            "help": "Class: grade so many at a time (default: one per core).",
        },
    ),
    (
        "--only",
        {
            "multiple": True,
            "metavar": "PART",
            "help": "Class: these parts alone, by number, slug or slug/part; shown, not stored.",
        },
    ),
    (
        "--regrade",
        {"is_flag": True, "help": "Class: grade what did not change as well; show who moves."},
    ),
    (
        "--never-lower",
        {"is_flag": True, "help": "Class: a mark lower than before is kept, but does not count."},
    ),
    (
        "--fail-fast",
        {"is_flag": True, "help": "Class: stop at the first submission that can not be graded."},
    ),
    (
        "--count",
        {
            "type": click.Choice(["latest", "best"]),
            "default": "latest",
            "help": "Class: the attempt that counts (default: the latest).",
        },
    ),
    (
        "--sort",
        {
            "type": click.Choice(["name", "marks"]),
            "default": "name",
            "help": "Class: the order of the table (default: by name).",
        },
    ),
    (
        "--book",
        {
            "type": _FILE,
            "help": "Class: the gradebook's file (default: the course's .grade/gradebook.sqlite).",
        },
    ),
    (
        "--roster",
        {
            "type": _FILE,
            "help": "Class: a list of students, or a table of any columns; says who is missing.",
        },
    ),
    (
        "--executor",
        {
            "type": click.Choice(["local", "dask"]),
            "default": "local",
            "help": "Class: where the work is done (default: on this machine).",
        },
    ),
    (
        "--scheduler",
        {"metavar": "ADDRESS", "help": "Class: the Dask scheduler, such as tcp://10.0.0.1:8786."},
    ),
    (
        "--anonymous",
        {"is_flag": True, "help": "Class: no names and no links in the class report."},
    ),
    (
        "--due",
        {
            "callback": _due,
            "metavar": "WHEN",
            "help": "Class: when it was due (2026-11-20, 2026-11-20T23:59), if not as course.yaml"
            " says; lateness is recorded, and nothing is taken off for it.",
        },
    ),
)


class ClassOptions(Record, frozen=True, kw_only=True):
    """The options that only a class has."""

    many: bool
    jobs: int | None
    only: tuple[str, ...]
    regrade: bool
    never_lower: bool
    fail_fast: bool
    count: str
    sort: str
    book: Path | None
    roster: Path | None
    executor: str
    scheduler: str | None
    anonymous: bool
    due: datetime | None


class Common(Record, frozen=True, kw_only=True):
    """The options that a class shares with a single submission."""

    course: Path | None
    assignment: str | None
    reports: Path | None
    walls: Walls | None
    as_json: bool


def options_given() -> list[str]:
    """Those of a class that stand on the command line, as they are spelt there."""
    source = click.get_current_context().get_parameter_source
    names = (name for name, _ in _OPTIONS)
    return [n for n in names if source(n[2:].replace("-", "_")) is ParameterSource.COMMANDLINE]


def class_options(command: F) -> F:
    """Add the options of a class to a command."""
    for name, settings in reversed(_OPTIONS):
        command = click.option(name, **settings)(command)
    return command
