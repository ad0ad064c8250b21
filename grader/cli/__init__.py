"""The command `grade`: turns arguments into one call, prints, picks the exit code.

The only room that knows click. This module holds the command itself and the one boundary at which
errors become sentences; each subcommand has a module of its own.
"""

import errno
import io
import os
import sys
from importlib import import_module
from typing import Any

import click

from grader import __version__
from grader.cli.exits import Exit
from grader.errors import GraderError

# Our arrays are small: threads of BLAS and torch would only fight over the cores. Set before
# numpy is imported, and only where nobody chose otherwise.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

# What a person has to put right at a folder; any other failure of a file is ours.
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}

_DEBUG = "--debug"  # of every command; read where errors are caught

# Where each command is defined, under its own name, in the order of the help.
_HOME = {
    "submission": "grader.cli.one",
    "check": "grader.cli.check",
    "problems": "grader.cli.problems",
    "kit": "grader.cli.kit",
    "book": "grader.cli.book",
    "doctor": "grader.cli.doctor",
}


class _Commands(click.Group):
    """Takes a path where a command is expected, and turns errors into sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        del ctx
        return list(_HOME)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; its module is imported when it is first asked for."""
        del ctx
        if cmd_name not in _HOME:
            return None
        command: click.Command = getattr(import_module(_HOME[cmd_name]), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A known command's name wins; anything else is what `submission` grades."""
        if args and args[0] not in _HOME:
            args = ["submission", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options of `submission` may stand before its path: `grade --json submissions/alice`.

        `--debug` may stand anywhere.
        """
        own = {"--help", "-h", "--version"}
        others = [argument for argument in args if argument != _DEBUG]
        if others and others[0].startswith("-") and others[0] not in own:
            others = ["submission", *others]
        return super().parse_args(ctx, others)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """The one boundary at which errors become messages and exit codes."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # A file or pipe on Windows may have no α; then a mark stands for it.
                stream.reconfigure(errors="replace")
        try:
            # Without its standalone mode, click leaves errors to us; a number is an exit code.
            code = super().main(*args, **{**kwargs, "standalone_mode": False})
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except GraderError as error:
            _trace()
            click.echo(_inert(f"error: {error}"), err=True)
            code = error.exit_code
        except (KeyboardInterrupt, click.Abort):
            click.echo("interrupted; run the same command again", err=True)
            code = Exit.INTERRUPTED
        except Exception as error:  # noqa: BLE001  # the last line: no traceback reaches the user
            _trace()
            click.echo(_inert(_failure(error)), err=True)
            code = Exit.GRADER_FAILED
        sys.exit(code)


def _trace() -> None:
    """With --debug, where the error at hand was raised; the exit code says the same as without."""
    if _DEBUG in sys.argv[1:]:
        import traceback

        traceback.print_exc()


def _failure(error: Exception) -> str:
    """What is said when the grader itself fails."""
    if isinstance(error, OSError) and error.errno in _CLOSED:
        name = error.filename or "what is printed"
        return f"error: {name}: can not be written or read: {error.strerror}"
    return (
        f"error: the grader failed ({type(error).__name__}: {error}); nobody loses marks by it. Run"
        " again with --debug to see where, and report it."
    )


def _inert(message: str) -> str:
    """A message that may name a student's file, fit for a terminal."""
    from grader.cli.terminal import inert  # help and a finished run need no records

    return inert(message)


@click.group(
    cls=_Commands,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        # The agreement of no-color.org, which click does not know.
        "color": False if os.environ.get("NO_COLOR") else None,
    },
    epilog="A path needs no command:  grade submissions/alice",
)
@click.option(
    _DEBUG, is_flag=True, expose_value=False, help="Show the traceback of what ends in an error."
)
@click.version_option(__version__, prog_name="grade")
def main() -> None:
    """Grade deep-learning homework against executable references.

    \b
    grade submissions/alice    grades one submission: marks here, feedback as HTML
    grade submissions/         grades a class: a gradebook, a spreadsheet, feedback for each
    """  # noqa: D301  # click's mark for a paragraph that keeps its lines
