"""The gradebook keeps every attempt, says what counts now, and never loses a person's override."""

import os
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from msgspec.structs import replace

from grader import gradebook
from grader.errors import GradebookError, UsageError
from grader.gradebook import Counting, Gradebook, Override, rows
from grader.gradebook.migrations import STEPS
from grader.gradebook.opening import speaking
from grader.model import Verdict
from tests.gradebook.attempts import ASSIGNMENT, attempt, failed, report


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".grade" / "gradebook.sqlite"


@pytest.fixture
def book(path):
    with Gradebook(path, is_writer=True) as book:
        yield book


def standing(book, counting=Counting.LATEST):
    (only,) = book.standings(ASSIGNMENT, counting)
    return only


def override(marks="1", part="affine/b", **changes):
    fields = {
        "student": "alice",
        "assignment": ASSIGNMENT,
        "part": part,
        "marks": Fraction(marks),
        "by": "Dr Ng",
        "reason": "the idea is right",
        "at": "2026-11-24T11:00:00+00:00",
    }
    return Override(**(fields | changes))


def test_marks_come_back_exactly(book):
    book.store(attempt(marks={"a": 2, "b": "1/3"}))
    assert standing(book).marks == Fraction(7, 3)
    assert standing(book).out_of == 4


def test_the_full_record_comes_back(book):
    given = attempt()
    assert book.report(book.store(given)) == given.report


def test_the_latest_attempt_counts_or_the_best_if_asked(book):
    book.store(attempt(marks={"a": 2, "b": 2}))
    book.store(attempt(marks={"a": 1, "b": 1}))
    assert standing(book).marks == 2
    assert standing(book, Counting.BEST).marks == 4
    assert standing(book).attempts == 2


def test_whom_the_grader_failed_has_no_marks_and_no_zero(book):
    book.store(failed())
    assert not standing(book).is_graded
    assert standing(book).trouble == "the machinery failed"


def test_a_failure_of_ours_leaves_the_earlier_marks(book):
    """A run that breaks must not overwrite good marks."""
    book.store(attempt(marks={"a": 2, "b": 2}))
    book.store(failed())
    assert standing(book).marks == 4
    assert standing(book).trouble == "the machinery failed"


def test_an_attempt_set_aside_does_not_count(book):
    book.store(attempt(marks={"a": 2, "b": 2}))
    book.store(attempt(marks={"a": 0, "b": 0}, set_aside="never lower"))
    assert standing(book).marks == 4
    assert [past.set_aside for past in book.history("alice", ASSIGNMENT)] == ["", "never lower"]


def test_an_override_survives_regrading(book):
    book.store(attempt(marks={"a": 2, "b": 0}))
    book.override(override("3/2"))
    book.store(attempt(marks={"a": 2, "b": "1/3"}))
    now = standing(book)
    assert now.marks == Fraction(7, 2)
    assert [part.override and part.override.by for part in now.parts] == [None, "Dr Ng"]


def test_an_override_decides_what_was_open(book):
    book.store(attempt(report=report("alice", {"a": 2, "b": 0}, verdict=None), submission="s2"))
    from grader.model import Verdict

    book.store(attempt(report=report("alice", {"b": 0}, verdict=Verdict.NEEDS_MARKING)))
    assert standing(book).pending == 2
    book.override(override("2"))
    assert (standing(book).pending, standing(book).marks) == (0, 2)


def test_a_withdrawn_override_gives_the_computed_marks_back(book):
    book.store(attempt(marks={"a": 2, "b": 0}))
    book.override(override("2"))
    book.withdraw(override("0", reason="wrong student"))
    assert standing(book).marks == 2
    assert book.overrides("alice", ASSIGNMENT) == ()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (override(part="affine/z"), "there is no part 'affine/z'; wanted one of affine/a"),
        (override("5"), "found 5 marks; wanted 0 to 2"),
        (override(student="zoe"), "'zoe' has no graded attempt"),
    ],
)
def test_an_override_of_what_is_not_there_is_refused(book, given, said):
    book.store(attempt())
    with pytest.raises(UsageError, match=said):
        book.override(given)


def test_counts_are_over_the_attempts_that_count(book):
    book.store(attempt("alice", {"a": 0}))
    book.store(attempt("alice", {"a": 2}))
    book.store(attempt("bob", report=report("bob", {"a": 1}, misconception="mean")))
    (count,) = gradebook.count_tests(book, ASSIGNMENT)
    assert (count.taken, count.passed, count.share) == (2, 1, 0.75)
    (shown,) = gradebook.count_misconceptions(book, ASSIGNMENT)
    assert (shown.name, shown.students) == ("mean", ("bob",))


def test_where_there_are_no_marks_who_passed_is_counted(book):
    for name, verdict in (("alice", Verdict.PASSED), ("bob", Verdict.WRONG)):
        whole = report(name, {"a": 0}, verdict=verdict)
        (part,) = whole.parts
        tests = tuple(replace(test, out_of=Fraction(0)) for test in part.tests)
        problem = replace(
            whole.problems[0], parts=(replace(part, out_of=Fraction(0), tests=tests),)
        )
        book.store(attempt(name, report=replace(whole, problems=(problem,))))
    (part,) = gradebook.count_parts(book, ASSIGNMENT)
    (test,) = gradebook.count_tests(book, ASSIGNMENT)
    assert (part.taken, part.full, part.nothing, part.open, part.share) == (2, 1, 1, 0, 0.5)
    assert (test.taken, test.passed, test.share) == (2, 1, 0.5)


def test_misconceptions_stand_by_number_of_students_and_then_as_on_the_sheet(book):
    for name, marks in (("alice", {"z": 1, "a": 1, "c": 1}), ("bob", {"c": 1})):
        book.store(attempt(name, report=report(name, marks, misconception="mean")))
    counts = gradebook.count_misconceptions(book, ASSIGNMENT)
    assert [count.part for count in counts] == ["affine/c", "affine/z", "affine/a"]


def test_discrimination_is_the_correlation_with_everything_else(book):
    """Who earns more elsewhere earns more on `a`, and less on `c`; on `b` all are equal."""
    for number, (a, b, c) in enumerate([(0, 1, 2), (1, 1, 1), (2, 1, 0), (2, 1, 0)]):
        name = f"student {number}"
        book.store(attempt(name, report=report(name, {"a": a, "b": b, "c": c, "d": a, "e": a})))
    counts = {count.number: count for count in gradebook.count_parts(book, ASSIGNMENT)}
    assert counts["a"].discrimination == pytest.approx(1)
    assert counts["b"].discrimination is None
    assert counts["c"].discrimination == pytest.approx(-1)
    assert (counts["a"].full, counts["a"].nothing, counts["a"].share) == (2, 1, 0.625)


def test_an_attempt_is_stored_whole_or_not_at_all(book, path):
    """The disk fills while an attempt is written: what was there stays, nothing is half there."""
    book.store(attempt())
    book._connection.execute("PRAGMA max_page_count = 1")
    large = report("bob", {f"p{n}": 0 for n in range(3000)}, sentence=os.urandom(40).hex())
    with pytest.raises(GradebookError, match="the disk is full; what was stored before is kept"):
        book.store(attempt("bob", report=large))
    assert [s.student for s in book.standings(ASSIGNMENT)] == ["alice"]
    book._connection.execute("PRAGMA max_page_count = 100000000")
    book.store(attempt("bob"))
    assert len(list(book.standings(ASSIGNMENT))) == 2


def test_the_file_is_readable_by_its_owner_alone(book, path):
    book.store(attempt())
    made = [path.parent, *path.parent.iterdir()]
    assert {stat.S_IMODE(p.stat().st_mode) & 0o077 for p in made} == {0}
    assert path.with_name(f"{path.name}-wal") in made


def test_a_second_writer_is_refused_and_told_who_writes(book, path):
    with pytest.raises(
        GradebookError, match=f"another run is writing to it .process {os.getpid()}"
    ):
        Gradebook(path, is_writer=True)


def test_a_reader_reads_while_a_run_writes(book, path):
    book.store(attempt())
    with Gradebook(path) as reader:
        assert len(list(reader.standings(ASSIGNMENT))) == 1


def test_the_writers_place_is_free_again_after_a_kill(path):
    code = (
        "import os, sys; from pathlib import Path; from grader.gradebook import Gradebook;"
        "Gradebook(Path(sys.argv[1]), is_writer=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code, path], check=False)
    assert done.returncode == -9
    Gradebook(path, is_writer=True).close()


def test_a_damaged_file_is_told_with_the_next_step(path):
    path.parent.mkdir()
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(GradebookError, match="damaged or is no gradebook; move it away"):
        Gradebook(path, is_writer=True)
    Gradebook(path.with_name("other"), is_writer=True).close()


def test_a_damaged_page_is_told_with_the_next_step(path):
    with Gradebook(path, is_writer=True) as book:
        for number in range(50):
            book.store(attempt(f"student {number}"))
    content = bytearray(path.read_bytes())
    content[4096:-4096] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(GradebookError, match="damaged"), Gradebook(path) as book:
        list(book.standings(ASSIGNMENT))


def test_another_programs_file_is_left_alone(path):
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE photo (id)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(GradebookError, match="an SQLite file of something else"):
        Gradebook(path, is_writer=True)
    assert path.read_bytes()[100:] == before[100:]


def test_a_newer_graders_file_is_refused(path):
    Gradebook(path, is_writer=True).close()
    with sqlite3.connect(path) as other:
        other.execute("INSERT INTO migration VALUES ('from the future', '')")
    other.close()
    with pytest.raises(GradebookError, match="upgrade the grader"):
        Gradebook(path, is_writer=True)


@pytest.mark.parametrize("is_writer", [False, True])
def test_a_file_of_another_schema_is_not_read_either(path, is_writer):
    path.parent.mkdir()
    path.touch()
    with pytest.raises(GradebookError, match="grade the class once more"):
        Gradebook(path)
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (name)")
    other.close()
    with pytest.raises(GradebookError, match="an SQLite file of something else"):
        Gradebook(path, is_writer=is_writer)


def test_lateness_follows_the_due_time_of_now(book):
    """Whatever was due when it was graded; what a platform calls late stays late."""
    at = "2026-11-20T10:00:00+00:00"
    book.store(attempt("alice", submitted_at=at, late_s=0))
    book.store(attempt("bob", is_late=True, late_s=1))
    book.store(attempt("carol"))
    due, said = datetime(2026, 11, 20, 9, tzinfo=UTC), dict.fromkeys(("alice", "bob", "carol"))
    assert book.follow_due(ASSIGNMENT, due, said) == ("alice",)
    assert [s.late_s for s in book.standings(ASSIGNMENT)] == [3600, 1, None]
    assert book.follow_due(ASSIGNMENT, due, said) == ()
    assert book.follow_due(ASSIGNMENT, None, {"bob": None}) == ()
    assert book.follow_due(ASSIGNMENT, None, said) == ("alice",)
    assert [s.late_s for s in book.standings(ASSIGNMENT)] == [None, 1, None]


def test_what_the_platform_says_now_is_of_the_newest_attempt(book):
    book.store(attempt("bob", is_late=True, late_s=1))
    book.store(attempt("bob", is_late=True, late_s=1, set_aside="lower"))
    assert book.follow_due(ASSIGNMENT, None, {"bob": False}) == ("bob",)
    assert [past.late_s for past in book.history("bob", ASSIGNMENT)] == [1, None]


def test_an_older_gradebook_keeps_what_a_platform_called_late(path):
    from grader.gradebook import migrations

    path.parent.mkdir()
    connection = sqlite3.connect(path, isolation_level=None)
    for name, statements in STEPS[:-1]:
        migrations._apply(connection, name, statements)
    row = {**rows.attempt_row(attempt("bob", late_s=1)), "id": 1}
    del row["is_late"]
    marks = ", ".join("?" * len(row))
    insert = f"INSERT INTO attempt ({', '.join(row)}) VALUES ({marks})"
    connection.execute(insert, tuple(row.values()))
    connection.close()
    with Gradebook(path, is_writer=True) as book:
        assert book.follow_due(ASSIGNMENT, None, {"bob": None}) == ()


def test_a_missing_gradebook_is_told_with_the_next_step(path):
    with pytest.raises(GradebookError, match="there is no gradebook yet; grade a class first"):
        Gradebook(path)


@pytest.mark.parametrize("done", range(len(STEPS)))
def test_a_schema_that_was_cut_short_is_finished(path, done):
    """A kill between two steps leaves the first ones; the next run applies the rest."""
    from grader.gradebook import migrations

    path.parent.mkdir()
    connection = sqlite3.connect(path, isolation_level=None)
    for name, statements in STEPS[:done]:
        migrations._apply(connection, name, statements)
    connection.close()
    with Gradebook(path, is_writer=True) as book:
        book.store(attempt())
        names = book.rows("SELECT name FROM migration ORDER BY rowid")
    assert [row["name"] for row in names] == [name for name, _ in STEPS]


def test_a_step_that_fails_leaves_neither_tables_nor_record(path):
    from grader.gradebook import migrations

    path.parent.mkdir()
    connection = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(GradebookError), speaking(path):
        migrations._apply(connection, "broken", ("CREATE TABLE one (id)", "CREATE TABEL two"))
    assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
    connection.close()


def test_times_are_stored_apart_and_averaged_over_who_has_one(book):
    book.store(attempt("alice", cpu_s={"affine/a": (0.25,)}))
    book.store(attempt("bob", cpu_s={"affine/a": (0.75,), "affine/b": (0.0,)}))
    book.store(attempt("carol"))
    parts = {count.number: count.cpu_s for count in gradebook.count_parts(book, ASSIGNMENT)}
    tests = {count.number: count.cpu_s for count in gradebook.count_tests(book, ASSIGNMENT)}
    assert parts == tests == {"a": 0.5, "b": 0.0}
    assert book.report(1) == attempt("alice").report


def test_standings_in_short_keep_the_sums_and_what_needs_a_look(book):
    book.store(attempt("alice", {"a": 2, "b": "19/10", "c": 1}))
    (whole,) = book.standings(ASSIGNMENT)
    short = whole.in_short()
    assert [part.number for part in short.parts] == ["b"]
    assert (short.marks, short.out_of) == (whole.marks, whole.out_of) == (Fraction("4.9"), 6)


def test_equal_digests_are_kept_once_for_a_whole_class(book):
    for student in ("alice", "bob"):
        book.store(attempt(student))
    alice, bob = (past.fingerprint for past in book.newest(ASSIGNMENT).values())
    assert alice == attempt().fingerprint
    assert alice.solutions is bob.solutions
