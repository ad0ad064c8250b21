"""Error maps say in words and show in squares which elements are wrong."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.model import ErrorMap
from grader.report.maps import PLANES, SIDE, picture
from grader.report.words import Words

WORDS = Words()


def drawn(classes):
    array = np.asarray(classes, np.uint8)
    return picture(ErrorMap(shape=array.shape, classes=array.tobytes()), WORDS, name="dx")


def border(*shape):
    found = np.zeros(shape, np.uint8)
    found[..., 0, :] = found[..., -1, :] = 1
    found[..., 0] = found[..., -1] = 1
    return found


def squares(plane):
    """The classes back from the paths of a plane."""
    found = np.full((plane.rows, plane.columns), -1)
    for kind, path in enumerate(plane.paths):
        for column, row, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", path):
            found[int(row), int(column) : int(column) + int(width)] = kind
    return found


@pytest.mark.parametrize(
    ("classes", "sentence"),
    [
        ([[1, 1], [2, 3]], "Every element differs."),
        (
            [[0, 0, 0], [2, 2, 2]],
            "Only row 1 differs; everything else agrees. 3 of 6 elements differ.",
        ),
        (
            [[0, 0, 2], [0, 0, 2]],
            "Only column 2 differs; everything else agrees. 2 of 6 elements differ.",
        ),
        ([[0, 0, 2], [0, 0, 0]], "1 of 6 elements differs."),
        ([0, 0, 2, 0], "1 of 4 elements differs."),
        (
            border(4, 5),
            "Only elements of the border differ; everything inside agrees. 14 of 20 elements differ.",
        ),
        (
            border(2, 3, 5, 5),
            "Only elements of the border differ; everything inside agrees. 96 of 150 elements differ.",
        ),
        (
            [[2, 0, 0, 2], [0, 0, 0, 0], [0, 0, 0, 0], [2, 0, 0, 2]],
            "One element differs in each 2 × 2 window. 4 of 16 elements differ.",
        ),
        (
            [[[0, 0]], [[1, 1]], [[0, 0]]],
            "Only slice 1 of axis 0 differs; everything else agrees. 2 of 6 elements differ.",
        ),
        (
            border(3, 3),
            "Only elements of the border differ; everything inside agrees. 8 of 9 elements differ.",
        ),
        ([[0, 2, 0], [2, 2, 0], [0, 0, 2], [2, 0, 0]], "5 of 12 elements differ."),
        ([[0, 2, 2, 0]], "2 of 4 elements differ."),
        ([[2, 0, 0, 2], [0, 2, 0, 2]], "4 of 8 elements differ."),
        ([[2, 0, 0], [0, 2, 0], [0, 0, 0]], "2 of 9 elements differ."),
    ],
)
def test_the_words_name_the_simplest_pattern(classes, sentence):
    assert drawn(classes).sentence == sentence


@given(hnp.arrays(np.uint8, hnp.array_shapes(max_dims=2, max_side=9), elements=st.integers(0, 3)))
def test_the_squares_are_the_classes(classes):
    plane = drawn(classes).planes[0]
    assert np.array_equal(squares(plane), np.atleast_2d(classes))


def test_a_vector_is_one_row_of_squares():
    plane = drawn([0, 1, 2]).planes[0]
    assert (plane.rows, plane.columns) == (1, 3)


def test_many_slices_are_bounded_and_those_with_most_errors_are_shown():
    classes = np.zeros((40, 4, 4), np.uint8)
    classes[37, 1:3, 1:3] = 2
    found = drawn(classes)
    assert len(found.planes) == PLANES
    assert "[37, :, :]" in [plane.caption for plane in found.planes]
    assert found.notes == ("9 of 40 slices are shown, the ones with most errors first.",)


def test_a_large_plane_is_pooled_so_that_no_error_is_lost():
    classes = np.zeros((300, 301), np.uint8)
    classes[299, 300] = 3
    found = drawn(classes)
    plane = found.planes[0]
    assert max(plane.rows, plane.columns) <= SIDE
    assert squares(plane)[-1, -1] == 3
    assert found.notes == ("Each square stands for 8 × 8 elements and shows the worst of them.",)


def test_the_legend_counts_the_classes_that_occur():
    legend = drawn([[0, 0], [2, 3]]).legend
    assert [(one.kind, one.count) for one in legend] == [("agrees", 2), ("far", 1), ("broken", 1)]


def test_scalars_empty_arrays_and_maps_that_do_not_fit_have_no_picture():
    for shape, classes in (((), b"\2"), ((0, 3), b""), ((2, 2), b"\0")):
        assert picture(ErrorMap(shape=shape, classes=classes), WORDS, name="x") is None
