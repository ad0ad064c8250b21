"""Synthetic classes on the founding homework: no two submissions are equal.

Of a hundred students, sixty hand in what bob did, thirty-four what alice did, five a crash in one
function and one a loop without an end; each has a comment of its own in every file, so that nothing
can be shared between two of them.
"""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LAYERS = (("right", 60), ("partly right", 34), ("crashing", 5), ("hanging", 1))
_FIRST_LINE = "    raise RuntimeError('a slip')\n"
_LOOP = "    while True:\n        pass\n"
_BROKEN = "residual_mlp.py"


def write_class(root, students, *, hanging=True):
    """A course like this repository's, with a synthetic class in it."""
    for folder in ("problems", "solutions"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for number in range(students):
        _write_submission(root / "submissions" / f"s{number:04d}", number, hanging=hanging)
    return root


def kind_of(number):
    """What the student of that number hands in; the kinds are spread evenly."""
    place = number * 37 % 100
    for kind, share in _LAYERS:
        if place < share:
            return kind
        place -= share
    raise AssertionError(number)


def _write_submission(folder, number, *, hanging):
    kind = kind_of(number)
    source = ROOT / "submissions" / ("bob" if kind == "right" else "alice")
    folder.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        text = path.read_text(encoding="utf-8")
        if path.name == _BROKEN and kind in ("crashing", "hanging"):
            first = _LOOP if kind == "hanging" and hanging else _FIRST_LINE
            text = _broken(text, first)
        (folder / path.name).write_text(f"# handed in by s{number:04d}\n{text}", encoding="utf-8")


def _broken(text, first):
    """The text with `first` as the first line of its first function."""
    lines = text.splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if line.startswith("def "))
    end = next(n for n in range(start, len(lines)) if lines[n].rstrip().endswith(":"))
    return "".join([*lines[: end + 1], first, *lines[end + 1 :]])
