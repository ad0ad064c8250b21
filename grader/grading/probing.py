"""Looks closer at a formula that is wrong: the sides of its `=` chain, and its single edits.

Evaluates trees that came from the student's side, decoded strictly and small; as sums in them can
still be long, the evaluations for one output share a budget. Knows nothing of how a formula was
typed.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from grader import compare
from grader.expected import inputs_by_name
from grader.model import ExpectedCase, Part
from grader.student.formulas import Budget, Formula, FormulaError, edits, evaluate, to_unicode
from grader.student.formulas.tree import Node, children
from grader.student.packing import Value

MAX_NODES = 80
MAX_CASES = 6
_EVALUATIONS = 3  # as many as cost most may be made for one output


def single_edit(
    formula: Formula, part: Part, cases: Sequence[ExpectedCase], output: int, layout: str
) -> str:
    """The kind of the one edit that would make the formula right ("one transpose"), or ""."""
    if not _is_small(formula.tree):
        return ""
    asked = _Asked(part, cases[:MAX_CASES], output, layout)
    kinds: set[str] = set()
    for kind, edited in edits(formula):
        if kind not in kinds and asked.is_right(edited):
            kinds.add(kind)
    return kinds.pop() if len(kinds) == 1 and not asked.budget.is_spent else ""


def differing_sides(
    formula: Formula, part: Part, cases: Sequence[ExpectedCase], output: int, layout: str
) -> str:
    """Says which neighbouring sides of the formula's `=` chain differ, or ""."""
    sides = range(len(formula.sides))
    if len(sides) < 2 or not all(_is_small(side) for side in formula.sides):  # noqa: PLR2004  # a chain
        return ""
    asked = _Asked(part, cases[:MAX_CASES], output, layout)
    for before, after in pairwise(sides):
        if asked.differ(formula.side(before), formula.side(after)):
            first, second = (to_unicode(formula.side(i)) for i in (before, after))
            return f"two sides of your equation differ: {first} and {second}"
    return ""


class _Asked:
    """One output of a part on some cases, under one layout."""

    def __init__(self, part: Part, cases: Sequence[ExpectedCase], output: int, layout: str) -> None:
        assert part.signature is not None
        self.part, self.signature, self.layout = part, part.signature, layout
        self.variable = part.signature.outputs[output]
        self.budget = Budget(_EVALUATIONS)
        self.cases = [
            (inputs_by_name(case.inputs, self.signature), case.outputs[output]) for case in cases
        ]

    def is_right(self, formula: Formula) -> bool:
        values = self._values(formula)
        return all(
            value is not None
            and compare.compare(actual=value, expected=truth, variable=self.variable).agrees
            for value, (_, truth) in zip(values, self.cases, strict=True)
        )

    def differ(self, one: Formula, other: Formula) -> bool:
        """Whether both have values somewhere and these are not the same."""
        return any(
            a is not None
            and b is not None
            and not compare.agree(actual=a, value=b, scale=truth.scale, bound=1e-9)
            for a, b, (_, truth) in zip(
                self._values(one), self._values(other), self.cases, strict=True
            )
        )

    def _values(self, formula: Formula) -> Iterator[Value | None]:
        for inputs, _ in self.cases:
            try:
                yield evaluate(
                    formula,
                    inputs,
                    signature=self.signature,
                    notation=self.part.notation,
                    layout=self.layout,
                    budget=self.budget,
                )
            except FormulaError:
                yield None


def _is_small(tree: Node) -> bool:
    pending, count = [tree], 0
    while pending and count <= MAX_NODES:
        pending.extend(children(pending.pop()))
        count += 1
    return count <= MAX_NODES
