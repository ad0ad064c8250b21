"""The declarations that authors use, and the drawing of random cases.

Holds what a solution file says and turns it into inputs and callables. It does not compute expected
values, does not know torch, and never sees a submission.
"""

from grader.authoring.cases import DrawError, cast_inputs, draw
from grader.authoring.editing import DeclarationError, source_of
from grader.authoring.records import CarryRule, Test, Wrong
from grader.authoring.solution import PartSolution, Solution

__all__ = [
    "CarryRule",
    "DeclarationError",
    "DrawError",
    "PartSolution",
    "Solution",
    "Test",
    "Wrong",
    "cast_inputs",
    "draw",
    "source_of",
]
