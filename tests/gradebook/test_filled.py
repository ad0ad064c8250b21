"""A spreadsheet of marks comes back with what a person has filled in, and changes nothing else."""

import csv
import io
from fractions import Fraction

import pytest

from grader.errors import UsageError
from grader.gradebook import Gradebook, as_csv, read_filled
from grader.model import Verdict
from tests.gradebook.attempts import ASSIGNMENT, attempt, report

ODD = "=Müller, J"


@pytest.fixture
def book(tmp_path):
    with Gradebook(tmp_path / "book", is_writer=True) as book:
        book.store(attempt("alice", {"a": 2, "b": "1/3"}))
        for name in (ODD, "bob"):
            waits = report(name, {"a": 0}, verdict=Verdict.NEEDS_MARKING)
            book.store(attempt(name, report=waits))
        yield book


def filled(book, path, cells, *, separator=",", encoding="utf-8"):
    """What comes back of an export in which cells, by line and heading, say something else."""
    standings, columns = list(book.standings(ASSIGNMENT)), book.columns(ASSIGNMENT)
    rows = list(csv.DictReader(io.StringIO(as_csv(standings, columns).removeprefix("\ufeff"))))
    for (line, heading), text in cells.items():
        rows[line][heading] = text
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return read_filled(path, standings, columns)


def test_an_export_that_nobody_touched_says_nothing(book, tmp_path):
    assert filled(book, tmp_path / "marks.csv", {}).marks == ()


@pytest.mark.parametrize(
    ("separator", "encoding", "mark"),
    [(",", "utf-8-sig", "1.5"), (";", "cp1252", "1,5"), ("\t", "utf-16", "3/2")],
)
def test_open_cells_that_are_filled_in_are_marks(book, tmp_path, separator, encoding, mark):
    """Whatever the spreadsheet has made of the file, and of a name that could be a formula."""
    cells = {(0, "a"): mark, (2, "a"): "0", (1, "b"): "0.33330"}
    found = filled(book, tmp_path / "m.csv", cells, separator=separator, encoding=encoding)
    assert found.marks == ((ODD, "affine/a", Fraction(3, 2)), ("bob", "affine/a", Fraction(0)))


@pytest.mark.parametrize(
    ("cell", "text", "said"),
    [
        ((1, "a"), "1", "row 3, alice: a: found 1, where 2 is decided; `grade book override`"),
        ((2, "a"), "3", "row 4, bob: a: found '3'; wanted 0 to 2"),
        ((2, "a"), "good", "row 4, bob: a: found 'good'; wanted 0 to 2"),
        ((2, "student"), "zoe", "row 4: found 'zoe', who has no attempt"),
    ],
)
def test_a_cell_that_can_not_be_taken_is_told_with_its_place(book, tmp_path, cell, text, said):
    with pytest.raises(UsageError) as error:
        filled(book, tmp_path / "m.csv", {(0, "a"): "1", cell: text})
    assert f"m.csv: nothing was set:\n  {said}" in str(error.value)


def test_columns_of_ones_own_are_named(book, tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("student,a,remark\nbob,1,fine\n")
    found = read_filled(path, book.standings(ASSIGNMENT), book.columns(ASSIGNMENT))
    assert (found.marks, found.passed_over) == ((("bob", "affine/a", 1),), ("remark",))


def test_a_heading_that_stands_twice_is_told(book, tmp_path):
    """A spreadsheet makes 1.1 of 1.10: whose marks are whose is not guessed then."""
    path = tmp_path / "m.csv"
    path.write_text("student,a,a\nbob,1,2\n")
    with pytest.raises(UsageError, match="the column 'a' stands twice"):
        read_filled(path, book.standings(ASSIGNMENT), book.columns(ASSIGNMENT))


@pytest.mark.parametrize("text", ["", "name,a\nbob,1\n"])
def test_a_file_of_another_kind_is_told(book, tmp_path, text):
    path = tmp_path / "m.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match="found no column 'student'"):
        read_filled(path, book.standings(ASSIGNMENT), book.columns(ASSIGNMENT))
