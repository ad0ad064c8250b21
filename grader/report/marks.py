"""Exact marks as people read them: to 0.01, so that printed lines add up to the printed total.

It must not know what the marks are for.
"""

from collections.abc import Sequence
from fractions import Fraction

_CENTS = 100


def shown(marks: Sequence[Fraction]) -> list[str]:
    """Write marks to 0.01 by largest remainder; whole marks are written without decimals.

    The written marks add up to the written sum: `shown([sum(marks)])`.
    """
    cents = apportion(marks, in_cents(sum(marks, Fraction(0))))
    return [written(amount, exact=mark) for amount, mark in zip(cents, marks, strict=True)]


def in_cents(mark: Fraction) -> int:
    """Round one mark to whole hundredths, halves up."""
    return (2 * _CENTS * mark.numerator + mark.denominator) // (2 * mark.denominator)


def apportion(marks: Sequence[Fraction], total: int) -> list[int]:
    """Share `total` hundredths out over the marks, each off by less than one from its exact value.

    That holds where `total` is the exact sum in hundredths rounded up or down; a total further away
    is still met, the difference spread evenly.
    """
    if len(marks) < 2:  # noqa: PLR2004  # one takes all, and most lists are of one
        return [total] * len(marks)
    scaled = [mark * _CENTS for mark in marks]
    floors = [amount.numerator // amount.denominator for amount in scaled]
    remainders = [amount - floor for amount, floor in zip(scaled, floors, strict=True)]
    order = sorted(range(len(marks)), key=lambda i: (-remainders[i], i))
    each, extra = divmod(total - sum(floors), len(marks))
    for index in order[:extra]:
        floors[index] += 1
    return [floor + each for floor in floors]


def written(cents: int, *, exact: Fraction) -> str:
    """Write hundredths; `exact` decides whether "2" or "2.00" is said."""
    if exact.denominator == 1 and exact * _CENTS == cents:
        return str(exact)
    sign, size = "-" if cents < 0 else "", abs(cents)
    return f"{sign}{size // _CENTS}.{size % _CENTS:02d}"
