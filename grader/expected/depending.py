"""Finds which inputs each output depends on: one is moved at a time, on a few cases.

Knows nothing of misconceptions or marks.
"""

from collections.abc import Iterator

from grader.authoring import cast_inputs
from grader.expected.authored import Authored
from grader.expected.binding import inputs_by_name
from grader.model import ExpectedCase, ExpectedTest
from grader.student.packing import Array, Packed, pack, unpack

_CASES_MOVED = 8


def dependence(authored: Authored, tests: tuple[ExpectedTest, ...]) -> tuple[tuple[str, ...], ...]:
    """Per output the inputs that change it somewhere."""
    names = [variable.name for variable in authored.signature.inputs]
    found: list[set[str]] = [set() for _ in authored.signature.outputs]
    cases = [case for test in tests for case in test.cases][:_CASES_MOVED]
    for case in cases:
        for position, name in enumerate(names):
            for moved in _moved(position, case, cases):
                for output in _changed(authored, case, moved):
                    found[output].add(name)
    return tuple(tuple(name for name in names if name in changed) for changed in found)


def _changed(authored: Authored, case: ExpectedCase, inputs: tuple[Packed, ...]) -> Iterator[int]:
    """The outputs, by number, that differ from the case's on other inputs."""
    values = inputs_by_name(inputs, authored.signature)
    outputs = authored.moved(cast_inputs(values, exact=authored.is_exact))
    if outputs is not None:
        for number, (output, before) in enumerate(zip(outputs, case.outputs, strict=True)):
            if output != before.value:
                yield number


def _moved(
    position: int, case: ExpectedCase, cases: list[ExpectedCase]
) -> Iterator[tuple[Packed, ...]]:
    """The case's inputs with one of them replaced by what other cases have, or moved a little."""
    own = case.inputs[position]
    for other in cases:
        theirs = other.inputs[position]
        if theirs != own and _shape(theirs) == _shape(own):
            yield (*case.inputs[:position], theirs, *case.inputs[position + 1 :])
    if isinstance(own, Array) and own.dtype == "float64":
        theirs = pack(unpack(own) * 1.5 + 0.25)
        yield (*case.inputs[:position], theirs, *case.inputs[position + 1 :])


def _shape(packed: Packed) -> tuple[int, ...] | None:
    return packed.shape if isinstance(packed, Array) else None
