"""What stands under no label is never taken for nothing."""

import pytest

from grader.student.reading import read_submission
from grader.student.wire import UNTOLD, Asked, Index, Source

SHEET = (
    Asked(number="1.1", key="why", kind="text"),
    Asked(number="1.2", key="count", kind="computed", names=("total",)),
    Asked(number="1.3", key="size", kind="computed", names=("size",), inputs=("I", "K")),
)
SAID = "The inputs stay in one range, whatever the weights before them are."


def index(text: str, name: str = "hw.md") -> Index:
    return read_submission((Source(path=name, data=text.encode()),), SHEET)


def test_text_before_the_first_label_may_answer_the_parts_before_it() -> None:
    """They wait for a person; those behind the label are read as ever."""
    told = {one.key: one.guess for one in index(f"I . 1\n{SAID}\n\n1.3 size: I - K\n").found}
    assert told == {("why",): UNTOLD, ("count",): UNTOLD, ("size", "size"): ""}


@pytest.mark.parametrize("head", ["Homework 2", "Name: Jane Doe, group 7, 12 May 2025"])
def test_a_title_answers_nothing(head: str) -> None:
    """Nor does text before the first label of all."""
    assert {one.key for one in index(f"{head}\n\n1.3 size: I - K\n").found} == {("size", "size")}
    assert [one.text for one in index(f"{SAID}\n\n1.1 Text.\n").found] == ["Text."]


def test_a_write_up_without_any_label_is_told() -> None:
    """With what to do about it, so that no part of it counts as missing."""
    (told,) = index(f"Jane Doe\n\n{SAID}\n\nI - K + 1\n").unread
    assert "put one before each answer" in told.message
    assert told.place.line == 3


@pytest.mark.parametrize("name", ["README.md", "requirements.txt", "code/readme.txt"])
def test_what_comes_beside_code_is_no_write_up(name: str) -> None:
    """It says how to run it; and a log says nothing at all."""
    assert index(SAID, name).unread == ()
    assert index("epoch 1, loss 0.31, accuracy 0.93, validation 0.91, lr 1e-3\n" * 9).unread == ()


def test_a_questions_text_keeps_the_values_that_were_not_found() -> None:
    """Where one value of a part was found in it, the others wait as they would under the part."""
    sheet = (
        Asked(number="2.1a", key="counts", kind="computed", names=("expand", "pairs", "total")),
        Asked(number="2.1b", key="rate", kind="computed", names=("rate",)),
    )
    text = "2.1\n- Expansion: 72\n- both of them: 237\n\nThe total is 309.\n"
    source = Source(path="hw.md", data=text.encode())
    found = {one.key: one for one in read_submission((source,), sheet).found}
    assert found["counts", "expand"].text == "72"
    assert found["counts", "total"].text == "309"
    assert found["counts", "pairs"].guess.startswith(f"{UNTOLD} for pairs")
