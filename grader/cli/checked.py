"""What a student reads of a check: a line a part, how it was read, what failed, what was not run.

Values that a public test expects may be shown: they stand in the kit.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from grader.check import Checked, PartCheck, Status
from grader.cli.terminal import cut, echo_wrapped, one_line, room_for_title
from grader.model import Stage, Verdict

if TYPE_CHECKING:
    from grader.model import OutputResult, TestResult
    from grader.student.packing import Value

_COLOURS = {
    Status.PASSED: "green",
    Status.READ: "cyan",
    Status.RUNS: "cyan",
}
_UNSEEN = (Status.HIDDEN, Status.MISSING)
_WIDTH = 12
_LONG = 120
_FEW = 12
_DIGITS = (6, 10, 17)


def print_checked(found: Checked) -> None:
    """Print a check, and what was not looked at."""
    click.echo(f"{found.title}\n")
    shown = [part for part in found.parts if part.status not in _UNSEEN]
    width = max((len(part.number) for part in shown), default=0)
    wide = max((len(part.title) for part in shown), default=0)
    wide = min(wide, room_for_title(width + _WIDTH + 14))
    for part in shown:
        counts = _counts(part)
        word = f"{part.status:<{_WIDTH}}" if counts else part.status
        status = click.style(word, fg=_COLOURS.get(part.status, "red"))
        title = cut(part.title, wide)
        click.echo(f"  {part.number:<{width}}  {title:<{wide}}  {status}{counts}")
        for detail in _details(part):
            echo_wrapped(detail, margin=width + 6, hang=4)
    if shown:
        click.echo()
    for note in found.notes:
        echo_wrapped(f"note: {one_line(note)}", fg="yellow")
    for line in _summary(found):
        echo_wrapped(line, hang=2)


def _counts(part: PartCheck) -> str:
    return f"{part.passed} of {part.judged}" if part.judged else ""


def _details(part: PartCheck) -> Iterator[str]:
    for reading in part.readings:
        label = f"{reading.label}: " if reading.label else ""
        if reading.read_as:
            yield f"{label}read as  {one_line(reading.read_as)}"
        for warning in reading.warnings:
            yield f"{label}{one_line(warning)}"
    failed = [test for test in part.tests if test.verdict is not Verdict.PASSED]
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
        if not output.is_right and output.got is not None and output.expected is not None:
            if values := values_of(output):
                yield f"  {output.name}: {values}"
            if output.diagnosis is not None and output.diagnosis.hint:
                yield f"  hint: {one_line(output.diagnosis.hint)}"


def values_of(output: "OutputResult") -> str:
    """Both values, or of large ones the element that is most wrong; "" where they tell nothing.

    That is where no value came back, where a large one differs in type or shape, which its sentence
    says, and where both look alike, as what a formula gives in another layout.
    """
    from grader.student.packing import numbers, unpack

    if output.got is None or output.expected is None:
        return ""
    got, expected = unpack(output.got), unpack(output.expected)
    found, place = output.comparison, ""
    if found is not None and found.size > _FEW and found.stage in (Stage.VALUES, Stage.NONFINITE):
        # An answer may be a list, or have axes of length 1 that the truth has not.
        mine, truth = numbers(got), numbers(expected)
        assert mine is not None
        assert truth is not None
        got, expected = mine.reshape(truth.shape)[found.worst], truth[found.worst]
        place = f"at [{', '.join(map(str, found.worst))}]: "
    elif _is_endless(got) or _is_endless(expected):
        return ""
    for digits in _DIGITS:
        texts = _shown(got, digits), _shown(expected, digits)
        if texts[0] != texts[1]:
            return f"{place}got {texts[0]}, expected {texts[1]}"
    return ""


def _is_endless(value: "Value") -> bool:
    """Whether it is no value, or an array that is too large for a line."""
    from grader.student.packing import NoValue, Unusable

    return isinstance(value, NoValue | Unusable) or getattr(value, "size", 0) > _FEW


def _shown(value: "Value", digits: int) -> str:
    """A value on one line."""
    import numpy as np

    if isinstance(value, np.ndarray | np.number | float):
        shown = np.asarray(value) + 0  # no zero has a sign
        return " ".join(np.array2string(shown, precision=digits).split()).removesuffix(".")
    text = str(value) if isinstance(value, Fraction) else repr(value)
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
    for status in _UNSEEN:
        if numbers := [part.number for part in found.parts if part.status is status]:
            yield f"{status}: {', '.join(numbers)}"
