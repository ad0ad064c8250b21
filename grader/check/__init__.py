"""Checks a student's answers with what is public, on the student's own machine.

Public tests are judged by the code that grades; everything else is read, or run, and not judged.
The room needs no solutions, and says what it did not look at.
"""

from grader.check.records import Checked, PartCheck, Status
from grader.check.run import check

__all__ = ["Checked", "PartCheck", "Status", "check"]
