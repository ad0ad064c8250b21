"""What all records share, and the words for a judgement and for walls.

Knows no record by name.
"""

import enum

import msgspec


class Verdict(enum.StrEnum):
    """The judgement of a test or a part."""

    PASSED = "passed"
    WRONG = "wrong"
    RAISED = "raised"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    SKIPPED = "skipped"
    NEEDS_MARKING = "needs marking"
    FAILED_TO_GRADE = "failed to grade"


class Walls(enum.StrEnum):
    """What held student code in."""

    FULL = "full"
    REDUCED = "reduced"
    NONE = "none"


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The common manners of all records: frozen, by keyword, no unknown fields."""
