"""Values in displays and in lines: which of several equations and numbers is the answer."""

import pytest

from grader.student.reading import read_submission
from grader.student.wire import UNTOLD, Asked, Found, Source

SHEET = (
    Asked(
        number="1",
        key="pair",
        kind="computed",
        names=("rows", "columns"),
        inputs=("r", "c", "d"),
        is_scalar=True,
    ),
    Asked(number="2", key="size", kind="computed", names=("size",), inputs=("I", "K")),
    Asked(number="3", key="counts", kind="computed", names=("expand", "total")),
    Asked(
        number="4",
        key="pick",
        kind="choice",
        pick="one",
        names=("stronger", "weaker", "unchanged"),
    ),
    Asked(number="5", key="claims", kind="choice", names=("linear", "square")),
)


def found(text: str) -> dict[str, Found]:
    """Per part and value what is found of it."""
    source = Source(path="hw.md", data=text.encode())
    return {" ".join(one.key): one for one in read_submission((source,), SHEET).found}


def test_equations_beside_each_other_are_two() -> None:
    """Each ends where the next one begins."""
    got = found("## 1\n\n$$\\text{rows} = 1 + d(r-1), \\qquad \\text{columns} = 1 + d(c-1)$$\n")
    assert got["pair rows"].text == "1 + d(r-1)"
    assert got["pair columns"].text == "1 + d(c-1)"


@pytest.mark.parametrize("between", [r", \quad ", r",\; ", r" \qquad ", "; ", r" \\ "])
def test_what_a_letter_stands_for_is_not_the_answer(between: str) -> None:
    """The equation that uses the letter is; also where a bracket holds a comma."""
    got = found(f"## 2\n\n$$s = \\max(n, 0) + 1{between}n = I - K$$\n")
    assert got["size size"].text == r"\max((I - K), 0) + 1"


def test_a_derivation_ends_with_its_last_equation() -> None:
    """Letters that are explained before they are used are no remarks."""
    got = found("## 2\n\n$$n = I - K \\\\ s = n + 1$$\n")
    assert got["size size"].text == "(I - K) + 1"


@pytest.mark.parametrize("left", [r"n_{\text{total}}", "P_{total}", r"N_\mathrm{total}", "n_total"])
def test_a_name_may_be_the_index_of_a_letter(left: str) -> None:
    """In lines and in displays."""
    for text in (f"so ${left} = 542$", f"$$\n{left} &= 30 + 512 \\\\ &= 542\n$$"):
        got = found(f"## 3\n\n{text}\n")["counts total"]
        assert (got.text.rpartition("= ")[2], got.trust) == ("542", 1)


def test_a_number_that_a_sentence_goes_on_from_is_a_guess() -> None:
    """`3 filters with 9 weights` is the beginning of a calculation; a unit or a remark is none."""
    got = found("## 3\n\nexpand: 3 filters with 9 weights\ntotal: 542 parameters, 12 fewer\n")
    assert (got["counts expand"].trust, got["counts total"].trust) == (2, 1)


def test_a_line_that_leads_over_to_the_next_one_holds_no_value() -> None:
    """The value stands below it."""
    text = "## 3\n\nexpand: 3 filters of 9 weights each:\n\n3 · (9 + 1) = 30\n\nThe total is 542.\n"
    got = found(text)
    assert (got["counts expand"].text, got["counts total"].text) == ("30", "542")


def test_one_number_may_be_given_to_several_names() -> None:
    """In one line as it stands; over two lines, which printing may have torn apart, as a guess."""
    got = found("## 3\n\nexpand = total = 542\n")
    assert {(one.text, one.trust) for one in got.values()} == {("542", 1)}
    got = found("## 3\n\nSo expand =\ntotal = 542\n")
    assert {(name, one.text, one.trust) for name, one in got.items()} == {
        ("counts expand", "542", 2),
        ("counts total", "542", 1),
    }
    got = found("## 3\n\nSo expand =\n512 and more\ntotal = 542\n")
    assert got["counts expand"].text != "542"


TABLE = """## 3

| expand | total |
|:--:|:--:|
| 3·18 + 18 = 72 | **309** |
"""


def test_values_below_their_names_are_the_names() -> None:
    """In Markdown and LaTeX, where the table has one row; of several rows nobody can tell."""
    rows = "\\begin{tabular}{cc}\nExpand & Total \\\\\n\n72 & 309 \\\\\n\\end{tabular}\n"
    for text in (TABLE, f"## 3\n\n{rows}"):
        got = found(text)
        assert got["counts expand"].text.endswith("72")
        assert (got["counts total"].text, got["counts total"].trust) == ("309", 1)
    assert {one.trust for one in found(f"{TABLE}| 54 | 300 |\n").values()} == {2}


def test_a_row_that_begins_with_a_name_is_a_guess() -> None:
    """Unless a row has the name alone, or two names."""
    rows = "## 3\n\n| | weights | all |\n|---|---|---|\n| Expand 1×1 | 54 | 72 |\n"
    assert (found(rows)["counts expand"].text, found(rows)["counts expand"].trust) == ("72", 2)
    got = found(f"{rows}| expand | 54 | 73 |\n| total of expand | | 5 |\n")["counts expand"]
    assert (got.text, got.trust) == ("73", 1)


# --- guesses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "The field is rows × columns = (1 + d(r-1)) × (1 + d(c-1))",
        "(1 + d(r-1)) x (1 + d(c-1))",
        r"$(1 + d(r-1)) \times (1 + d(c-1))$",
    ],
)
def test_a_product_holds_two_values(text: str) -> None:
    """One before the sign for times and one behind it; both are guesses."""
    got = found(f"## 1\n\n{text}\n")
    assert {(name, one.text, one.trust) for name, one in got.items()} == {
        ("pair rows", "(1 + d(r-1))", 2),
        ("pair columns", "(1 + d(c-1))", 2),
    }


def test_numbers_in_a_row_may_stand_behind_short_words() -> None:
    """Unless one of the words is a value's own name, so that the order is another."""
    got = found("## 3\n\nexp 72, sum 309\n")
    assert (got["counts expand"].text, got["counts total"].text) == ("72", "309")
    assert "counts expand" not in found("## 3\n\ntotal 309, rest 72\n")


@pytest.mark.parametrize(
    "said",
    [
        "309 parameters, so 233 fewer than before, 43 %.",
        "309 (it is 72 plus 237).",
        "72 + 237 = 309.",
        "309 params, and the other network had 542.",
    ],
)
def test_the_number_that_counts_parameters_is_meant(said: str) -> None:
    """Not the last one, whatever it is."""
    assert found(f"## 3\n\nThe total is {said}\n")["counts total"].text == "309"


def test_a_formula_that_can_be_read_is_meant() -> None:
    """Not what else looks like one."""
    got = found("## 1\n\nrows 1+d(r-1), cols same w/ c\n")
    assert got["pair rows"].text == "1+d(r-1)"
    assert got["pair columns"].guess.startswith(UNTOLD)


def test_an_option_that_is_denied_is_not_picked() -> None:
    """Where only that one is spoken of, nothing is."""
    assert found("## 4\n\nIt gets weaker (not stronger, as I thought).\n")["pick"].text == "weaker"
    assert found("## 4\n\nIt does not get weaker.\n")["pick"].guess == UNTOLD
    assert found("## 4\n\nIt doesn't become much weaker.\n")["pick"].guess == UNTOLD


def test_a_claim_may_be_judged_in_its_clause() -> None:
    """Where no negation stands there."""
    got = found("## 5\n\nI think that linear I would say is false, and square is true.\n")
    assert [got[f"claims {name}"].text for name in ("linear", "square")] == ["false", "true"]
    got = found("## 5\n\nThat linear holds can not be true, square: no\n")
    assert got["claims linear"].text not in ("true", "false")


def test_a_remark_in_the_last_cell_is_no_value() -> None:
    """What a cell before it says is a guess; a unit is no remark."""
    got = found("## 3\n\n| expand | 72 | 54 without biases |\n| total | 309 parameters |\n")
    assert (got["counts expand"].text, got["counts expand"].trust) == ("72", 2)
    assert (got["counts total"].text, got["counts total"].trust) == ("309 parameters", 1)


def test_another_value_in_a_line_may_be_the_missing_one() -> None:
    """Whatever it is called there."""
    got = found("## 3\n\nAusdehnung $= 72$; total $= 309$\n")
    assert got["counts expand"].guess.startswith(UNTOLD)
    assert "counts expand" not in found("## 3\n\ntotal = 72 + 237 = 309\n")


def test_a_formula_in_a_remark_is_not_meant() -> None:
    """What stands outside of the brackets is; and the number that counts parameters."""
    got = found("## 2\n\nIt is 2*I*K (I*K for one and I*K for the other).\n")["size size"]
    assert (got.text, got.trust) == ("2*I*K", 2)


@pytest.mark.parametrize("text", ["total = expand + 237 = 309", "$n_{total} = n_{expand} = 309$"])
def test_names_in_a_calculation_are_no_fields(text: str) -> None:
    """What they come to is the value of the name before them."""
    assert found(f"## 3\n\n- {text}\n")["counts total"].text.endswith("309")


def test_a_clause_behind_a_value_is_left_out() -> None:
    """`i.e.` leads over to it."""
    assert found("## 3\n\ntotal: 309, i.e. 1.8 times less\n")["counts total"].text == "309"


def test_a_pair_of_brackets_holds_the_values_in_their_order() -> None:
    """In a line, a formula or a display."""
    for text in ("(rows, columns) = (r+1, c+1)", "$(r+1, c+1)$", "$$\n(r+1,\\; c+1)\n$$"):
        got = found(f"## 1\n\n{text}\n")
        assert (got["pair rows"].text, got["pair columns"].text) == ("r+1", "c+1")


def test_values_may_stand_below_their_names_without_lines() -> None:
    """With tabs, or wide gaps, as they are pasted from a sheet."""
    for gap in ("\t", "      "):
        got = found(f"## 3\n\nexpand{gap}total\n72{gap}309\n")
        assert (got["counts expand"].text, got["counts total"].text) == ("72", "309")


def test_letters_that_the_sheet_does_not_have_belong_to_the_text() -> None:
    """The number before them is the part's."""
    got = found("5 (i) false (ii) true\n")
    assert [got[f"claims {name}"].text for name in ("linear", "square")] == ["false", "true"]
