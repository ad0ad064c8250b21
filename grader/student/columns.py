"""Takes apart pages in two columns, as they come out of a printed document side by side.

A page has two columns where most of its lines go on at one place behind a gap, both sides are as
wide as text is, and labels begin lines of the second one too; a column of remarks has none. Knows
nothing of parts.
"""

from collections.abc import Iterator, Sequence
from statistics import median

from grader.student.labels import read_label
from grader.student.texts import NEW_PAGE, Line

MAX_GUTTER = 200
"""Where the second column begins at the latest, in characters."""
MIN_LINES = 8
MIN_LABELS = 2
CLEAR = 2.0
"""The weight of a label that is plainly one."""
MIN_WIDTH = 16
"""The characters that half of the lines of each column have at least."""


def in_one_column(lines: Sequence[Line]) -> list[Line]:
    """The lines, where the second column of a page stands below the first one."""
    starts = [k for k, line in enumerate(lines) if k == 0 or line.text.startswith(NEW_PAGE)]
    found: list[Line] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        page = lines[start:end]
        gutter = _gutter([line.text for line in page])
        found += _unfolded(page, gutter) if gutter else page
    return found


def _unfolded(page: Sequence[Line], gutter: int) -> Iterator[Line]:
    """The lines of a page; one that reaches over both columns stands between what it parts."""
    right: list[Line] = []
    for line in page:
        if line.text[gutter - 2 : gutter].strip():
            yield from right
            right = []
            yield line
            continue
        yield Line(line.text[:gutter].rstrip(" "), line.place)
        right.append(Line(line.text[gutter:], line.place))
    yield from right


def _gutter(texts: Sequence[str]) -> int:
    """Where the second column of a page begins, or 0."""
    filled = [text for text in texts if text.strip()]
    begins: dict[int, list[str]] = {}
    for text in filled:
        for gutter in _gaps(text):
            begins.setdefault(gutter, []).append(text)
    for gutter, both in begins.items():
        is_most = len(both) >= max(MIN_LINES, len(filled) / 2)
        right = [text[gutter:] for text in both]
        if is_most and _is_text([text[:gutter] for text in both]) and _is_text(right):
            return gutter if sum(map(_is_labelled, right)) >= MIN_LABELS else 0
    return 0


def _gaps(text: str) -> Iterator[int]:
    """The places in a line at which a word begins behind a gap."""
    for at in range(MIN_WIDTH, min(len(text), MAX_GUTTER)):
        if text[at] not in " |&" and not text[at - 2 : at].strip(" ") and text[:at].strip():
            yield at


def _is_labelled(text: str) -> bool:
    label = read_label(text)
    return label is not None and label.weight >= CLEAR


def _is_text(texts: Sequence[str]) -> bool:
    return median(len(text.strip()) for text in texts) >= MIN_WIDTH
