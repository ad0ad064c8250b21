"""How a class run is watched: a bar on a terminal, plain lines on a pipe; both on stderr."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

_STEPS = 10  # lines for a whole run on a pipe

Advance = Callable[[str], None]


@contextmanager
def watched(total: int, *, kept: int) -> Iterator[Advance]:
    """Watch `total` submissions being graded; call what is given with each student's name."""
    if kept:
        click.echo(f"{kept} of {total + kept} unchanged since their last grading", err=True)
    if not total:
        yield lambda _: None
    elif sys.stderr.isatty():
        with _bar(total) as advance:
            yield advance
    else:
        yield _lines(total)


@contextmanager
def _bar(total: int) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column

    whole = Column(no_wrap=True)  # on a narrow terminal the bar gives way
    columns = (
        TextColumn("Grading"),
        BarColumn(),
        MofNCompleteColumn(table_column=whole),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(table_column=whole),
        TextColumn("gone,"),
        TimeRemainingColumn(table_column=whole),
        TextColumn("left"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total, rate="")
        rate = _Rate()

        def advance(_: str) -> None:
            progress.update(task, advance=1, rate=rate.said())

        yield advance


def _lines(total: int) -> Advance:
    """A line for every tenth of the run, and for the last one."""
    done = 0
    rate = _Rate()

    def advance(_: str) -> None:
        nonlocal done
        done += 1
        said = rate.said()
        if done == total or done * _STEPS // total > (done - 1) * _STEPS // total:
            click.echo(f"{done} of {total} graded, {said}", err=True)

    return advance


class _Rate:
    """How many submissions a second, over the whole run so far."""

    def __init__(self) -> None:
        self._began, self._done = time.perf_counter(), 0

    def said(self) -> str:
        """Count one more and give the rate in words."""
        self._done += 1
        rate = self._done / max(time.perf_counter() - self._began, 1e-9)
        return f"{rate:.1f} a second" if rate >= 1 else f"{60 * rate:.1f} a minute"
