"""`grade doctor`: what protects this machine, what was tried in vain, and what would raise it."""

import platform
from importlib.util import find_spec
from pathlib import Path

import click

from grader import __version__
from grader.cli.exits import Exit
from grader.model import Walls


@click.command(short_help="Say what protects this machine, and what would.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def doctor(*, as_json: bool) -> None:
    """Attack the walls of this machine, and say what would raise them.

    Ends with 0 when the walls are full, 1 when they are not.
    """
    from grader.sandbox import Sandbox, advice

    with Sandbox() as sandbox:
        level = sandbox.level
    found = {
        "walls": str(level.walls),
        "note": level.note,
        "attacks": list(level.attacks),
        "tried": list(level.failures),
        "advice": list(advice(level)),
        "references": find_spec("torch") is not None,
    }
    if as_json:
        import json

        click.echo(json.dumps(found, indent=1, sort_keys=True))
    else:
        _print(found)
    raise SystemExit(Exit.NOTHING_LOST if level.walls is Walls.FULL else Exit.SOMETHING_LOST)


def _print(found: dict[str, object]) -> None:
    click.echo(
        f"grade {__version__}, Python {platform.python_version()}, {Path(__file__).parents[1]}"
    )
    click.secho(f"Walls   {found['walls']}: {found['note']}", bold=True)
    for key, title in (("tried", "tried in vain"), ("attacks", "from inside one could")):
        for line in _lines(found[key]):
            click.echo(f"        {title}: {line}")
    for line in _lines(found["advice"]):
        click.secho(f"Raise   {line}", fg="yellow")
    if not found["references"]:
        click.secho(
            "Torch   is not installed; references need it: pip install torch",
            fg="yellow",
        )


def _lines(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
