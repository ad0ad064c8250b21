"""Takes what a student handed in, and finds which answer belongs to which part.

Copies bytes and matches names. It never decodes, parses or runs a student's file: that happens on
the student's side, which gives back an index.
"""

from grader.submission.archive import MAX_MEMBERS, Archive, Member
from grader.submission.copying import MAX_BYTES, Copying, Submission
from grader.submission.match import (
    Match,
    Matching,
    TypedField,
    field_names,
    match_answers,
    unread_files,
    untold,
)
from grader.submission.take import LEFT_BEHIND, MAX_DEPTH, student_name, take_submission
from grader.submission.unpacked import Unpacked, moment

__all__ = [
    "LEFT_BEHIND",
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_MEMBERS",
    "Archive",
    "Copying",
    "Match",
    "Matching",
    "Member",
    "Submission",
    "TypedField",
    "Unpacked",
    "field_names",
    "match_answers",
    "moment",
    "student_name",
    "take_submission",
    "unread_files",
    "untold",
]
