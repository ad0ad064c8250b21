"""Grades one submission: match answers, run them, compare, mark; one `Report` comes out.

Knows neither the terminal nor templates, and runs nothing itself: outcomes come from the sandbox.
"""

from grader.grading.choice import judge_choice
from grader.grading.computed import OwnCode, judge_computed
from grader.grading.formulas import formula_readings
from grader.grading.grade import Grading, grade, grade_timed, prepare
from grader.grading.results import readings_of
from grader.grading.tasks import asked_of, could_hide, task_for, unlabelled

__all__ = [
    "Grading",
    "OwnCode",
    "asked_of",
    "could_hide",
    "formula_readings",
    "grade",
    "grade_timed",
    "judge_choice",
    "judge_computed",
    "prepare",
    "readings_of",
    "task_for",
    "unlabelled",
]
