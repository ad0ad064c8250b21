"""Where the pages of a course's students go, and writing them there."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.course import Course
    from grader.grading import Grading
    from grader.model import Report


def write_pages(report: "Report", grading: "Grading", course: "Course", reports: Path) -> Path:
    """Write a student's pages below `reports`; returns the index."""
    from grader.report import write_report

    return write_report(
        report,
        problems=grading.assignment.problems,
        folder=reports / report.assignment / report.student,
        templates=(course.templates,),
        cache=course.private / "pages",
    )
