"""Values are shown as small tables around the element that matters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.values import COLUMNS, ROWS, Cell, digits_apart, show, show_alike
from grader.report.words import Words
from grader.student.packing import Array, Many, Rational, Scalar, Unusable, pack

WORDS = Words()


def texts(shown):
    return [[cell.text for cell in row.cells] for row in shown.rows]


@pytest.mark.parametrize(
    ("packed", "text"),
    [
        (Scalar(None), "nothing"),
        (Scalar(True), "True"),
        (Scalar(3_584), "3584"),
        (Scalar(-0.5), "−0.5"),
        (Scalar(1 / 3), "0.333333"),
        (Scalar(float("nan")), "nan"),
        (Scalar(float("-inf")), "−inf"),
        (Scalar("relu"), "'relu'"),
        (Rational("1", "3"), "1/3"),
        (Rational("9" * 30, "1"), "9" * 30),
        (pack(np.float64(2.5)), "2.5"),
        (pack(1 + 2j), "not a value: a complex"),
        (Unusable("a generator"), "not a value: a generator"),
        (pack(np.zeros((0, 3))), "no elements"),
        (Array("float64", (2,), b"\0"), None),
    ],
)
def test_scalars_are_one_text(packed, text):
    shown = show(packed, WORDS)
    assert not shown.rows
    assert text is None or shown.text == text
    assert shown.text


def test_a_matrix_is_a_table_with_its_worst_element_marked():
    shown = show(pack(np.array([[1.0, 2.5], [3.0, 4.0]])), WORDS, worst=(0, 1))
    assert shown.caption == "float64, shape (2, 2)"
    assert texts(shown) == [["1", "2.5"], ["3", "4"]]
    assert [
        (r, c)
        for r, row in enumerate(shown.rows)
        for c, cell in enumerate(row.cells)
        if cell.is_worst
    ] == [(0, 1)]


def test_a_large_array_shows_the_slice_and_window_of_the_worst_element():
    array = np.arange(9 * 40 * 50).reshape(9, 40, 50)
    shown = show(pack(array), WORDS, worst=(1, 30, 44))
    assert shown.caption == "int64, shape (9, 40, 50), showing [1, :, :]"
    assert (len(shown.rows), len(shown.columns)) == (ROWS, COLUMNS)
    marked = [cell.text for row in shown.rows for cell in row.cells if cell.is_worst]
    assert marked == [str(array[1, 30, 44])]
    assert shown.notes == ("32 more rows", "42 more columns")


def test_long_numbers_take_fewer_columns_and_two_values_the_same():
    got, expected = np.full((2, 30), 3.0), np.arange(60).reshape(2, 30) / 7
    shown = show_alike((pack(got), pack(expected)), WORDS, worst=(1, 29), digits=10)
    assert [one.columns for one in shown] == [("24", "25", "26", "27", "28", "29")] * 2
    assert shown[0].rows[1].cells[-1] == Cell(text="3", is_worst=True)
    assert max(sum(len(cell.text) + 2 for cell in row.cells) for row in shown[1].rows) <= 84
    assert len(show(pack(got), WORDS).columns) == COLUMNS


def test_no_column_is_left_out_alone():
    assert len(show(pack(np.arange(COLUMNS + 1)), WORDS).columns) == COLUMNS + 1


@given(st.lists(st.integers(0, 12), min_size=1, max_size=4), st.data())
def test_the_worst_element_is_always_in_sight(shape, data):
    array = np.arange(np.prod(shape)).reshape(shape)
    worst = tuple(data.draw(st.integers(0, max(0, size - 1))) for size in shape)
    shown = show(pack(array), WORDS, worst=worst)
    rows = [row for table in (shown, *shown.items) for row in table.rows]
    marked = [cell.text for row in rows for cell in row.cells if cell.is_worst]
    assert marked == ([str(array[worst])] if array.size else [])


def test_the_few_slices_of_a_small_array_are_all_shown():
    shown = show(pack(np.arange(12).reshape(2, 3, 2)), WORDS, worst=(1, 2, 0))
    assert shown.caption == "int64, shape (2, 3, 2)"
    assert [item.label for item in shown.items] == ["[0, :, :]", "[1, :, :]"]
    assert texts(shown.items[1]) == [["6", "7"], ["8", "9"], ["10", "11"]]


def test_a_vector_is_one_row():
    shown = show(pack(np.array([1, 2, 3])), WORDS)
    assert texts(shown) == [["1", "2", "3"]]
    assert shown.caption == "int64, shape (3,)"


def test_tuples_and_dicts_are_lists_of_values_bounded_in_depth_and_number():
    shown = show(pack({"a": (1, 2), "b": np.ones(2)}), WORDS)
    assert [item.label for item in shown.items] == ["a", "b"]
    assert [item.text for item in shown.items[0].items] == ["1", "2"]
    nested = Many((Many((Many((Many((Scalar(1),)),)),)),))
    assert show(nested, WORDS).items[0].items[0].items[0].text == "(…)"
    assert show(pack(tuple(range(20))), WORDS).notes == ("12 more",)


def test_numbers_that_differ_late_are_shown_with_the_digits_that_tell_them_apart():
    got, expected = pack(np.array([1.0, 2.00000001])), pack(np.array([1.0, 2.0]))
    assert digits_apart(got, expected, (1,)) == 10
    assert digits_apart(Scalar(1.0), Scalar(2.0), ()) == 6
    assert digits_apart(Scalar("a"), Scalar(2.0), ()) == 6
