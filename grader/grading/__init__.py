"""Grades one submission: match answers, run them, compare, mark; one `Report` comes out.

Knows neither the terminal nor templates, and runs nothing itself: outcomes come from the sandbox.
"""

from grader.grading.computed import OwnCode, judge_computed
from grader.grading.grade import Grading, grade, prepare

__all__ = ["Grading", "OwnCode", "grade", "judge_computed", "prepare"]
