"""Takes what a student handed in, and finds which answer belongs to which part.

Copies bytes and matches names. It never decodes, parses or runs a student's file: that happens on
the student's side, which gives back an index.
"""

from grader.submission.match import Match, Matching, TypedField, field_names, match_answers
from grader.submission.take import Submission, take_submission

__all__ = [
    "Match",
    "Matching",
    "Submission",
    "TypedField",
    "field_names",
    "match_answers",
    "take_submission",
]
