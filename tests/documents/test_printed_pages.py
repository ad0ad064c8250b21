"""Numbers that LaTeX prints, and pages in two columns, give the parts that a reader would see."""

import pytest

from grader.student.reading import read_submission
from grader.student.wire import Asked, Source

SHEET = (
    Asked(number="1.1", key="why", kind="text"),
    Asked(number="1.2", key="count", kind="computed", names=("total",)),
    Asked(number="2.1a", key="size", kind="computed", names=("size",), inputs=("I", "K")),
    Asked(number="2.1b", key="side", kind="computed", names=("side",), inputs=("I", "K")),
)
WHY = "Since the inputs stay in one range whatever the weights before them are."
VALUES = {"count total": "542", "size size": "I - K + 1", "side side": "2I"}
READ = {"why": WHY, **VALUES}


def read(text: str, name: str) -> dict[str, str]:
    """Per part and value its text, on one line."""
    source = Source(path=name, data=text.encode())
    index = read_submission((source,), SHEET)
    return {" ".join(one.key): " ".join(one.text.split()) for one in index.found}


OWN_NUMBERS = rf"""
\section{{Normalisation}}
\subsection{{Range}} {WHY}
\subsection{{Counting}} total: 542
\section{{Convolution}}
\subsection{{Sizes}}
\begin{{enumerate}}[label=(\alph*)]
\item size: $I - K + 1$
\item side: $2I$
\end{{enumerate}}
"""
LABELS = rf"""
\section{{Normalisation}}
\begin{{enumerate}}[leftmargin=*,label=\textbf{{\thesection.\arabic*}}]
\item {WHY}
\item total: 542
\end{{enumerate}}
\section{{Convolution}}
\begin{{enumerate}}[label=2.\arabic*)]
\item \begin{{enumerate}}[label=\alph*), nosep]
  \item size: $I - K + 1$
  \item side: $2I$
  \end{{enumerate}}
\end{{enumerate}}
"""
TITLES = rf"""
\section{{Problem 1}}
\subsection{{1.1 Range}}
{WHY}
\subsection{{1.2}}
total: 542
\section*{{Problem 2}}
\subsection*{{2.1 (a)}} size: $I - K + 1$
\subsection*{{2.1 (b)}} side: $2I$
"""


@pytest.mark.parametrize("text", [OWN_NUMBERS, LABELS, TITLES])
def test_sections_and_items_have_the_numbers_that_latex_prints(text: str) -> None:
    """Where a title has a number of its own, that one counts."""
    got = read(text, "hw.tex")
    assert got.pop("why").endswith(WHY)
    assert got == VALUES


LONE = f"""\
Homework 3

1

Normalisation

1.1 {WHY}
1.2 total: 542

2

Convolution

2.1 (a) size: I - K + 1
(b) side: 2I

2
"""


def test_a_number_on_a_line_of_its_own_opens_the_problem_that_needs_it() -> None:
    """No other line does: an answer, or the number of a page."""
    assert read(LONE, "hw.txt") == {"why": f"{WHY}", **VALUES}
    lettered = (
        Asked(number="1a", key="one", kind="computed", names=("n",)),
        Asked(number="2a", key="two", kind="computed", names=("n",)),
        Asked(number="2b", key="more", kind="computed", names=("n",)),
    )
    source = Source(path="hw.txt", data=b"1\nCounts\n\n(a) 7\n\n2\n\nMore\n\n(a) 8\n\n(b)\n\n2\n\n")
    assert [one.text for one in read_submission((source,), lettered).found] == ["7", "8", "2"]


def test_letters_are_no_numbers_of_problems() -> None:
    """Where problems are numbered, a letter belongs to the problem above it."""
    assert read("(a) 30\n(b) 542\n", "hw.txt") == {}


@pytest.mark.parametrize("label", ["2 .1 ( a )", "2 . 1 (a)", "2.1 ( a )", "2.1 a )"])
def test_a_scanner_leaves_gaps_in_labels(label: str) -> None:
    """They are none."""
    got = read(f"1.2  total = 3 . 9 + 515 = 542\n\n{label}  size = I - K + 1\n", "hw.txt")
    assert (got["count total"].rpartition("= ")[2], got["size size"]) == ("542", "I - K + 1")


COUNTED = r"""
\section{One}
\subsection{First} 5
1.2 times as many
\subsection{Second} 7
\section{Two}
\subsection{Third} 9
"""


def test_sections_count_the_parts_that_the_sheet_letters() -> None:
    """1.2 in a heading is the second part of problem 1; in a sentence it is a number."""
    sheet = tuple(
        Asked(number=number, key=number, kind="computed", names=("n",))
        for number in ("1a", "1b", "2a")
    )
    index = read_submission((Source(path="hw.tex", data=COUNTED.encode()),), sheet)
    assert {one.key[0] for one in index.found} == {"1a", "1b", "2a"}
    assert {one.text for one in index.found if one.key[0] != "1a"} == {"7", "9"}


LEFT = (
    "1.1 Since the inputs stay in one",
    "range whatever the weights before",
    "them are.",
    "1.2 There are 30 parameters in the",
    "first layer and 512 in the second",
    "one, which comes to",
    "total = 542",
    "parameters, as the biases count.",
)
RIGHT = (
    "2.1 a) The kernel fits as often as",
    "it can be shifted, and once more:",
    "size = I - K + 1",
    "b) With a stride of one half there",
    "is room for twice as many, so that",
    "side = 2I",
    "whatever the size of the kernel is",
    "that is used.",
)


def side_by_side(left: tuple[str, ...], right: tuple[str, ...]) -> str:
    return "\n".join(f"{one:<40}{other}" for one, other in zip(left, right, strict=True))


def test_columns_are_read_one_after_the_other() -> None:
    """A line over both of them stands between."""
    title = "Homework 2, handed in by Jane Doe and John Roe in time"
    assert read(f"{title}\n\n{side_by_side(LEFT, RIGHT)}\n", "hw.txt") == READ


def test_each_page_has_columns_of_its_own() -> None:
    """The second column of a page stands before the next page."""
    words = ("which goes on in words",) * 6
    first = side_by_side((*words, *words[:2]), LEFT)
    second = side_by_side(RIGHT, ("3.1 More was not asked", "3.2 so that this is left", *words))
    got = read(f"{first}\n\f{second}\n", "hw.txt")
    assert {name: got[name] for name in VALUES} == VALUES


def test_a_table_is_no_page_in_columns() -> None:
    """Its rows stay whole, however many there are, and so do remarks beside answers."""
    remarks = ("as can be seen", "with total = 7 of them", *("and so on and on",) * 6)
    assert read(side_by_side(LEFT, remarks), "hw.txt")["count total"] == "542"
    rows = [f"{name:<20}{k * 7}" for k, name in enumerate(("a", "b", "total") * 5)]
    assert read("1.2\n" + "\n".join(rows) + "\n", "hw.txt")["count total"] == "98"
