"""What `grade` ends with."""

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.model import Report


class Exit(enum.IntEnum):
    """Exit codes that a script can rely on."""

    NOTHING_LOST = 0
    SOMETHING_LOST = 1
    USAGE = 2
    BROKEN_PROBLEM = 3
    GRADER_FAILED = 4
    INTERRUPTED = 130


def exit_code(report: "Report") -> Exit:
    """0 nothing lost, 1 something lost or unread, 4 when we failed on a part."""
    from grader.model import Verdict  # with it comes numpy, which is slow to import

    verdicts = {part.verdict for part in report.parts}
    tests = {test.verdict for part in report.parts for test in part.tests}
    if Verdict.FAILED_TO_GRADE in verdicts | tests:
        return Exit.GRADER_FAILED
    lost = report.marks + report.pending != report.out_of
    return Exit.SOMETHING_LOST if lost or Verdict.UNREADABLE in verdicts else Exit.NOTHING_LOST
