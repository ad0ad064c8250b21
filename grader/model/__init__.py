"""The frozen records that everything passes around.

They only hold; deciding, rendering and storing happen elsewhere. Derived numbers are properties.
Marks are exact fractions.
"""

from grader.model.due import due_at
from grader.model.expected import (
    Carry,
    ExpectedCase,
    ExpectedClaim,
    ExpectedOutput,
    ExpectedPart,
    ExpectedProblem,
    ExpectedTest,
    Misconception,
)
from grader.model.findings import Comparison, Diagnosis, ErrorMap, Stage
from grader.model.problems import (
    RUNGS,
    Assignment,
    Claim,
    Domain,
    Hints,
    Kind,
    NumberedPart,
    Part,
    Pick,
    Problem,
    PublicTest,
    counted,
    plain_label,
)
from grader.model.records import Record, Verdict, Walls, decode, encode
from grader.model.reports import (
    LostMark,
    OutputResult,
    PartResult,
    ProblemResult,
    Reading,
    Report,
    Rungs,
    TestResult,
)

__all__ = [
    "RUNGS",
    "Assignment",
    "Carry",
    "Claim",
    "Comparison",
    "Diagnosis",
    "Domain",
    "ErrorMap",
    "ExpectedCase",
    "ExpectedClaim",
    "ExpectedOutput",
    "ExpectedPart",
    "ExpectedProblem",
    "ExpectedTest",
    "Hints",
    "Kind",
    "LostMark",
    "Misconception",
    "NumberedPart",
    "OutputResult",
    "Part",
    "PartResult",
    "Pick",
    "Problem",
    "ProblemResult",
    "PublicTest",
    "Reading",
    "Record",
    "Report",
    "Rungs",
    "Stage",
    "TestResult",
    "Verdict",
    "Walls",
    "counted",
    "decode",
    "due_at",
    "encode",
    "plain_label",
]
