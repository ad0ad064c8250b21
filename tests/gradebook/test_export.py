"""Exports: no formula reaches a spreadsheet, nobody's missing mark becomes a zero."""

import csv
import io
import json

import pytest

from grader.gradebook import Gradebook, as_csv, as_json
from grader.gradebook.export import inert
from grader.model import Verdict
from tests.gradebook.attempts import ASSIGNMENT, attempt, failed, report


@pytest.fixture
def standings(tmp_path):
    with Gradebook(tmp_path / "book", is_writer=True) as book:
        book.store(attempt("alice", {"a": 2, "b": "1/3"}))
        book.store(attempt('=HYPERLINK("x")', {"a": 0, "b": 0}))
        book.store(failed("carol"))
        book.store(attempt("dave", report=report("dave", {"a": 0}, verdict=Verdict.UNREADABLE)))
        return list(book.standings(ASSIGNMENT))


def rows(standings):
    text = as_csv(standings, {"affine/a": "a", "affine/b": "b"})
    assert text.startswith("\ufeffstudent,")  # spreadsheets know UTF-8 by it
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text[1:]))}


def test_a_csv_has_one_line_per_student_and_one_column_per_part(standings):
    alice = rows(standings)["alice"]
    assert (alice["marks"], alice["out_of"], alice["a"], alice["b"]) == (
        "2.3333",
        "4",
        "2",
        "0.3333",
    )


def test_a_name_can_not_become_a_formula(standings):
    assert """'=HYPERLINK("x")""" in rows(standings)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM", "\t=1", "  =1", "＝1", "\n=1"])
def test_every_beginning_of_a_formula_is_made_inert(name):
    assert inert(name) == f"'{name}"


def test_who_was_not_graded_has_empty_cells(standings):
    carol = rows(standings)["carol"]
    assert (carol["status"], carol["marks"], carol["a"]) == ("not graded", "", "")


def test_what_is_not_decided_has_an_empty_cell(standings):
    dave = rows(standings)["dave"]
    assert (dave["status"], dave["a"], dave["pending"]) == ("open", "", "2")


def test_json_holds_exact_marks_and_no_zero_for_a_failure(standings):
    students = {s["student"]: s for s in json.loads("".join(as_json(standings)))["students"]}
    assert students["alice"]["marks"] == {"exact": "7/3", "decimal": 2.3333}
    assert students["carol"]["marks"] is None
    assert students["carol"]["trouble"] == "the machinery failed"
