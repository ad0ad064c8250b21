"""Drawings of taps show which cells an output reads, and say it in words."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from grader.report.statements import rendered
from grader.report.taps import TapsError, draw


def picture(text):
    return ET.fromstring(draw(text))


def read_from_above(text):
    """Per cell of the field whether it is filled."""
    squares = [(int(r.get("y")) // 18, int(r.get("x")) // 18, r) for r in picture(text)]
    cells = np.zeros([max(place[axis] for place in squares) + 1 for axis in (0, 1)], bool)
    for row, column, square in squares:
        cells[row, column] = square.get("fill") != "none"
    return cells


def test_a_dilated_kernel_reads_every_other_cell():
    wanted = np.zeros((5, 5), bool)
    wanted[::2, ::2] = True
    assert (read_from_above("3x3, dilation 2") == wanted).all()
    assert picture("3x3, dilation 2").get("aria-label") == "9 of 25 cells are read, in 5 × 5"


def test_rows_and_columns_may_have_different_taps():
    assert read_from_above("2x4, dilation 3").shape == (4, 10)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3x3, dilation 2\n" * 3, "49 of 169 cells are read, in 13 × 13"),
        ("3x3\n3x3, dilation 2\n3x3, dilation 4", "225 of 225 cells are read, in 15 × 15"),
        ("3 × 3, stride 2\n3 × 3", "49 of 49 cells are read, in 7 × 7"),
    ],
)
def test_a_stack_is_drawn_with_its_gaps(text, said):
    assert picture(text).get("aria-label") == said


def test_a_cell_that_is_read_more_often_is_darker():
    shades = [float(square.get("fill-opacity")) for square in picture("2x1\n2x1")]
    assert shades[0] == shades[2] < shades[1] == 0.9


def test_from_the_side_every_tap_has_its_line():
    found = picture("3, dilation 2\n2, dilation 3")
    lines = [shape for shape in found if shape.tag == "line"]
    assert len(lines) == 2 + 2 * 3
    assert re.findall(r"\d+", found.get("aria-label")) == ["1", "4", "8", "6"]


def test_lines_end_in_dots_of_cells_that_are_read():
    """Also above strides, where the cells of a layer are further apart than the dots below."""
    found = picture("3, stride 2\n2, dilation 2, stride 3\n2")
    dots = {(s.get("cx"), s.get("cy")) for s in found if s.get("r") == "5"}
    ends = {(s.get(f"x{i}"), s.get(f"y{i}")) for s in found if s.tag == "line" for i in (1, 2)}
    assert ends == dots


def test_all_shapes_stand_within_the_picture():
    found = picture("4, stride 3\n3, dilation 2")
    width, height = float(found.get("width")), float(found.get("height"))
    for dot in found.iter("circle"):
        assert 0 < float(dot.get("cx")) < width
        assert 0 < float(dot.get("cy")) < height


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found 0 layers; wanted 1 to 6"),
        ("3\n" * 7, "found 7 layers; wanted 1 to 6"),
        ("3x3\n3", "found layers of one axis beside layers of two; wanted all of one kind"),
        ("<b>", "found '<b>'; wanted such as  3x3, dilation 2, stride 1"),
        ("0", "found '0'; wanted numbers from 1 to 64"),
        ("3, stride 99", "found '3, stride 99'; wanted numbers from 1 to 64"),
        ("9, dilation 9", "found a field of 73 cells; wanted at most 64"),
    ],
)
def test_what_can_not_be_drawn_is_told(text, message):
    with pytest.raises(TapsError) as caught:
        draw(text)
    assert str(caught.value) == message


def test_a_fence_of_taps_in_a_statement_is_drawn():
    assert "<svg" in rendered("```taps\n3, dilation 2\n```\n")
    assert rendered("```taps\nthree\n```\n").startswith("<pre>three")
    assert "<svg" not in rendered("```python\n3\n```\n")
