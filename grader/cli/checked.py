"""What a student reads of a check: a line a part, how it was read, what failed, what was not run.

Values that a public test expects may be shown: they stand in the kit.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from grader.check import Checked, PartCheck, Status
from grader.cli.terminal import one_line
from grader.model import Stage

if TYPE_CHECKING:
    from grader.model import OutputResult, TestResult
    from grader.student.packing import Packed

_COLOURS = {
    Status.PASSED: "green",
    Status.READ: "cyan",
    Status.RUNS: "cyan",
    Status.MISSING: None,
}
_WIDTH = 12
_LONG = 120
_FEW = 12


def print_checked(found: Checked) -> None:
    """Print a check, and what was not looked at."""
    click.echo(f"{found.title}\n")
    shown = [part for part in found.parts if part.status is not Status.MISSING]
    width = max((len(part.number) for part in shown), default=0)
    wide = max((len(part.title) for part in shown), default=0)
    for part in shown:
        counts = _counts(part)
        word = f"{part.status:<{_WIDTH}}" if counts else part.status
        status = click.style(word, fg=_COLOURS.get(part.status, "red"))
        click.echo(f"  {part.number:<{width}}  {part.title:<{wide}}  {status}{counts}")
        for detail in _details(part):
            click.echo(f"  {'':<{width}}    {detail}")
    if shown:
        click.echo()
    for note in found.notes:
        click.secho(f"note: {one_line(note)}", fg="yellow")
    for line in _summary(found):
        click.echo(line)


def _counts(part: PartCheck) -> str:
    return f"{part.passed} of {part.judged}" if part.judged else ""


def _details(part: PartCheck) -> Iterator[str]:
    for reading in part.readings:
        label = f"{reading.label}: " if reading.label else ""
        if reading.read_as:
            yield f"{label}read as  {one_line(reading.read_as)}"
        for warning in reading.warnings:
            yield f"{label}{one_line(warning)}"
    failed = [test for test in part.tests if test.marks != test.out_of]
    for test in failed:
        yield from _failure(test)
    if part.sentence and not failed:
        yield one_line(part.sentence)
    for remark in part.remarks:
        yield f"remark: {one_line(remark)}"


def _failure(test: "TestResult") -> Iterator[str]:
    """What a public test finds, with the values at the worst place."""
    yield f"{test.name}: {one_line(test.sentence)}"
    yield from (f"  {one_line(line)}" for line in test.traceback[:3])
    for output in test.outputs:
        if output.marks != output.out_of and output.got is not None and output.expected is not None:
            yield f"  {output.name}: {values_of(output)}"
            if output.diagnosis is not None and output.diagnosis.hint:
                yield f"  hint: {one_line(output.diagnosis.hint)}"


def values_of(output: "OutputResult") -> str:
    """Both values, or of large ones the element that is most wrong."""
    from grader.student.packing import Scalar

    assert output.got is not None
    assert output.expected is not None
    found = output.comparison
    if found is not None and found.size > _FEW and found.stage in (Stage.VALUES, Stage.NONFINITE):
        both = (_element(packed, found.worst) for packed in (output.got, output.expected))
        got, expected = (_shown(Scalar(element)) for element in both)
        place = ", ".join(map(str, found.worst))
        return f"at [{place}]: got {got}, expected {expected}"
    got, expected = _shown(output.got), _shown(output.expected)
    # A text of digits, or what a formula gives in another layout, looks like what is expected.
    return f"got {got}, expected {expected}" if got != expected else f"both print as {got}"


def _element(packed: "Packed", place: tuple[int, ...]) -> float:
    """The element at a place, at a precision that tells two apart."""
    from grader.student.packing import unpack

    value = unpack(packed)
    return float(f"{float(value[place]):.9g}")


def _shown(packed: "Packed") -> str:
    """A value on one line."""
    import numpy as np

    from grader.student.packing import unpack

    value = unpack(packed)
    if isinstance(value, np.ndarray):
        text = " ".join(np.array2string(value, precision=6, threshold=20).split())
    else:
        text = getattr(value, "sentence", None) or str(value)
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"


def _summary(found: Checked) -> Iterator[str]:
    """What passed, and what nobody looked at here."""
    passed, judged = (sum(getattr(p, name) for p in found.parts) for name in ("passed", "judged"))
    hidden = sum(part.hidden for part in found.parts)
    line = f"public {passed} of {judged} passed" if judged else "no public test was run"
    tests = "1 hidden test was" if hidden == 1 else f"{hidden} hidden tests were"
    yield f"{line}; {tests} not run here" if hidden else line  # a course with solutions names none
    waiting = [p.number for p in found.parts if p.status in (Status.READ, Status.RUNS)]
    if waiting:
        yield f"read or run, and not judged here: {', '.join(waiting)}"
    missing = [part.number for part in found.parts if part.status is Status.MISSING]
    if missing:
        yield f"not answered: {', '.join(missing)}"
