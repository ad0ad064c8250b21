"""The marks of a whole report as they are printed, so that every column adds up on every page.

The parts are rounded together; what stands inside a part is rounded so that it adds up to the part.
No mark is given or taken here.
"""

from collections.abc import Sequence
from fractions import Fraction

from grader.model import OutputResult, PartResult, Report, TestResult
from grader.report.marks import apportion, in_cents, written
from grader.report.pages import Score

_ZERO = Fraction(0)
_THOUSAND = 1000
_Line = PartResult | TestResult | OutputResult
_FIELDS = ("marks", "pending", "out_of")
NOTHING_YET = "–"


class Tally:
    """The printed marks of one report.

    Lines are looked up by position in the report, as ids may not be trusted to be unique.
    """

    def __init__(self, report: Report) -> None:
        parts = report.parts
        self._report = report
        self._earned = _rounded([part.marks for part in parts])
        self._open = _rounded([part.pending for part in parts])
        self._out_of = _rounded([part.out_of for part in parts])

    def total(self) -> Score:
        """Give the score of the whole report."""
        return self._score(0, len(self._earned), self._report.parts)

    def problem(self, index: int) -> Score:
        """Give the score of one problem, the sum of its printed lines."""
        start = self._first(index)
        parts = self._report.problems[index].parts
        return self._score(start, start + len(parts), parts)

    def part(self, problem: int, index: int) -> Score:
        """Give the score of one part."""
        at = self._first(problem) + index
        return self._score(at, at + 1, (self._report.parts[at],))

    def lost(self, problem: int, index: int, marks: Sequence[Fraction]) -> list[str]:
        """Write a part's lost `marks` so that they add up to what its score says is lost."""
        at = self._first(problem) + index
        part = self._report.parts[at]
        missing = part.out_of - part.marks - part.pending
        cents = self._out_of[at] - self._earned[at] - self._open[at]
        shares = _shared(marks, missing, cents)
        return [written(share, exact=mark) for share, mark in zip(shares, marks, strict=True)]

    def tests(self, problem: int, index: int) -> list[tuple[Score, list[Score]]]:
        """Give the score of each test of one part, with those of its outputs."""
        at = self._first(problem) + index
        part = self._report.parts[at]
        lines = _lines(part.tests, part, self._earned[at], self._out_of[at])
        return [
            (_plain(test, *line, is_open=_is_open(part, test)), _outputs(part, test, *line))
            for test, line in zip(part.tests, lines, strict=True)
        ]

    def _first(self, problem: int) -> int:
        return sum(len(before.parts) for before in self._report.problems[:problem])

    def _score(self, start: int, stop: int, parts: Sequence[PartResult]) -> Score:
        """Add up lines `start` to `stop` as printed."""
        earned, open_, out_of = (
            sum(cents[start:stop]) for cents in (self._earned, self._open, self._out_of)
        )
        exact = [sum((getattr(p, name) for p in parts), _ZERO) for name in _FIELDS]
        lost, lost_exact = out_of - earned - open_, exact[2] - exact[0] - exact[1]
        is_open = bool(open_) and exact[1] == exact[2]
        return Score(
            earned=NOTHING_YET if is_open else written(earned, exact=exact[0]),
            out_of=written(out_of, exact=exact[2]),
            lost=written(lost, exact=lost_exact) if lost else "",
            open=written(open_, exact=exact[1]) if open_ else "",
            shares=_shares(earned, lost, open_),
        )


def _plain(line: _Line, earned: int, out_of: int, *, is_open: bool) -> Score:
    return Score(
        earned=NOTHING_YET if is_open else written(earned, exact=line.marks),
        out_of=written(out_of, exact=line.out_of),
    )


def _outputs(part: PartResult, test: TestResult, earned: int, out_of: int) -> list[Score]:
    lines = _lines(test.outputs, test, earned, out_of)
    return [
        _plain(output, *line, is_open=_is_open(part, test, output))
        for output, line in zip(test.outputs, lines, strict=True)
    ]


def _is_open(part: PartResult, test: TestResult, output: OutputResult | None = None) -> bool:
    """Whether nobody has decided on any mark of a test, or of one output of it."""
    line = output or test
    lost = (mark for mark in part.lost if mark.test == test.name)
    is_lost = any(output is None or mark.output in ("", output.name) for mark in lost)
    return bool(part.pending and line.out_of) and not line.marks and not is_lost


def _lines(lines: Sequence[_Line], whole: _Line, earned: int, out_of: int) -> list[tuple[int, int]]:
    """Round lines to (earned, possible) so that both columns add up to those of the whole.

    What was earned and what is missing are rounded apart, so that a line with full marks never
    reads "0.42 of 0.43".
    """
    got = _shared([line.marks for line in lines], whole.marks, earned)
    missing = [line.out_of - line.marks for line in lines]
    left = _shared(missing, whole.out_of - whole.marks, out_of - earned)
    even = [in_cents(line.out_of) for line in lines]
    is_exact = [Fraction(e, 100) == line.out_of for e, line in zip(even, lines, strict=True)]
    return [
        (mine, even[i] if is_exact[i] and even[i] >= mine else mine + left[i])
        for i, mine in enumerate(got)
    ]


def _rounded(marks: Sequence[Fraction]) -> list[int]:
    return apportion(marks, in_cents(sum(marks, _ZERO)))


def _shared(marks: Sequence[Fraction], total: Fraction, cents: int) -> list[int]:
    """Round lines so that they add up to `cents`, if exactly they add up to `total`."""
    return apportion(marks, cents) if sum(marks, _ZERO) == total else _rounded(marks)


def _shares(earned: int, lost: int, open_: int) -> tuple[int, int, int]:
    whole = earned + lost + open_
    if whole <= 0 or min(earned, lost, open_) < 0:
        return (0, 0, 0)
    first, second = (_THOUSAND * amount // whole for amount in (earned, open_))
    return (first, _THOUSAND - first - second, second)
