"""Keeps the sides of an `=` chain that can be read, so that they can be held against each other.

The last side is the answer; the sides before it show on which line a derivation goes wrong. Knows
the names that are asked for and nothing of what is right.
"""

from collections.abc import Sequence

from grader.student.formulas import FormulaError, read
from grader.student.phrases import first_side, sides
from grader.student.signature import Signature, Variable
from grader.student.wire import Asked, Notation

MAX_SIDES = 6
MAX_SIDE = 400


def chained(rows: Sequence[str], part: Asked, name: str) -> str:
    """The last side of a display's rows, with the sides before it as far as all can be read.

    Only where all inputs are numbers; matrices and indices are read with more than their names.
    """
    start = max((k for k, row in enumerate(rows) if first_side(row)), default=len(rows) - 1)
    found = [side for row in rows[start:] for side in sides(row)]
    kept = found[-1:]
    for side in reversed(found[-MAX_SIDES:-1] if part.is_scalar else []):
        if not can_be_read(side, part, name):
            break
        kept.insert(0, side)
    return " = ".join(kept) if can_be_read(kept[-1], part, name) else found[-1]


def can_be_read(side: str, part: Asked, name: str) -> bool:
    """Whether a text is a formula in the part's names, where all of these are numbers."""
    if len(side) > MAX_SIDE:
        return False
    signature = Signature(
        name="f",
        inputs=tuple(Variable(name=given) for given in part.inputs),
        outputs=tuple(Variable(name=output) for output in part.names),
    )
    try:
        read(side, signature=signature, notation=Notation(), output=name)
    except FormulaError:
        return False
    return True
