"""Runs answers where they can do no harm, behind one seam: jobs go in, outcomes come out.

Knows nothing of expected values, and hands none in.
"""

from grader.sandbox.advising import advice
from grader.sandbox.levels import Level
from grader.sandbox.outcomes import OUT_OF_CLOCK, TaskOutcome, TestOutcome
from grader.sandbox.plain import Plain
from grader.sandbox.sandbox import Sandbox

__all__ = [
    "OUT_OF_CLOCK",
    "Level",
    "Plain",
    "Sandbox",
    "TaskOutcome",
    "TestOutcome",
    "advice",
]
