"""The archives of course platforms, as they are downloaded, give one submission per student."""

import io
import zipfile
from unicodedata import normalize

import pytest

from grader.batch import archives
from grader.batch.gather import gather
from grader.cli.paths import is_class
from grader.errors import SubmissionError, UsageError
from grader.submission import copying, take, take_submission
from grader.submission.archive import MAX_MEMBER_BYTES
from tests import tiny
from tests.batch.classes import run, table
from tests.tiny import write_files

METADATA = """\
---
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: ada1
    :email: ada@uni.example
  - :name: Bob
    :email: bob@uni.example
  :created_at: 2026-11-20 10:00:00.000000000 Z
submission_12:
  :submitters:
  - :name: Carol
    :sid: carol7
  :created_at: 2026-11-21 10:00:00.000000000 Z
"""
LAYOUTS = {
    "gradescope": (
        {
            "assignment_1_export/submission_metadata.yml": METADATA,
            "assignment_1_export/submission_11/a.py": "11",
            "assignment_1_export/submission_12/deep/a.py": "12",
        },
        {"ada1": {"a.py"}, "bob@uni.example": {"a.py"}, "carol7": {"deep/a.py"}},
    ),
    "canvas": (
        {
            "adalovelace_101_5001_a.py": "1",
            "adalovelace_101_5002_answers-2.yaml": "2",
            "bobby_LATE_102_5003_a-1.py": "3",
            "zoë_late_103_text.html": "t",
            "eve_104_link.html": "t",
            "anon_aB3xY_5004_a.py": "4",
        },
        {
            "adalovelace_101": {"a.py", "answers.yaml"},
            "bobby_102": {"a.py"},
            "zoë_103": {"text.md"},
            "eve_104": {"link.html"},
            "anon_aB3xY": {"a.py"},
        },
    ),
    "moodle": (
        {
            "Ada Lovelace_201_assignsubmission_file/a.py": "1",
            "Ada Lovelace_201_assignsubmission_onlinetext/onlinetext.html": "t",
            "Zoë_202_assignsubmission_file_/answers.yaml": "2",
            "Bob_203_assignsubmission_file_a.py": "3",
            "s7 Eve_assignsubmission_file/a.py": "4",
        },
        {
            "Ada Lovelace_201": {"a.py", "onlinetext.md"},
            "Zoë_202": {"answers.yaml"},
            "Bob_203": {"a.py"},
            "s7 Eve": {"a.py"},
        },
    ),
    "folders": (
        {"class/ada/a.py": "1", "class/ada/b/c.py": "1", "class/bob/a.py": "2"},
        {"ada": {"a.py", "b/c.py"}, "bob": {"a.py"}},
    ),
    "one folder and a file": (
        {"ada/a.py": "1", "bob.py": "2"},
        {"ada": {"a.py"}, "bob": {"bob.py"}},
    ),
}


def packed(path, files):
    path.write_bytes(zipped(files))
    return path


def zipped(files):
    """An archive as bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return made.getvalue()


def entries(path):
    return {entry.student: entry for entry in gather([path], is_class=lambda _: True)}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_gives_one_submission_per_student(tmp_path, layout):
    files, wanted = LAYOUTS[layout]
    found = entries(packed(tmp_path / "class.zip", files))
    assert {s: {source.path for source in e.take().sources} for s, e in found.items()} == wanted


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_folder_unpacked_from_it_gives_the_same(tmp_path, layout, form):
    """Unpacking decides on the normal form of names: macOS takes them apart."""
    files, wanted = LAYOUTS[layout]
    folder = tmp_path / "class"
    write_files(folder, {normalize(form, name): text for name, text in files.items()})
    if layout == "folders":
        folder /= "class"  # whether a folder is one student or all, it does not say itself
    found = entries(folder)
    assert {s: {source.path for source in e.take().sources} for s, e in found.items()} == wanted


@pytest.mark.parametrize("layout", ["canvas", "moodle", "gradescope"])
def test_an_unpacked_download_is_a_class_wherever_it_lies(tmp_path, layout):
    folder = tmp_path / "download"
    write_files(folder, LAYOUTS[layout][0])
    assert is_class(folder, None)


def test_a_submission_is_no_class(tmp_path):
    write_files(tmp_path, {"one_101_a.py": "", "two_102_5001_b.py": "", "answers.yaml": ""})
    assert not is_class(tmp_path, None)


def test_links_in_an_unpacked_folder_are_left_out_and_told(tmp_path):
    secret = tmp_path / "secret.py"
    secret.write_text("secret")
    folder = tmp_path / "class"
    write_files(folder, {"ada_101_5001_a.py": "1"})
    (folder / "ada_101_5002_b.py").symlink_to(secret)
    taken = entries(folder)["ada_101"].take()
    assert {source.path for source in taken.sources} == {"a.py"}
    assert taken.notes == ("ada_101_5002_b.py is a link or no regular file and was left out",)


def test_of_a_file_handed_in_twice_the_later_one_counts(tmp_path):
    """Canvas numbers files in the order in which they came, and the number grows a digit."""
    files = {"ada_101_999_a.py": "old", "ada_101_1000_a-1.py": "new"}
    write_files(tmp_path / "class", files)
    for path in (tmp_path / "class", packed(tmp_path / "class.zip", files)):
        (source,) = (taken := entries(path)["ada_101"].take()).sources
        assert source.data == b"new"
        assert "a.py was handed in more than once; the last one counts" in taken.notes


def test_a_single_export_keeps_the_folders_of_its_student(tmp_path):
    files = {
        name: text for name, text in LAYOUTS["gradescope"][0].items() if "submission_11" not in name
    }
    found = entries(packed(tmp_path / "class.zip", files))
    assert {source.path for source in found["carol7"].take().sources} == {"deep/a.py"}


def test_numbers_of_a_students_own_are_kept(tmp_path):
    """What Canvas numbers is one file twice; what a student numbers is not."""
    names = ("ada_101_5001_part-1.py", "ada_101_5002_part-2.py", "ada_101_5003_answers-1.yaml")
    taken = entries(packed(tmp_path / "class.zip", dict.fromkeys(names, "1")))["ada_101"].take()
    assert {source.path for source in taken.sources} == {"part-1.py", "part-2.py", "answers.yaml"}


@pytest.mark.parametrize("layout", ["canvas", "moodle", "folders"])
def test_what_somebody_puts_beside_the_submissions_changes_nothing(tmp_path, layout):
    """A list or a README is nobody's; another file is a submission for itself, and the rest stays."""
    files, wanted = LAYOUTS[layout]
    top = "class/" if layout == "folders" else ""
    beside = {f"{top}marks.csv": "x", f"{top}README.txt": "x"}
    stray = {} if top else {"a note.txt": "x"}
    found = entries(packed(tmp_path / "class.zip", files | beside | stray))
    assert set(found) == {*wanted, *(name.removesuffix(".txt") for name in stray)}
    if not top:
        write_files(tmp_path / "folder", files | beside | stray)
        assert set(entries(tmp_path / "folder")) == set(found)
        assert is_class(tmp_path / "folder", None)


def test_an_archive_of_one_students_files_is_one_submission(tmp_path):
    files = {"answers.yaml": "1", "affine.py": "2", "src/b.py": "3"}
    (only,) = entries(packed(tmp_path / "zoe.zip", files)).values()
    assert only.student == "zoe"
    assert {source.path for source in only.take().sources} == set(files)


def test_a_shells_glob_finds_what_the_folder_holds(tmp_path):
    files = {"ada/a.py": "1", "bob/a.py": "2", "marks.csv": "x", "README.md": "x", "__MACOSX/a": ""}
    write_files(tmp_path, files)
    found = gather(sorted(tmp_path.iterdir()), is_class=lambda _: False)
    assert [entry.student for entry in found] == ["ada", "bob"]
    with pytest.raises(UsageError, match=r"README.md: found no submission among them"):
        gather([tmp_path / "marks.csv", tmp_path / "README.md"], is_class=lambda _: False)


def test_a_folder_of_archives_is_no_student(tmp_path):
    files = {f"class/{name}.zip": zipped({"hw/a.py": name}) for name in ("ada", "bob")}
    found = entries(packed(tmp_path / "class.zip", files))
    assert {s: {source.path for source in e.take().sources} for s, e in found.items()} == {
        "ada": {"a.py"},
        "bob": {"a.py"},
    }
    assert set(entries(packed(tmp_path / "one.zip", {"ada/hw.zip": zipped({})}))) == {"ada"}


def test_who_handed_in_an_empty_folder_stays_in_the_class(tmp_path):
    files = LAYOUTS["gradescope"][0]
    missing = {name: text for name, text in files.items() if "submission_12/" not in name}
    assert entries(packed(tmp_path / "export.zip", missing))["carol7"].take().sources == ()
    write_files(tmp_path / "export", missing)
    assert entries(tmp_path / "export")["carol7"].take().sources == ()
    folders = {"class/": "", "class/ada/": "", "class/bob/": "", "class/bob/a.py": "1"}
    found = entries(packed(tmp_path / "class.zip", folders))
    assert {s: len(e.take().sources) for s, e in found.items()} == {"ada": 0, "bob": 1}


@pytest.mark.parametrize("layout", ["canvas", "moodle"])
def test_the_time_of_a_download_is_not_when_it_was_handed_in(tmp_path, layout):
    """Canvas and Moodle date all files so; else everybody would be late."""
    found = entries(packed(tmp_path / "class.zip", LAYOUTS[layout][0]))
    assert {entry.submitted_at for entry in found.values()} == {""}


def test_the_platform_says_when_and_whether_late(tmp_path):
    found = entries(packed(tmp_path / "g.zip", LAYOUTS["gradescope"][0]))
    assert found["carol7"].submitted_at == "2026-11-21T10:00:00+00:00"
    found = entries(packed(tmp_path / "c.zip", LAYOUTS["canvas"][0]))
    assert (found["bobby_102"].is_late, found["adalovelace_101"].is_late) == (True, False)


def test_metadata_that_is_not_understood_leaves_the_folders_names(tmp_path):
    files = LAYOUTS["gradescope"][0] | {"assignment_1_export/submission_metadata.yml": "!!x [:"}
    found = entries(packed(tmp_path / "class.zip", files))
    assert set(found) == {"submission_11", "submission_12"}


def test_a_students_file_of_that_name_says_nothing_of_the_others(tmp_path):
    """Nobody can hand in what makes other students' files one's own, or makes them disappear."""
    own = "x:\n  :submitters:\n  - :sid: bob\n"
    files = {"class/ada/submission_metadata.yml": own, "class/ada/x/a.py": "1"}
    files |= {"class/bob/a.py": "2", "class/carol/a.py": "3"}
    write_files(tmp_path / "folder", files)
    for path in (tmp_path / "folder" / "class", packed(tmp_path / "class.zip", files)):
        found = {s: {source.path for source in e.take().sources} for s, e in entries(path).items()}
        assert found == {
            "ada": {"submission_metadata.yml", "x/a.py"},
            "bob": {"a.py"},
            "carol": {"a.py"},
        }
    export = {"export/submission_11/submission_metadata.yml": own, **LAYOUTS["gradescope"][0]}
    export = {name.replace("assignment_1_export", "export"): text for name, text in export.items()}
    assert set(entries(packed(tmp_path / "export.zip", export))) == {
        "ada1",
        "bob@uni.example",
        "carol7",
    }


def test_plain_folders_may_hold_any_number_of_files(tmp_path, monkeypatch):
    """What one student hands in beyond all bounds does not keep a class from being graded."""
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    write_files(tmp_path, {"ada/a.py": "1", "ada/b.py": "1", "bob/a.py": "2"})
    assert set(entries(tmp_path)) == {"ada", "bob"}


def test_an_archive_in_an_archive_is_opened_once(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("hw/a.py", "1")
        made.writestr("hw/more.zip", b"PK")
    found = entries(
        packed(tmp_path / "class.zip", {"ada/hw.zip": inner.getvalue(), "bob/a.py": ""})
    )
    assert {source.path for source in found["ada"].take().sources} == {"a.py", "more.zip"}


def test_a_folder_may_hold_an_archive_for_each_student(tmp_path):
    packed(tmp_path / "ada.zip", {"hw/a.py": "1", "hw/answers.yaml": "2"})
    (tmp_path / "bob.zip").write_bytes(b"not an archive")
    found = entries(tmp_path)
    assert {source.path for source in found["ada"].take().sources} == {"a.py", "answers.yaml"}
    (note,) = found["bob"].take().notes
    assert note.startswith("bob.zip was left out: can not be opened as a zip archive")


def test_a_student_whose_only_file_is_left_out_stays_in_the_class(tmp_path):
    """Nobody is lost from a class, packed or unpacked."""
    files = {
        "Ada_201_assignsubmission_file/a.py": "1",
        "Bob_203_assignsubmission_file/a.ipynb": bytes(MAX_MEMBER_BYTES + 1),
    }
    archive = packed(tmp_path / "class.zip", files)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "class")
    for path in (archive, tmp_path / "class"):
        submission = entries(path)["Bob_203"].take()
        assert submission.sources == ()
        assert "a.ipynb was left out: 16 MiB is too large" in submission.notes[0]


def test_names_with_digits_of_other_scripts_are_put_in_order(tmp_path):
    files = {
        f"Bob_203_assignsubmission_file/1{name}1.py": "1" for name in ("x", "\u0663", "\u00b2")
    }
    assert len(entries(packed(tmp_path / "class.zip", files))["Bob_203"].take().sources) == 3


def test_what_is_left_out_is_not_unpacked(tmp_path, monkeypatch):
    """A small archive can hold so much that unpacking it takes a day."""
    files = {f"bob/{n}.txt": bytes(400) for n in range(20)}
    monkeypatch.setattr(copying, "MAX_BYTES", 1000)
    read = []
    monkeypatch.setattr(archives.Archive, "read", lambda _, member: read.append(member) or b"")
    notes = entries(packed(tmp_path / "class.zip", {"ada/a.py": "1", **files}))["bob"].take().notes
    assert len(read) == 2
    assert len(notes) == 18


def test_an_archive_that_is_a_link_is_not_followed(tmp_path):
    packed(tmp_path / "ada.zip", {"a.py": "1"})
    (tmp_path / "bob.zip").symlink_to(tmp_path / "ada.zip")
    with pytest.raises(SubmissionError, match="found a link"):
        entries(tmp_path)["bob"].take()


def test_an_archive_of_a_student_is_opened_however_it_comes(tmp_path):
    """In the class's archive, in a folder of it, or as a submission by itself."""
    write_files(tmp_path, {"class/ada/affine.py": "beside", "class/bob/a.py": "1"})
    packed(tmp_path / "class/ada/hw.zip", {"hw/affine.py": "1", "hw/answers.yaml": "2"})
    taken = entries(tmp_path / "class")["ada"].take()
    assert {source.path: source.data for source in taken.sources} == {
        "affine.py": b"beside",
        "answers.yaml": b"2",
    }
    assert taken.notes == ("affine.py stands in an archive and beside it; that one counts",)
    one = take_submission(packed(tmp_path / "zoe.zip", {"hw/a.py": "1"}))
    assert (one.student, [source.path for source in one.sources]) == ("zoe", ["a.py"])


def test_an_archive_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(take, "MAX_BYTES", 10)
    packed(tmp_path / "ada.zip", {"a.py": "1"})
    taken = entries(tmp_path)["ada"].take()
    assert (taken.sources, taken.notes) == ((), ("ada.zip was left out: 0 MiB is too large",))


def test_an_archive_is_graded_as_a_class(template, tmp_path):
    path = packed(
        tmp_path / "submissions.zip",
        {
            "adal_101_5001_affine.py": tiny.RIGHT_FUNCTIONS,
            "adal_101_5002_answers.yaml": tiny.RIGHT_ANSWERS,
            "bobby_102_5003_affine.py": "",
        },
    )
    done = run(template, "--book", tmp_path / "book", "--reports", tmp_path / "r", path, check=0)
    assert table(done) == {"adal_101": ["11", "12", "1"], "bobby_102": ["0", "12"]}
