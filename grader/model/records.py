"""What all records share, and the words for a judgement and for walls.

Knows no record by name.
"""

import enum
from fractions import Fraction
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


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


def encode(record: Record) -> bytes:
    """A record as msgpack; marks travel as exact fractions."""
    return msgspec.msgpack.encode(record, enc_hook=_encoded)


def decode(data: bytes, into: type[T]) -> T:
    """A record from what `encode` made.

    Raises:
        msgspec.MsgspecError: the bytes are no such record.
    """
    return msgspec.msgpack.decode(data, type=into, dec_hook=_decoded)


def _encoded(value: Any) -> str:
    if isinstance(value, Fraction):
        return str(value)
    raise NotImplementedError


def _decoded(kind: type, value: Any) -> Any:
    if kind is Fraction:
        return Fraction(value)
    raise NotImplementedError
