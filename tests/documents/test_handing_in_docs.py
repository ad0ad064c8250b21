"""What docs/handing-in.md promises: each of its forms is read."""

import re
from pathlib import Path

import pytest

from grader.student.reading import read_submission
from grader.student.wire import Asked, Source

DOCS = (Path(__file__).parents[2] / "docs" / "handing-in.md").read_text(encoding="utf-8")
SHEET = (
    Asked(
        number="2.3a", key="size", kind="computed", names=("values",), inputs=("D", "I", "K", "N")
    ),
    Asked(number="5.1a", key="v1", kind="computed", names=("depthwise", "total")),
)
FORMS = [
    form
    for row in re.findall(r"^\|(?:[^|]+)\|([^|]+)\|$", DOCS, re.MULTILINE)
    for form in re.findall(r"`([^`]+)`", row)
    if re.search(r"[:=] ", form)
]


def keys(name: str, text: str) -> list[tuple[str, ...]]:
    index = read_submission((Source(path=name, data=text.encode()),), SHEET)
    assert all(found.trust == 0 for found in index.found)
    return [found.key for found in index.found]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_the_table_is_read(form: str) -> None:
    if form.startswith("Answer"):
        assert len(keys("hw.md", form)) == len(keys("hw.txt", form)) == 1
    elif form.startswith("answer_"):
        assert keys("hw.py", form)
    else:
        assert len(keys("answers.yaml", form)) == 2


def test_the_table_has_forms() -> None:
    assert len(FORMS) == 5
