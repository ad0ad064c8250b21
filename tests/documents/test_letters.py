"""Letters of a student's own are put in where the part explains them, and nowhere else."""

import pytest

from grader.student.reading import read_submission
from grader.student.wire import Asked, Found, Source

SIZE = Asked(
    number="1",
    key="size",
    kind="computed",
    names=("size",),
    inputs=("I", "K", "d1"),
    aliases=("\\kappa",),
    is_scalar=True,
)
SLOPE = Asked(number="2", key="slope", kind="computed", names=("dx",), inputs=("delta", "W", "z"))


def found(text: str) -> Found:
    source = Source(path="hw.md", data=text.encode())
    return read_submission((source,), (SIZE, SLOPE)).found[0]


@pytest.mark.parametrize(
    "said",
    [
        "With $n = I - K$ the size is $n + 1$.",
        "The size is $n + 1$, where $n = I - K$.",
        "$$size = n + 1, \\quad n = I - K$$",
        "$n = I - K$\n\nsize: n + 1",
        "Let n = I - K.\nsize = n + 1",
        "$m = -K$ and $n = I + m$\n\nsize: $n + 1$",
    ],
)
def test_a_letter_is_what_the_part_says_it_is(said: str) -> None:
    """As a guess that names the line; one letter may explain another."""
    got = found(f"## 1\n\n{said}\n")
    assert got.text.replace("(-K)", "- K").replace("I + -", "I -").endswith("(I - K) + 1")
    assert got.trust == 2
    assert "n from line" in got.guess


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("$n = I - K$ or $n = I - K + 1$\n\nsize: $n + 1$", "n + 1"),
        ("For $n = 3$ we have 4.\n\nsize: $n + 1$", "n + 1"),
        ("$K = I - 2$\n\nsize: $K + 1$", "K + 1"),
        ("$\\kappa = K$\n\nsize: $\\kappa + 1$", "\\kappa + 1"),
        ("$e = K$\n\nsize: $e^{I}$", "e^{I}"),
        ("$n = n + K$\n\nsize: $n + 1$", "n + 1"),
        ("$k = K$\n\nsize: $\\sum_k d_k + q$", "\\sum_k d_k + q"),
    ],
)
def test_other_letters_stay(said: str, text: str) -> None:
    """Explained twice, by a number, by themselves, declared on the sheet, an index, or Euler's."""
    assert found(f"## 1\n\n{said}\n").text == text


def test_greek_letters_and_arrays_are_put_in() -> None:
    """Whether they are spelled out or not."""
    got = found(
        "## 2\n\nWrite $\\varepsilon = \\delta \\odot z$. Then\n\n$$\\varepsilon W^T + \\delta$$\n"
    )
    assert got.text == "(\\delta \\odot z) W^T + \\delta"


def test_letters_that_explain_each_other_in_a_ring_end() -> None:
    """The value stays bounded, and as it was where it can not be read."""
    ring = "".join(f"${a} = {b} + {b} + K$\n" for a, b in zip("abc", "bca", strict=True))
    assert found(f"## 1\n\n{ring}\nsize: $a + 1$\n").text == "a + 1"
