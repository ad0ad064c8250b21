"""Values as a person reads them: small tables around the element that matters.

It must not know which value is the student's and which is the reference's; it only shows what it is
given, bounded in rows, columns and depth.
"""

import math

import numpy as np
from msgspec.structs import replace

from grader.model import Record
from grader.report.text import clip
from grader.report.words import Words
from grader.student.packing import (
    Array,
    Many,
    NoValue,
    Packed,
    Rational,
    Scalar,
    Unusable,
    WireError,
    unpack,
)

ROWS = 8
COLUMNS = 8
ITEMS = 8
SLICES = 6
DEPTH = 3
TEXT = 500
NUMBER = 60
_LINE, _BETWEEN = 84, 2  # characters: of a table, and between its columns
_DIGITS = (6, 10, 17)


class Cell(Record, frozen=True):
    """One element of a table."""

    text: str
    is_worst: bool = False


class Row(Record, frozen=True):
    """One line of a table, with its index."""

    index: str
    cells: tuple[Cell, ...]


class Shown(Record, frozen=True):
    """One value, ready to be printed.

    Attributes:
        label: its name, or "" where the place says it.
        text: a scalar or a short text; "" where there is a table or items.
        caption: dtype, shape and the slice that is shown.
        columns, rows: a table, with the indices of its columns; empty where there is none.
        notes: what was left out.
        items: the values of a tuple or dict, or the slices of an array.
    """

    label: str = ""
    text: str = ""
    caption: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    items: tuple["Shown", ...] = ()


def show(
    packed: Packed, words: Words, *, label: str = "", worst: tuple[int, ...] = (), digits: int = 6
) -> Shown:
    """Prepare one value; `worst` is the index of the element to mark and to keep in sight."""
    (shown,) = show_alike((packed,), words, worst=worst, digits=digits)
    return replace(shown, label=label)


def show_alike(
    values: tuple[Packed, ...], words: Words, *, worst: tuple[int, ...], digits: int
) -> list[Shown]:
    """Prepare values that are compared: the same slice and columns of each, as many as fit."""
    focus = _Focus(worst=worst, digits=digits)
    shown = [_shown(value, words, focus) for value in values]
    fitting = _LINE // (max(map(_longest, shown)) + _BETWEEN)
    if fitting >= COLUMNS:
        return shown
    narrow = replace(focus, columns=max(1, fitting))
    return [_shown(value, words, narrow) for value in values]


def _longest(shown: Shown) -> int:
    """The longest number in a table or in those of its items."""
    cells = (len(cell.text) for row in shown.rows for cell in row.cells)
    return max((*cells, *map(_longest, shown.items)), default=0)


def _shown(packed: Packed, words: Words, focus: "_Focus") -> Shown:
    try:
        return _show(packed, words, "", focus)
    except WireError as error:
        return Shown(text=words.not_a_value.format(error))


def digits_apart(actual: Packed, expected: Packed, worst: tuple[int, ...]) -> int:
    """Give the number of digits at which the worst elements of two values look different."""
    here, there = _element(actual, worst), _element(expected, worst)
    for digits in _DIGITS:
        if here is None or there is None or _number(here, digits) != _number(there, digits):
            return digits
    return _DIGITS[0]


class _Focus(Record, frozen=True):
    """What to keep in sight, and how precisely."""

    worst: tuple[int, ...]
    digits: int
    columns: int = COLUMNS
    depth: int = 0


def _show(packed: Packed, words: Words, label: str, focus: _Focus) -> Shown:
    match packed:
        case Array(shape=()):
            return Shown(label=label, text=_number(unpack(packed)[()], focus.digits))
        case Array():
            return _table(unpack(packed), words, label, focus)
        case Many():
            return _items(packed, words, label, focus)
        case Scalar(value):
            return Shown(label=label, text=_scalar(value, words, digits=focus.digits))
        case Rational(numerator, denominator):
            text = numerator if denominator == "1" else f"{numerator}/{denominator}"
            return Shown(label=label, text=clip(text, limit=NUMBER))
        case Unusable(found) | NoValue(found):
            return Shown(label=label, text=words.not_a_value.format(clip(found, limit=TEXT)))


def _scalar(value: object, words: Words, *, digits: int) -> str:
    if value is None:
        return words.nothing
    return repr(clip(value, limit=TEXT)) if isinstance(value, str) else _number(value, digits)


def _items(many: Many, words: Words, label: str, focus: _Focus) -> Shown:
    """Show the values of a tuple or dict, nested at most `DEPTH` deep."""
    if focus.depth >= DEPTH or not many.items:
        return Shown(label=label, text="(…)" if many.items else "()")
    inner = replace(focus, depth=focus.depth + 1)
    names = many.names or tuple(f"[{index}]" for index in range(len(many.items)))
    shown = tuple(
        _show(item, words, clip(name, limit=NUMBER), inner)
        for name, item in zip(names[:ITEMS], many.items[:ITEMS], strict=False)
    )
    left = len(many.items) - len(shown)
    return Shown(label=label, items=shown, notes=(words.more_items.format(left),) if left else ())


def _table(array: np.ndarray, words: Words, label: str, focus: _Focus) -> Shown:
    """Show an array of one axis or more: all slices over the last two axes if they are few."""
    caption = words.array.format(array.dtype.name, _shape(array.shape))
    if array.size == 0:
        return Shown(label=label, text=words.empty, caption=caption)
    focus = focus if _is_inside(focus.worst, array.shape) else replace(focus, worst=())
    lead = array.shape[:-2]
    if lead and math.prod(lead) <= SLICES:
        slices = (_plane(array, at, words, focus) for at in np.ndindex(lead))
        return Shown(label=label, caption=caption, items=tuple(slices))
    at = (focus.worst or (0,) * array.ndim)[:-2]
    shown = _plane(array, at, words, focus)
    where = f", {words.slice.format(shown.label)}" if lead else ""
    return replace(shown, label=label, caption=caption + where)


def _plane(array: np.ndarray, at: tuple[int, ...], words: Words, focus: _Focus) -> Shown:
    """Show a window of one slice, around the worst element where that is in it."""
    worst = focus.worst
    is_matrix = array.ndim > 1
    plane = array[at] if is_matrix else array[np.newaxis, :]
    marked = (worst if is_matrix else (0, *worst))[-2:] if worst and worst[:-2] == at else ()
    rows = _window(plane.shape[0], marked[0] if marked else 0, ROWS)
    columns = _window(plane.shape[1], marked[1] if marked else 0, focus.columns)
    return Shown(
        label=f"[{', '.join(map(str, at))}, :, :]" if at else "",
        columns=tuple(map(str, columns)),
        rows=tuple(
            Row(
                index=str(r) if is_matrix else "",
                cells=tuple(
                    Cell(text=_number(plane[r, c], focus.digits), is_worst=(r, c) == marked)
                    for c in columns
                ),
            )
            for r in rows
        ),
        notes=_left_out(plane.shape, rows, columns, words),
    )


def _left_out(shape: tuple[int, ...], rows: range, columns: range, words: Words) -> tuple[str, ...]:
    left_rows, left_columns = shape[0] - len(rows), shape[1] - len(columns)
    notes = (
        words.more_rows.format(left_rows) if left_rows else "",
        words.more_columns.format(left_columns) if left_columns else "",
    )
    return tuple(note for note in notes if note)


def _window(size: int, centre: int, most: int) -> range:
    """Give at most `most` indices of an axis, with `centre` among them; none is left out alone."""
    most += size == most + 1
    start = max(0, min(centre - most // 2, size - most))
    return range(start, min(size, start + most))


def _is_inside(index: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return len(index) == len(shape) and all(
        0 <= place < size for place, size in zip(index, shape, strict=True)
    )


def _element(packed: Packed, worst: tuple[int, ...]) -> object:
    """Give the scalar at `worst`, or None where there is none."""
    match packed:
        case Scalar(bool() | int() | float() as value):
            return value
        case Array(shape=shape) if _is_inside(worst, shape):
            try:
                return unpack(packed)[worst]
            except WireError:
                return None
    return None


def _number(value: object, digits: int) -> str:
    """Write one number as numpy and Python programmers do; integers in full."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer):
        return clip(str(int(value)), limit=NUMBER)
    if isinstance(value, complex | np.complexfloating):
        return f"{complex(value):.{digits}g}".replace("-", "\N{MINUS SIGN}")
    return f"{float(value):.{digits}g}".replace("-", "\N{MINUS SIGN}")  # type: ignore[arg-type]  # only floats are left


def _shape(shape: tuple[int, ...]) -> str:
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"
