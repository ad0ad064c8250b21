"""The formula language: students answer in mathematics, and are judged on what it means.

One reader for ASCII, Python, unicode and LaTeX, driven by the names that a part declares; trees
that travel as data; exact evaluation of scalar formulas, evaluation of matrix formulas under a
layout, and of indexed ones; printing. Nothing that a student writes is ever executed.
It knows no expected values, no references and no marks.
"""

from grader.student.formulas.checking import decode, encode
from grader.student.formulas.edits import edits
from grader.student.formulas.errors import Budget, FormulaError
from grader.student.formulas.reading import read
from grader.student.formulas.tree import Formula
from grader.student.formulas.values import (
    evaluate,
    evaluate_text,
    free_indices,
    holds,
    names_used,
    to_mathml,
    to_unicode,
)

__all__ = [
    "Budget",
    "Formula",
    "FormulaError",
    "decode",
    "edits",
    "encode",
    "evaluate",
    "evaluate_text",
    "free_indices",
    "holds",
    "names_used",
    "read",
    "to_mathml",
    "to_unicode",
]
