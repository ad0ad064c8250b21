"""Copying a submission: regular files only, no links followed, bounded, nothing lost in silence."""

import os

import pytest

from grader.errors import SubmissionError
from grader.submission import copying, student_name, take, take_submission
from tests.nests import nested


def test_files_are_copied_with_their_paths_inside(tmp_path):
    (tmp_path / "pkg").mkdir()
    (tmp_path / "a.py").write_bytes(b"x = 1\n")
    (tmp_path / "pkg" / "b.py").write_bytes(b"y = 2\n")
    taken = take_submission(tmp_path)
    assert [(s.path, s.data) for s in taken.sources] == [
        ("a.py", b"x = 1\n"),
        ("pkg/b.py", b"y = 2\n"),
    ]
    assert taken.student == tmp_path.name
    assert taken.notes == ()


def test_a_link_is_named_and_not_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("key")
    folder = tmp_path / "alice"
    folder.mkdir()
    (folder / "notes.txt").symlink_to(secret)
    (folder / "all").symlink_to(tmp_path)
    taken = take_submission(folder)
    assert taken.sources == ()
    assert taken.notes == (
        "all is a link and was not followed",
        "notes.txt is a link and was not followed",
    )


def test_a_submission_that_is_itself_a_link_is_refused(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "alice").symlink_to(tmp_path / "real")
    with pytest.raises(SubmissionError, match="found a link; wanted a folder or a file handed in"):
        take_submission(tmp_path / "alice")


def test_a_pipe_does_not_hang_the_copy(tmp_path):
    os.mkfifo(tmp_path / "answers.yaml")
    taken = take_submission(tmp_path)
    assert taken.notes == ("answers.yaml was left out: it is not a regular file",)


def test_a_folder_where_a_file_should_be_is_named(tmp_path):
    (tmp_path / "answers.yaml").mkdir()
    assert take_submission(tmp_path).notes == ("answers.yaml is a folder; a file was expected",)


def test_what_tools_leave_behind_is_skipped(tmp_path):
    for name in (".git", "__pycache__", "__MACOSX"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.py").write_text("")
    assert take_submission(tmp_path).sources == ()


def test_large_and_many_files_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(take, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(copying, "MAX_FILES", 2)
    for name in "abcd":
        (tmp_path / name).write_bytes(b"1")
    (tmp_path / "aa").write_bytes(b"1" * 11)
    taken = take_submission(tmp_path)
    assert [s.path for s in taken.sources] == ["a", "b"]
    assert taken.notes == (
        "aa was left out: 0 MiB is too large",
        "c and all behind it were left out: more than 2 files",
    )
    assert [one.place.file for one in taken.left_out] == ["aa", "c"]


def test_a_name_that_is_not_utf8_is_kept_readable(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.py")).touch()
    assert [s.path for s in take_submission(tmp_path).sources] == ["caf\\xe9.py"]


def test_equal_submissions_have_equal_digests(tmp_path):
    for name, text in (("a", "1"), ("b", "1"), ("c", "2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.py").write_text(text)
    digests = [take_submission(tmp_path / name).digest for name in "abc"]
    assert digests[0] == digests[1] != digests[2]


def test_nothing_at_the_path_is_an_error(tmp_path):
    with pytest.raises(SubmissionError, match="found nothing"):
        take_submission(tmp_path / "zoe")


def test_folders_nested_without_an_end_are_left_out(tmp_path):
    (tmp_path / "a.py").write_text("x = 1")
    with nested(tmp_path):
        taken = take_submission(tmp_path)
    assert [source.path for source in taken.sources] == ["a.py"]
    assert taken.notes == ("d was left out: folders are nested deeper than 20",)


def test_files_that_can_not_stand_in_one_folder_are_left_out():
    paths = ("a", "a/b.py", "c/d.py", "c", "e.py", "./e.py", f"{'é' * 200}.py", "f//g.py", "f/g.py")
    under_way = copying.Copying()
    for path in paths:
        under_way.add(path, b"")
    taken = under_way.finished("x")
    assert [source.path for source in taken.sources] == ["a", "c/d.py", "e.py", "f//g.py"]
    assert [note.rpartition(": ")[2] for note in taken.notes] == [
        "another file or folder has its name",
        "another file or folder has its name",
        "another file or folder has its name",
        "its name is too long",
        "another file or folder has its name",
    ]


def test_names_that_are_the_same_as_text_cost_one_file(tmp_path):
    for name in (b"\xff.py", rb"\xff.py"):
        (tmp_path / os.fsdecode(name)).write_text("x = 1")
    taken = take_submission(tmp_path)
    assert [source.path for source in taken.sources] == [r"\xff.py"]
    assert len(taken.notes) == 1


def test_no_more_notes_than_somebody_reads(tmp_path):
    for number in range(200):
        (tmp_path / f"{number}").symlink_to("/etc/passwd")
    notes = take_submission(tmp_path).notes
    assert len(notes) == 51
    assert notes[-1] == "150 more files were left out"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("marks.csv", "marks.csv-"),
        ("Class.html", "Class.html-"),
        ("\x1b[2Jx", "-[2Jx"),
        ("..", "unnamed"),
        ("a/../b", "a-..-b"),
    ],
)
def test_a_students_name_is_fit_for_a_folder_beside_the_class_report(name, kept):
    assert student_name(name) == kept


def test_long_names_stay_apart_and_fit_a_folder():
    one, other = student_name("é" * 300), student_name("é" * 301)
    assert one != other
    assert max(len(one.encode()), len(other.encode())) <= 200
