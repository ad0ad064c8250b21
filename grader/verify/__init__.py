"""Proves problems: that they reward what is right, catch what is wrong, and give nothing away.

Everything is judged by the code that grades students, on the values that `expected` computes. Knows
the author's functions, which are trusted; it never sees a submission or the terminal.
"""

from grader.verify.prove import prove
from grader.verify.records import (
    CHECKS,
    Asked,
    Finding,
    Mutants,
    PartProof,
    ProblemProof,
    WrongProof,
)
from grader.verify.scaffold import scaffold

__all__ = [
    "CHECKS",
    "Asked",
    "Finding",
    "Mutants",
    "PartProof",
    "ProblemProof",
    "WrongProof",
    "prove",
    "scaffold",
]
