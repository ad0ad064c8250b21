"""What programs leave in write-ups stands for what anybody would read."""

import pytest

from grader.student.reading import read_submission
from grader.student.texts import MAX_LINES
from grader.student.wire import Asked, Found, Index, Source

SHEET = (
    Asked(number="2.1", key="two", kind="computed", names=("rows", "columns"), inputs=("r", "d")),
    Asked(number="2.2", key="one", kind="computed", names=("size",), inputs=("I", "K", "alpha")),
    Asked(
        number="2.3",
        key="number",
        kind="computed",
        names=("total",),
        question="How many parameters has the layer with $C = 3$ channels and $K = 5$?",
    ),
    Asked(number="3", key="text", kind="text"),
)


def index(text: str | bytes, name: str = "hw.md", *others: str) -> Index:
    data = text.encode() if isinstance(text, str) else text
    beside = tuple(Source(path=other, data=b"") for other in others)
    return read_submission((Source(path=name, data=data), *beside), SHEET)


def read(text: str | bytes, name: str = "hw.md") -> dict[str, str]:
    """The text of each answer, by its part and value."""
    return {"/".join(one.key): one.text for one in index(text, name).found}


def found(text: str, name: str = "hw.md") -> dict[str, Found]:
    return {"/".join(one.key): one for one in index(text, name).found}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_change_nothing(encoding: str, ends: str) -> None:
    """A write-up in any usual encoding reads the same, German letters included."""
    text = "## 2.2\n\n$I - K + 1$\n\n## 3\n\nGröße und Maß.\n".replace("\n", ends)
    assert read(text.encode(encoding)) == {"one/size": "I - K + 1", "text": "Größe und Maß."}


def test_lines_are_counted_as_editors_count_them() -> None:
    """Form feeds end no line, and HTML on one line is all of that line."""
    text = "2.1\n\frows = r\n\n\f<p>columns = d</p><p>x</p>\n"
    places = {one.key[-1]: one.place.line for one in index(text).found}
    assert places == {"rows": 2, "columns": 4}


def test_letters_that_only_look_different_are_the_letters() -> None:
    """Ligatures, mathematical letters, soft hyphens and words cut at a line's end."""
    text = (
        "2.1\n𝑟𝑜𝑤𝑠 = 𝑟 − 1\ncol\u00adumns = d\n\nQuestion 3: The \ufb01eld is effec-\ntive here.\n"
    )
    assert read(text, "hw.txt") == {
        "two/rows": "r − 1",
        "two/columns": "d",
        "text": "The field is effective\nhere.",
    }


def test_html_is_read_as_it_would_show() -> None:
    """Tags that set text and character references; other tags stay text."""
    text = (
        "<h3>2.2</h3><div>size = &alpha;(I<sup>2</sup> &minus; K<sub>1</sub>)</div>"
        "<p><b>3</b> <script>x</script> a &lt; b &unknown; &#8722;</p>"
    )
    assert read(text) == {
        "one/size": "α(I^{2} − K_{1})",
        "text": "<script>x</script> a < b &unknown; −",
    }


def test_comparisons_are_no_tags() -> None:
    """What stands between < and > is a tag only where it looks like one."""
    text = '2.2\n\n<span style="color: red" id=x>`(I<b and K>1) + alpha`</span>\n'
    assert read(text) == {"one/size": "(I<b and K>1) + alpha"}


PAGED = "2.1\nrows = r\nJane Doe    1\n\fHomework 2\ncolumns = d\nJane Doe    2\n\fHomework 2\nQuestion 3: So it\nJane Doe    3\n\fHomework 2\ngoes on.\n"


def test_headers_and_footers_of_pages_are_no_part_of_an_answer() -> None:
    """Lines that all pages have, with numbers that count up."""
    assert read(PAGED, "hw.txt") == {
        "two/rows": "r",
        "two/columns": "d",
        "text": "So it\ngoes on.",
    }


def test_answers_that_look_alike_are_no_footers() -> None:
    """Numbers at the foot of pages that do not count up with the pages stay."""
    text = "2.1\nrows: 3\ncolumns: 5\n\f2.2\n\nsize: 7\n\f2.3\n\ntotal: 542\n"
    assert read(text, "hw.txt") == {
        "two/rows": "3",
        "two/columns": "5",
        "one/size": "7",
        "number/total": "542",
    }


def test_a_number_below_its_label_is_no_page_number() -> None:
    """Answers that happen to count up are answers."""
    text = "2.2\n1\n2.3\n2\n"
    assert read(text, "hw.txt") == {"one/size": "1", "number/total": "2"}


# --- LaTeX ----------------------------------------------------------------------------------------

MACROS = r"""
\newcommand{\kernel}{K}
\newcommand\minus[2]{#1 - #2}
\def\bigger#1{(#1 + 1)}
\DeclareMathOperator{\size}{size}
\begin{document}
\section*{2.2}
\[ \size = \bigger{\minus{I}{\kernel}} \]
"""


def test_macros_of_the_document_are_expanded() -> None:
    """Simple ones with up to two arguments, also inside each other."""
    assert read(MACROS, "hw.tex") == {"one/size": "(I - K + 1)"}


def test_macros_that_call_themselves_stay_as_they_are() -> None:
    """A recursion or a bomb costs nothing, and the formula reader names the command."""
    tenfold = {b: rf"\m{a}" * 20 for a, b in zip("abcdef", "bcdefg", strict=True)}
    bomb = "".join(rf"\newcommand{{\m{name}}}{{{body}}}" for name, body in tenfold.items())
    text = rf"\newcommand{{\x}}{{\x\x}}{bomb}" + "\n2.2\n\n$\\mg + \\x$\n"
    assert read(text, "hw.tex") == {"one/size": r"\mg + \x"}


def test_macros_with_options_are_left_alone() -> None:
    """They are not simple; the reader of formulas says that it does not know the command."""
    text = "\\newcommand{\\x}[2][3]{#1 - #2}\n2.2\n\n$\\x{K}$\n"
    assert read(text, "hw.tex") == {"one/size": r"\x{K}"}


def test_what_is_included_is_told_unless_it_was_handed_in() -> None:
    """A sentence with the line; a file that is there is read by itself."""
    text = "\\begin{document}\n\\input{chapters/two.tex}\n\\include{three}\n\\end{document}\n"
    told = [one.message for one in index(text, "hw.tex", "three.tex").unread]
    assert told == [r"line 2: \input{chapters/two.tex} is not followed; hand that file in as well"]


@pytest.mark.parametrize(
    "options", ["", "[label=\\arabic*)]", "[1.]", "[label=(\\alph*)]", "[(a)]", "[label=\\roman*.]"]
)
def test_items_get_the_labels_that_latex_prints(options: str) -> None:
    """Numbers by themselves, letters where the list says so."""
    text = f"\\section*{{2}}\n\\begin{{enumerate}}{options}\n\\item rows: r\n\\item $2I$\n\\end{{enumerate}}\n"
    assert read(text, "hw.tex") == {"two/rows": "r", "one/size": "2I"}


# --- the question, and what is left of it ---------------------------------------------------------


def test_a_value_behind_a_dash_is_a_guess() -> None:
    """The dash may be a minus; a value behind a colon counts before it."""
    assert found("2.3\ntotal - 542\n")["number/total"].guess == "behind a dash"
    got = found("2.3\ntotal: 542\ntotal - 30 of them are biases\n")["number/total"]
    assert (got.text, got.trust) == ("542", 1)


def test_a_copy_of_the_question_is_no_answer() -> None:
    """Its numbers and formulas are passed over where something else follows."""
    text = "2.3 How many parameters has the layer with $C = 3$ channels and $K = 5$? It has 228.\n"
    assert read(text) == {"number/total": "228"}


def test_the_answer_stands_behind_the_word_for_it() -> None:
    """What is marked as the answer counts before what leads to it."""
    text = "2.3\n\nWith 7 filters we have 7 · 25 · 3.\n\n**Answer:** 532\n"
    got = found(text)["number/total"]
    assert (got.text, got.trust) == ("532", 1)


def test_a_quotation_at_the_head_is_the_question() -> None:
    """Unless nothing else stands there."""
    assert read("2.2\n> the input has $I^2$ cells\n\nSo $I - K + 1$.\n")["one/size"] == "I - K + 1"
    assert read("2.2\n> $I - K + 1$\n")["one/size"] == "I - K + 1"


def test_a_draft_and_a_final_answer_are_a_guess() -> None:
    """The last one with content counts, and says that there are several."""
    got = found("# 2.3\n\ntotal: 5\n\n# 3\n\nText.\n\n# 2.3\n\nSo we have 7.\n\n# 2.3\n")
    assert (got["number/total"].text, got["number/total"].trust) == ("7", 2)
    assert "the last of several answers" in got["number/total"].guess


def test_a_value_that_is_not_found_is_unread_where_the_part_says_more() -> None:
    """And absent where it says nothing else."""
    got = found("2.1\nrows = r\n\nand as many columns\n")
    assert got["two/columns"].guess == "no value could be told apart for columns"
    assert set(found("2.1\n\n| value | formula |\n|---|---|\n| rows | $r$ |\n")) == {"two/rows"}


def test_a_value_beside_marked_ones_is_unread_where_the_part_says_more() -> None:
    """`Answer …` marks one value; the text below may hold the other."""
    got = found("2.1\nAnswer 2.1 rows: r\n\nand as many columns\n")
    assert (got["two/rows"].trust, got["two/columns"].trust) == (0, 2)
    assert set(found("2.1\nAnswer 2.1 rows: r\n")) == {"two/rows"}


def test_what_stands_before_the_word_for_the_answer_is_a_guess() -> None:
    """Where nothing stands behind it."""
    got = found("2.3\n\ntotal: 542\n\nAnswer: see above\n")["number/total"]
    assert (got.text, got.trust) == ("542", 2)


def test_a_product_of_names_is_no_field() -> None:
    """`rows × columns = …` is at most a guess for either of the two."""
    got = found("2.1\nThe field is rows × columns = (r + 1)(d + 1)\n")
    assert {one.trust for one in got.values()} == {2}


def test_a_remark_in_brackets_behind_a_number_is_no_factor() -> None:
    """It is left out, as a guess."""
    got = found("2.3\ntotal: 542 (30 + 512)\n")["number/total"]
    assert (got.text, got.trust) == ("542", 2)


def test_a_line_that_speaks_of_a_missing_value_is_not_placed() -> None:
    """Also where another value was found in it."""
    got = found("2.1\nrows = r, and columns are as many\n")
    assert got["two/columns"].guess == "no value could be told apart for columns"


# --- labels ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "label",
    [
        "2.3",
        "(2.3)",
        "2.3:",
        "2-3",
        "II.3",
        "Exercise 2 (iii)",
        "Problem II (c)",
        "Q2.3.",
        "| 2.3 |",
        "A2.3:",
        "> [!note] 2.3",
        "Answer to 2.3:",
        "Lösung 2.3:",
        "Exercice 2.3.",
        "\\item[2.3]",
        "**2 (c)**",
    ],
)
def test_labels_of_many_kinds_name_the_same_part(label: str) -> None:
    """Whatever stands around the number."""
    assert read(f"3\n\nText.\n\n{label} 542\n")["number/total"].strip(" |") == "542"


def test_a_letter_that_is_glued_to_a_name_is_the_parts() -> None:
    """`4.2brows` is no word; the part that has rows is meant."""
    sheet = (
        Asked(number="4.2a", key="a", kind="computed", names=("size",)),
        Asked(number="4.2b", key="b", kind="computed", names=("rows",)),
    )
    source = Source(path="hw.txt", data=b"4.2asize = 3\n4.2brows = 5\n")
    got = {one.key: one.text for one in read_submission((source,), sheet).found}
    assert got == {("a", "size"): "3", ("b", "rows"): "5"}


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hw.pdf", "a PDF holds pages"),
        ("hw.docx", "save it as plain text"),
        ("hw.zip", "unpack it"),
        ("hw.html", "hand in the notebook itself"),
        ("scan.jpg", "pictures are not read"),
    ],
)
def test_files_that_are_not_read_are_named_with_what_to_do(name: str, said: str) -> None:
    """Never silence."""
    (told,) = index(b"PK\x03\x04", name).unread
    assert told.message.startswith("was not read: ")
    assert said in told.message


def test_a_printed_copy_and_pictures_beside_a_write_up_are_not_told() -> None:
    """They hold nothing else."""
    assert index("3 Text.", "hw.md", "hw.pdf", "figure.png").unread == ()


def test_a_picture_that_is_pasted_in_does_not_make_a_write_up_too_large() -> None:
    """Notebooks export pictures as text."""
    text = f"2.3\n\n![](data:image/png;base64,{'iVBORw0K' * 200_000})\n\ntotal: 5\n"
    assert read(text) == {"number/total": "5"}


def test_more_lines_than_are_read_are_told_with_their_line() -> None:
    """What stands before them counts."""
    (told,) = index("2.3 542\n" + "x\n" * MAX_LINES).unread
    assert told.place.line == MAX_LINES
