"""Several candidates for one answer earn nothing by themselves: what they come to is not read."""

import pytest

from grader.student.formulas import FormulaError, evaluate_text
from grader.student.reading import read_submission
from grader.student.wire import Asked, Source

SHEET = (
    Asked(number="2.1", key="a/size", kind="computed", names=("size",), inputs=("I", "K", "P")),
    Asked(number="2.2", key="a/count", kind="computed", names=("n",)),
    Asked(number="2.3", key="a/counts", kind="computed", names=("weights", "total")),
    Asked(number="2.5", key="a/claims", kind="choice", names=("linear", "square")),
)


def texts(write_up: str) -> list[str]:
    """The text of each answer that is found."""
    source = Source(path="hw.md", data=write_up.encode())
    return [found.text for found in read_submission((source,), SHEET).found]


@pytest.mark.parametrize(
    "said",
    [
        "27 or 30",
        "n = 27 or 30",
        "The answer is 27 or 30.",
        "It is $27$ or $30$.",
        r"$\boxed{27}$ or $\boxed{30}$",
        "Es sind 27 oder 30.",
        "Answer: 27 or 30",
        "n is either 27 or 30.",
    ],
)
def test_two_numbers_are_no_number(said: str) -> None:
    """Neither counts, whichever stands last."""
    (text,) = texts(f"## 2.2\n\n{said}\n")
    with pytest.raises(FormulaError):
        evaluate_text(text, {})


@pytest.mark.parametrize("said", ["$I - K + 1$ or $I - K$", "I - K + 1 or I - K"])
def test_two_formulas_are_no_formula(said: str) -> None:
    """As with numbers."""
    (text,) = texts(f"## 2.1\n\n{said}\n")
    with pytest.raises(FormulaError):
        evaluate_text(text, {"I": 9, "K": 3})


def test_two_numbers_that_a_sentence_speaks_of_are_no_number() -> None:
    """Where a part has several values, as where it has one."""
    for text in texts("## 2.3\n\nThe weights are $3$ or $4$ and the total is 500 or 512.\n"):
        with pytest.raises(FormulaError):
            evaluate_text(text, {})


def test_what_or_joins_elsewhere_is_no_second_answer() -> None:
    """Words, and conditions, may stand on both sides."""
    assert texts("## 2.2\n\nWith or without padding there are 27.\n") == ["27"]
    assert evaluate_text("1 if x > 3 or x < 1 else 0", {"x": 5}) == 1


@pytest.mark.parametrize(
    "said",
    [
        "linear: true or false\nsquare: no",
        "linear: true/false\nsquare: no",
        "linear: yes\nlinear: no",
    ],
)
def test_a_claim_that_is_said_to_be_both_is_neither(said: str) -> None:
    """No first and no last word counts."""
    assert "true and false" in texts(f"## 2.5\n\n{said}\n")
