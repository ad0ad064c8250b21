"""Error maps: which elements of an array are wrong, as a picture and in words.

A picture is a few planes of squares, each square one of four classes. It must not know any value:
it sees classes only.
"""

import numpy as np

from grader.model import ErrorMap, Record
from grader.report.words import Words

SIDE = 40
PLANES = 9
INDICES_UP_TO = 16
CLASSES = ("agrees", "slight", "far", "broken")
_LARGEST, _SMALLEST = 30, 9  # a square's side in pixels
_ALONE, _AMONG_OTHERS = 420, 140  # a plane's side in pixels


class Tick(Record, frozen=True):
    """The index of a row or column, and where it stands (in squares)."""

    text: str
    x: float
    y: float


class Plane(Record, frozen=True):
    """One slice over the last two axes.

    Attributes:
        caption: which slice it is, or "".
        rows, columns: size in squares.
        width, height: size in pixels, ticks included.
        left, top: room for the ticks, in squares.
        paths: per class the outline of its squares, for the `d` of an SVG path.
        ticks: indices along the edges, where there are few.
    """

    caption: str
    rows: int
    columns: int
    width: int
    height: int
    left: float
    top: float
    paths: tuple[str, ...]
    ticks: tuple[Tick, ...]


class Legend(Record, frozen=True):
    """A class that occurs: its name in the style sheet, its word, how many elements have it."""

    kind: str
    word: str
    count: int


class Picture(Record, frozen=True):
    """An error map, ready to be drawn; `sentence` says in words what it shows."""

    title: str
    sentence: str
    planes: tuple[Plane, ...]
    legend: tuple[Legend, ...]
    notes: tuple[str, ...]


def picture(found: ErrorMap, words: Words, *, name: str) -> Picture | None:
    """Prepare the error map of the output `name`; None for scalars and empty arrays."""
    classes = np.minimum(np.frombuffer(found.classes, np.uint8), len(CLASSES) - 1)
    if not found.shape or classes.size == 0 or classes.size != np.prod(found.shape):
        return None
    classes = classes.reshape(found.shape)
    planes, notes = _planes(classes, words)
    counts = np.bincount(classes.ravel(), minlength=len(CLASSES))
    return Picture(
        title=words.map_of.format(name, "×".join(map(str, found.shape))),
        sentence=" ".join(_sentences(classes > 0, words)),
        planes=planes,
        legend=tuple(
            Legend(kind=kind, word=word, count=int(count))
            for kind, word, count in zip(CLASSES, words.map_classes, counts, strict=True)
            if count
        ),
        notes=notes,
    )


# --- in words -----------------------------------------------------------------------------------


def _sentences(wrong: np.ndarray, words: Words) -> list[str]:
    """Say where the wrong elements are, and how many."""
    count = int(wrong.sum())
    if count == wrong.size:
        return [words.map_all]
    many = words.map_one_differs if count == 1 else words.map_many_differ
    pattern = _pattern(wrong, words) if count > 1 else ""
    return [sentence for sentence in (pattern, many.format(count, wrong.size)) if sentence]


def _pattern(wrong: np.ndarray, words: Words) -> str:
    """Name the simplest pattern that holds all wrong elements, or give ""."""
    places = np.argwhere(wrong)
    for axis in range(wrong.ndim):
        if wrong.shape[axis] > 1 and np.all(places[:, axis] == places[0, axis]):
            return words.map_only.format(_axis_name(axis, wrong.ndim, int(places[0, axis]), words))
    if wrong.ndim > 1 and _is_border(wrong):
        return words.map_border
    for side in (2, 3):
        if wrong.ndim > 1 and _is_one_per_window(wrong, side):
            return words.map_windows.format(side, side)
    return ""


def _axis_name(axis: int, axes: int, index: int, words: Words) -> str:
    if axes == 1:
        return words.map_position.format(index)
    if axis == axes - 1:
        return words.map_column.format(index)
    return words.map_row.format(index) if axis == axes - 2 else words.map_slice.format(index, axis)


def _is_border(wrong: np.ndarray) -> bool:
    """Whether all is right inside, and at least half of the border of the last two axes wrong."""
    if min(wrong.shape[-2:]) < 3:  # noqa: PLR2004  # smaller planes are all border
        return False
    inner = wrong[..., 1:-1, 1:-1]
    return not inner.any() and 2 * int(wrong.sum()) >= wrong.size - inner.size


def _is_one_per_window(wrong: np.ndarray, side: int) -> bool:
    """Whether every window of the last two axes holds exactly one wrong element."""
    *lead, height, width = wrong.shape
    if height % side or width % side or height * width == side * side:
        return False
    windows = wrong.reshape(*lead, height // side, side, width // side, side)
    return bool(np.all(windows.sum(axis=(-3, -1)) == 1))


# --- as a picture -------------------------------------------------------------------------------


def _planes(classes: np.ndarray, words: Words) -> tuple[tuple[Plane, ...], tuple[str, ...]]:
    """Cut an array into the planes worth showing, and say what was pooled or left out."""
    plane_shape = classes.shape[-2:] if classes.ndim > 1 else (1, classes.shape[0])
    lead = classes.shape[:-2]
    flat = classes.reshape(-1, *plane_shape)
    worst_first = np.argsort(-(flat > 0).sum(axis=(1, 2)), kind="stable")
    chosen = sorted(int(index) for index in worst_first[:PLANES])
    block = tuple(-(-size // SIDE) for size in plane_shape)
    notes = []
    if len(flat) > len(chosen):
        notes.append(words.map_slices.format(len(chosen), len(flat)))
    if max(block) > 1:
        notes.append(words.map_pooled.format(*block))
    planes = tuple(
        _plane(
            _pooled(flat[index], block),
            _caption(index, lead),
            room=_ALONE if len(chosen) == 1 else _AMONG_OTHERS,
            has_ticks=max(block) == 1,
        )
        for index in chosen
    )
    return planes, tuple(notes)


def _caption(index: int, lead: tuple[int, ...]) -> str:
    if not lead:
        return ""
    return f"[{', '.join(str(int(i)) for i in np.unravel_index(index, lead))}, :, :]"


def _pooled(plane: np.ndarray, block: tuple[int, ...]) -> np.ndarray:
    """Let each block of elements be shown by its worst one."""
    if max(block) == 1:
        return plane
    pad = [(0, -size % side) for size, side in zip(plane.shape, block, strict=True)]
    padded = np.pad(plane, pad)
    rows, columns = (size // side for size, side in zip(padded.shape, block, strict=True))
    pooled: np.ndarray = padded.reshape(rows, block[0], columns, block[1]).max(axis=(1, 3))
    return pooled


def _plane(classes: np.ndarray, caption: str, *, room: int, has_ticks: bool) -> Plane:
    rows, columns = classes.shape
    pixels = max(_SMALLEST, min(_LARGEST, room // max(rows, columns)))
    ticks = _ticks(rows, columns) if has_ticks and max(rows, columns) <= INDICES_UP_TO else ()
    left = 0.7 if ticks and rows > 1 else 0.0
    top = 0.7 if ticks else 0.0
    return Plane(
        caption=caption,
        rows=rows,
        columns=columns,
        width=round((columns + left) * pixels),
        height=round((rows + top) * pixels),
        left=left,
        top=top,
        paths=tuple(_path(classes == kind) for kind in range(len(CLASSES))),
        ticks=ticks,
    )


def _ticks(rows: int, columns: int) -> tuple[Tick, ...]:
    across = (Tick(text=str(c), x=c + 0.5, y=-0.25) for c in range(columns))
    down = (Tick(text=str(r), x=-0.35, y=r + 0.65) for r in range(rows) if rows > 1)
    return (*across, *down)


def _path(mask: np.ndarray) -> str:
    """Outline the squares of one class, one rectangle for each run in a row."""
    if not mask.any():
        return ""
    rows, columns = mask.shape
    padded = np.zeros((rows, columns + 2), np.int8)
    padded[:, 1:-1] = mask
    edges = np.diff(padded, axis=1)
    starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    return "".join(
        f"M{start} {row}h{end - start}v1h{start - end}z"
        for (row, start), (_, end) in zip(starts.tolist(), ends.tolist(), strict=True)
    )
