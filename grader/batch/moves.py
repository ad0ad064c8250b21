"""What a regrade changed for one student: by how much, on which test, why.

Compares two reports; knows nothing of where they are kept.
"""

from collections.abc import Iterator
from fractions import Fraction

from grader.model import PartResult, Record, Report, Verdict


class MovedTest(Record, frozen=True, kw_only=True):
    """One part, or one test of it, that was judged otherwise.

    Attributes:
        number: the part's number on the sheet.
        test: the test's name; "" for a part without tests.
        was, is_now: the two verdicts.
        sentence: what is said now.
    """

    number: str
    test: str
    by: Fraction
    was: Verdict | None
    is_now: Verdict | None
    sentence: str = ""


class Move(Record, frozen=True, kw_only=True):
    """How one student moved.

    Attributes:
        before, after: marks; `before` is None for who had none.
        why: what changed since, in words.
        counts: whether the marks after count; those of --never-lower may not.
    """

    student: str
    before: Fraction | None
    after: Fraction
    why: str
    counts: bool = True
    tests: tuple[MovedTest, ...] = ()

    @property
    def by(self) -> Fraction:
        """By how much the marks moved."""
        return self.after - (self.before or Fraction(0))


def moved(before: Report, after: Report, why: str) -> Move | None:
    """The difference between two gradings of one student; None where no part's marks differ."""
    old = {part.id: part for part in before.parts}
    new = {part.id: part for part in after.parts}
    tests = [test for id_ in {**new, **old} for test in _moved_part(old.get(id_), new.get(id_))]
    if not tests:
        return None
    return Move(
        student=after.student,
        before=before.marks,
        after=after.marks,
        why=why,
        tests=tuple(tests),
    )


def _moved_part(old: PartResult | None, new: PartResult | None) -> Iterator[MovedTest]:
    number = new.number if new else old.number if old else ""
    if (old and (old.marks, old.pending)) == (new and (new.marks, new.pending)):
        return
    found = list(_moved_tests(number, old, new)) if old and new else []
    if found:
        yield from found
        return
    yield MovedTest(
        number=number,
        test="",
        by=(new.marks if new else Fraction(0)) - (old.marks if old else Fraction(0)),
        was=old.verdict if old else None,
        is_now=new.verdict if new else None,
        sentence=new.sentence if new else "the part is no longer asked",
    )


def _moved_tests(number: str, old: PartResult, new: PartResult) -> Iterator[MovedTest]:
    before = {test.name: test for test in old.tests}
    after = {test.name: test for test in new.tests}
    for name in {**after, **before}:
        was, is_now = before.get(name), after.get(name)
        by = (is_now.marks if is_now else Fraction(0)) - (was.marks if was else Fraction(0))
        if by:
            yield MovedTest(
                number=number,
                test=name,
                by=by,
                was=was.verdict if was else None,
                is_now=is_now.verdict if is_now else None,
                sentence=is_now.sentence if is_now else "the test is no longer there",
            )
