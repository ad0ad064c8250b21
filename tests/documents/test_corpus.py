"""Whole write-ups of different habits, with the reading of every part pinned beside them."""

from pathlib import Path

import pytest

from grader.student.reading import read_submission
from grader.student.wire import Found, Source
from tests.documents.sheet import NUMBERS, SHEET

CORPUS = Path(__file__).parent / "corpus"
DOCUMENTS = sorted(path for path in CORPUS.iterdir() if path.suffix != ".expected")


def reading(name: str, text: str) -> list[str]:
    """What is read of a document, a line for each answer: key, trust and text."""
    index = read_submission((Source(path=name, data=text.encode()),), SHEET)
    assert index.unread == ()
    best: dict[tuple[str, ...], Found] = {}
    for found in index.found:
        if found.key not in best or found.trust < best[found.key].trust:
            best[found.key] = found
    return sorted(map(_line, best.values()))


def _line(found: Found) -> str:
    label = " ".join((NUMBERS[found.key[0]], *found.key[1:]))
    assert bool(found.guess) == (found.trust > 1), found
    return f"{label} | {found.trust} | " + found.text.replace("\n", "⏎")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_write_up_is_read_as_pinned(path: Path) -> None:
    expected = path.with_name(f"{path.name}.expected").read_text(encoding="utf-8").splitlines()
    assert reading(path.name, path.read_text(encoding="utf-8")) == sorted(expected)
