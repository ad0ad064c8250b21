"""Asks the reader a question of `formula_groups` and compares its values with the truth."""

import math
from fractions import Fraction

from formula_groups import Group

from grader.student.formulas import Formula, evaluate, read
from grader.student.signature import Signature, parse_signature
from grader.student.wire import Notation


def declared(group: Group) -> tuple[Signature, Notation]:
    return parse_signature(group.signature), Notation(aliases=dict(group.aliases))


def read_for(group: Group, text: str) -> Formula:
    signature, notation = declared(group)
    return read(text, signature=signature, notation=notation, output=signature.outputs[0].name)


def value_at(group: Group, formula: Formula, point: tuple) -> object:
    signature, notation = declared(group)
    names = [v.name for v in signature.inputs]
    inputs = dict(zip(names, point, strict=True))
    return evaluate(formula, inputs, signature=signature, notation=notation)


def is_right(group: Group, formula: Formula) -> bool:
    """Whether the formula gives the truth at every point: exactly where the truth is exact."""
    for point in group.points:
        got, wanted = value_at(group, formula, point), group.truth(*point)
        if isinstance(wanted, int | Fraction) and isinstance(got, int | Fraction):
            if got != wanted:
                return False
        elif not math.isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-12):
            return False
    return True
