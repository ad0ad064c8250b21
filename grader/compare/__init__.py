"""Decides whether what came back agrees with what was expected, and by how much.

One statistic decides, and it is the one that is told; sentences never hold an expected value. Knows
nothing of marks, tests or how a value was obtained.
"""

from grader.compare.bounds import FLOAT32_FLOOR, TOLERANCE
from grader.compare.measuring import (
    agree,
    error_map,
    error_of,
    is_comparable,
    noise,
    scale_of,
)
from grader.compare.recognising import recognise
from grader.compare.stages import compare, counting_against
from grader.compare.telling import told_apart

__all__ = [
    "FLOAT32_FLOOR",
    "TOLERANCE",
    "agree",
    "compare",
    "counting_against",
    "error_map",
    "error_of",
    "is_comparable",
    "noise",
    "recognise",
    "scale_of",
    "told_apart",
]
