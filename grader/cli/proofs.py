"""What an author reads of a proof: one line a part, what is wrong below it, and a summary.

Prints records of `verify`; decides nothing.
"""

import statistics
import sys
from collections.abc import Iterable
from math import inf
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from grader.verify import PartProof, ProblemProof

_HEADS = ("", "oracle", "noise", "allowed", "nearest", "known", "right", "mutants", "chance")


class Progress:
    """A line on the terminal that says which part was proven last."""

    def __init__(self) -> None:
        self._done = 0
        self._is_shown = sys.stderr.isatty()

    def done(self, part: str) -> None:
        """One more part is proven."""
        self._done += 1
        if self._is_shown:
            click.echo(f"\r\033[K{self._done} parts proven, last {part}", err=True, nl=False)

    def clear(self) -> None:
        """Take the line away, before something is printed."""
        if self._is_shown:
            click.echo("\r\033[K", err=True, nl=False)


def print_proof(proof: "ProblemProof") -> None:
    """Print one problem: its parts in a table, then what was found.

    A part that is broken has no line in the table, as nothing of it was looked at.
    """
    slug = "" if proof.slug == proof.title else f" · {proof.slug}"
    click.secho(proof.title, bold=True, nl=False)
    click.echo(f"{slug} · {proof.lines} lines, {proof.seconds:.1f} s")
    parts = [part for part in proof.parts if not part.is_broken]
    computed = [part for part in parts if part.kind == "computed"]
    others = [part for part in parts if part.kind != "computed"]
    rows = [_HEADS, *map(_row, computed)] if computed else []
    name_width = max((len(part.name) for part in parts), default=0)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][1:]
    marks = [" ", *map(_mark, computed)]
    for mark, (name, *cells) in zip(marks, rows, strict=False):
        shown = "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        click.echo(f"  {mark} {name:<{name_width}}  {shown}")
    for part in others:
        click.echo(f"  {_mark(part)} {part.name:<{name_width}}  {_marked(part)}")
    _print_findings(proof)
    click.echo()


def _mark(part: "PartProof") -> str:
    return click.style("✗", fg="red") if part.faults else click.style("✓", fg="green")


def _marked(part: "PartProof") -> str:
    """What a part is that is not computed."""
    if part.kind == "text":
        return "a text, which a person marks"
    return f"claims; guessing earns {float(part.chance):.0%}"


def print_summary(proofs: Iterable["ProblemProof"]) -> None:
    """Print the figures over all problems, and whether they are proven."""
    proofs = list(proofs)
    parts = [part for proof in proofs for part in proof.parts]
    wrongs = [wrong for part in parts for wrong in part.wrongs]
    known = sum(wrong.is_recognised for wrong in wrongs)
    mutants = [part.mutants for part in parts]
    killed, same = sum(m.killed for m in mutants), sum(m.equivalent for m in mutants)
    alive = sum(len(m.alive) for m in mutants)
    broken = [proof.slug for proof in proofs if not proof.is_proven]
    decades = [part.decades for part in parts if part.wrongs and part.decades < inf]
    if wrongs:
        click.echo(f"Misconceptions  {known} of {len(wrongs)} recognised as themselves")
    if killed or same or alive:
        possible = sum(m.possible for m in mutants)
        click.echo(
            f"Mutants         {killed} noticed, {same} equivalent, {alive} alive,"
            f" of {possible} possible"
        )
    if decades:
        low, middle = min(decades), statistics.median(decades)
        click.echo(f"Margins         {low:.1f} decades at least, {middle:.1f} in the median")
    if proofs:
        lines = [proof.lines for proof in proofs]
        click.echo(
            f"Lines           {min(lines)} at least, {statistics.median(lines):g} in the median"
        )
    verdict = f"{len(proofs) - len(broken)} of {len(proofs)} problems are proven"
    more = f"; not proven: {', '.join(broken)}" if broken else ""
    click.secho(f"{verdict}{more}", bold=True, fg="red" if broken else "green")


def _row(part: "PartProof") -> tuple[str, ...]:
    """The cells of a part: errors, the tolerance between them, and counts."""
    known = sum(wrong.is_recognised for wrong in part.wrongs)
    mutants = part.mutants
    tried = mutants.killed + mutants.equivalent + len(mutants.alive)
    same = f" (+{mutants.equivalent} same)" if mutants.equivalent else ""
    return (
        part.name,
        _error(part.oracle_error) if part.has_oracle else "none",
        _error(part.noise),
        _error(part.tolerance),
        _error(part.nearest) if part.wrongs else "–",
        f"{known}/{len(part.wrongs)}",
        f"{part.accepted}/{part.accepted_of}",
        f"{mutants.killed}/{tried}{same}" if tried else "–",
        f"{float(part.chance):.0%}",
    )


def _error(error: float) -> str:
    if error == inf:
        return "exact"
    return "0" if error == 0 else f"{error:.0e}"


def _print_findings(proof: "ProblemProof") -> None:
    for finding in proof.findings:
        click.secho(f"    ✗ {finding.check}: {finding.sentence}", fg="red")
    for part in proof.parts:
        for finding in part.findings:
            sign, colour = ("✗", "red") if finding.is_fault else ("·", None)
            line = f"    {sign} {part.name}: {finding.check}: {finding.sentence}"
            click.secho(line, fg=colour)
