"""Drawings of what an output of stacked convolutions reads: from above, and from the side.

    ```taps
    3x3, dilation 2
    ```

From above one sees the cells of the input, the darker the more often one is read; from the side,
along one axis, how the taps of each layer reach the layer below. It must not know whose layers
these are: it is given numbers and returns SVG, in which the only text is made here.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markupsafe import Markup

from grader.model import Record

WIDEST = 64  # cells of the input along one axis; a wider field is too fine to look at
DEEPEST = 6
_CELL, _STEP = 18, 44  # pixels a cell is wide, and a layer is high
_LAYER = re.compile(
    r"\s*(?P<rows>\d{1,3})(?:\s*[x×]\s*(?P<columns>\d{1,3}))?"
    r"(?:\s*,\s*dilation\s+(?P<dilation>\d{1,3}))?(?:\s*,\s*stride\s+(?P<stride>\d{1,3}))?\s*"
)


class TapsError(ValueError):
    """The layers can not be drawn; the message says what was found and what was wanted."""


class Layer(Record, frozen=True):
    """A convolution along one axis, without padding."""

    taps: int
    dilation: int = 1
    stride: int = 1


def draw(text: str) -> Markup:
    """Draw the layers of a text, one a line, the one that reads the input first.

    A line such as `3, dilation 2, stride 2` is one axis, seen from the side; `3x3, dilation 2` are
    two, seen from above.

    Raises:
        TapsError: a line is no layer, or the field is too wide.
    """
    layers = [_layer(line) for line in text.splitlines() if line.strip()]
    if not 0 < len(layers) <= DEEPEST:
        raise TapsError(f"found {len(layers)} layers; wanted 1 to {DEEPEST}")
    rows = [along_rows for along_rows, _ in layers]
    columns = [along_columns for _, along_columns in layers if along_columns is not None]
    if not columns:
        return from_the_side(rows)
    if len(columns) < len(rows):
        raise TapsError("found layers of one axis beside layers of two; wanted all of one kind")
    return from_above(rows, columns)


def from_above(rows: Sequence[Layer], columns: Sequence[Layer]) -> Markup:
    """The cells of the input within the field of one output, and how often each is read.

    Raises:
        TapsError: the field is too wide.
    """
    down, across = _levels(rows)[0], _levels(columns)[0]
    height, width = _span(down), _span(across)
    most = max(down.values()) * max(across.values())
    squares = (
        _square(column, row, down[row] * across[column] / most)
        for row in range(height)
        for column in range(width)
    )
    said = f"{len(down) * len(across)} of {height * width} cells are read, in {height} × {width}"
    return _svg(width * _CELL, height * _CELL, said, squares)


def from_the_side(layers: Sequence[Layer]) -> Markup:
    """One output on top, and below it, layer by layer, the cells that it reads, along one axis.

    Raises:
        TapsError: the field is too wide.
    """
    levels = _levels(layers)
    places = _places(layers)
    width = _span(levels[0])
    shapes = [*_lines(layers, levels, places), *_dots(levels, places)]
    spans = ", then ".join(str(_span(level)) for level in reversed(levels))
    said = f"Down to the input the field spans {spans} cells; {len(levels[0])} of these are read"
    return _svg(width * _CELL, (len(levels) - 1) * _STEP + _CELL, said, shapes)


def _layer(line: str) -> tuple[Layer, Layer | None]:
    """The layer of a line along its rows, and along its columns where it names them."""
    match = _LAYER.fullmatch(line)
    if match is None:
        raise TapsError(f"found {line.strip()!r}; wanted such as  3x3, dilation 2, stride 1")
    given = {name: int(number) for name, number in match.groupdict().items() if number}
    if not 0 < min(given.values()) <= max(given.values()) <= WIDEST:
        raise TapsError(f"found {line.strip()!r}; wanted numbers from 1 to {WIDEST}")
    rows, columns = given.pop("rows"), given.pop("columns", None)
    return Layer(taps=rows, **given), Layer(taps=columns, **given) if columns else None


# --- which cells are read -------------------------------------------------------------------------


def _levels(layers: Sequence[Layer]) -> list[Counter[int]]:
    """From the input to the output, per cell that is read the number of ways to the output."""
    levels = [Counter({0: 1})]
    for layer in reversed(layers):
        below: Counter[int] = Counter()
        for place, ways in levels[0].items():
            for tap in range(layer.taps):
                below[place * layer.stride + tap * layer.dilation] += ways
        if _span(below) > WIDEST:
            raise TapsError(f"found a field of {_span(below)} cells; wanted at most {WIDEST}")
        levels.insert(0, below)
    return levels


def _span(level: Counter[int]) -> int:
    return max(level) + 1


def _places(layers: Sequence[Layer]) -> list[tuple[float, int]]:
    """Per level where its cell 0 is centred, in cells of the input, and how far the next one is."""
    start, jump = 0.5, 1
    places = [(start, jump)]
    for layer in layers:
        start += jump * layer.dilation * (layer.taps - 1) / 2
        jump *= layer.stride
        places.append((start, jump))
    return places


# --- as SVG ---------------------------------------------------------------------------------------


def _square(column: int, row: int, share: float) -> str:
    """A cell with its frame; filled where it is read."""
    fill = (
        f'fill="currentColor" fill-opacity="{0.25 + 0.65 * share:.2f}"' if share else 'fill="none"'
    )
    return (
        f'<rect x="{column * _CELL + 1}" y="{row * _CELL + 1}" width="{_CELL - 2}" '
        f'height="{_CELL - 2}" {fill} stroke="currentColor" stroke-opacity="0.3"/>'
    )


def _at(place: tuple[float, int], cell: int) -> str:
    start, jump = place
    return f"{(start + jump * cell) * _CELL:g}"


def _lines(
    layers: Sequence[Layer], levels: list[Counter[int]], places: list[tuple[float, int]]
) -> Iterator[str]:
    """From each cell that is read, a line to each tap below it."""
    below = len(levels) - 1
    for number, (layer, (low, high)) in enumerate(zip(layers, pairwise(places), strict=True)):
        top, bottom = _height(below - number - 1), _height(below - number)
        for cell in sorted(levels[number + 1]):
            for tap in range(layer.taps):
                end = _at(low, cell * layer.stride + tap * layer.dilation)
                yield (
                    f'<line x1="{_at(high, cell)}" y1="{top}" x2="{end}" y2="{bottom}" '
                    'stroke="currentColor" stroke-opacity="0.45"/>'
                )


def _dots(levels: list[Counter[int]], places: list[tuple[float, int]]) -> Iterator[str]:
    """A dot for each cell of a level; a small, empty one where it is skipped."""
    for number, (level, place) in enumerate(zip(reversed(levels), reversed(places), strict=True)):
        for cell in range(_span(level)):
            look = 'r="5" fill="currentColor"' if level[cell] else 'r="3" fill="none"'
            centre = f'cx="{_at(place, cell)}" cy="{_height(number)}"'
            yield f'<circle {centre} {look} stroke="currentColor"/>'


def _height(number: int) -> int:
    """The middle of a level, counted from the output, in pixels."""
    return number * _STEP + _CELL // 2


def _svg(width: int, height: int, said: str, shapes: Sequence[str] | Iterator[str]) -> Markup:
    return Markup(  # noqa: S704  # made of numbers and of our own words
        f'<svg class="taps" role="img" aria-label="{said}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{"".join(shapes)}</svg>'
    )
