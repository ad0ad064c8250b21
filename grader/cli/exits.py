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
    """0 nothing lost, 1 something lost or unread, 3 a broken problem, 4 our own failure."""
    from grader.model import Verdict  # help and usage errors need no records

    if any(part.trouble for part in report.parts):
        return Exit.BROKEN_PROBLEM
    if not report.is_complete:
        return Exit.GRADER_FAILED
    lost = report.marks + report.pending != report.out_of
    is_unread = any(part.verdict is Verdict.UNREADABLE for part in report.parts)
    return Exit.SOMETHING_LOST if lost or is_unread else Exit.NOTHING_LOST
