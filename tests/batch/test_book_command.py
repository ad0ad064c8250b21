"""`grade book` shows, exports and overrides; every slip is told with the next step."""

import csv
import json
import os
import shutil
import subprocess
from unicodedata import normalize

import pytest

from grader.gradebook import Gradebook
from tests import tiny
from tests.batch.classes import run
from tests.gradebook.attempts import attempt
from tests.sandbox.restricted import BUBBLEWRAP, GRADE


@pytest.fixture
def root(template, tmp_path):
    root = tmp_path / "course"
    shutil.copytree(template, root)
    return root


def test_it_lists_everybody(template):
    lines = run(template, "book", check=0).stdout.splitlines()
    assert lines[0].split() == ["student", "marks", "of", "open"]
    assert len(lines) == 9


def test_an_export_holds_everybody(root):
    run(root, "book", "export", "marks.csv", check=0)
    run(root, "book", "export", "marks.json", check=0)
    with (root / "marks.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    students = json.loads((root / "marks.json").read_text())["students"]
    assert [row["student"] for row in rows] == [student["student"] for student in students]
    assert (rows[1]["marks"], rows[1]["1.1"], rows[1]["1.4"]) == ("10", "3", "")


def test_a_spreadsheet_that_was_filled_in_sets_the_open_marks(root):
    run(root, "book", "export", "marks.csv", check=0)
    file = root / "marks.csv"
    with file.open(encoding="utf-8-sig") as opened:
        rows = list(csv.reader(opened))
    rows[1][-1] = "0.5"
    file.write_text("\n".join(map(";".join, rows)).replace("0.5", "0,5"))
    done = run(root, "book", "fill", "marks.csv", "--by", "Dr Ng", check=0)
    assert done.stdout == "set 1 mark of 1 student from marks.csv\n"
    assert "affine/why: 0.50 by Dr Ng" in run(root, "book", "show", "student000", check=0).stdout
    done = run(root, "book", "fill", "gone.csv", check=2)
    assert done.stderr == "error: gone.csv: can not be read: No such file or directory\n"


def test_who_has_no_name_on_this_machine_is_asked_for_one(root):
    """As in a container that is started with a bare user number."""
    nameless = ["--unshare-user", "--uid", "54321", "--gid", "54321", "--dev-bind", "/", "/"]
    override = ["book", "override", "student001", "1.1", "4", "--reason", "fine"]
    done = subprocess.run(
        [BUBBLEWRAP, *nameless, GRADE, *override],
        cwd=root,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == "error: this system has no name for you; say who decides with --by\n"
    assert done.returncode == 2


def test_an_override_can_be_withdrawn_and_both_stay_on_record(root):
    run(
        root,
        "book",
        "override",
        "student001",
        "1.1",
        "4",
        "--by",
        "Dr Ng",
        "--reason",
        "fine",
        check=0,
    )
    assert "affine/backward: 4 by Dr Ng" in run(root, "book", "show", "student001", check=0).stdout
    run(root, "book", "override", "student001", "1.1", "--withdraw", "--reason", "slip", check=0)
    assert "override" not in run(root, "book", "show", "student001", check=0).stdout


def test_all_that_was_not_read_is_settled_at_once(root):
    """Whoever hands in a PDF alone gains nothing by it, and costs a person one command."""
    folder = tiny.hand_in(root, "printed")
    (folder / "essay.pdf").write_bytes(b"")
    done = run(root, "submissions", check=0)
    look = "12 marks open at 1.1, 1.2, 1.3a, 1.3b, 1.4: essay.pdf: was not read: a PDF holds"
    assert f"printed: {look}" in done.stdout
    page = (root / "reports/week-1/class.html").read_text()
    assert "not read: 1.1, 1.2, 1.3a, 1.3b, 1.4: essay.pdf: was not read" in page
    settle = ("book", "override", "printed", "unread", "0", "--reason", "the PDF is empty")
    assert len(run(root, *settle, check=0).stdout.splitlines()) == 5
    assert "essay.pdf" not in run(root, "book", check=0).stdout
    assert "waits because nothing of it could be read" in run(root, *settle, check=2).stderr


def test_what_is_settled_at_once_is_of_the_attempt_that_counts(root):
    folder = root / "submissions/student000"
    for file in folder.iterdir():
        file.unlink()
    (folder / "essay.pdf").write_bytes(b"")
    run(root, "submissions", check=0)
    settle = ("override", "student000", "unread", "0", "--reason", "the PDF is empty")
    assert "waits because" in run(root, "book", "--count", "best", *settle, check=2).stderr
    run(root, "book", *settle, check=0)


def test_several_parts_are_decided_together_or_not_at_all(root):
    several = ("book", "override", "student001", "1.1,1.9", "1", "--reason", "fine")
    run(root, *several, check=2)
    assert "override" not in run(root, "book", "show", "student001", check=0).stdout
    run(root, *(word.replace("1.9", "1.2") for word in several), check=0)
    shown = run(root, "book", "show", "student001", check=0).stdout
    assert [line.split()[1] for line in shown.splitlines() if line.startswith("override")] == [
        "affine/backward:",
        "affine/size:",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "studnet001"], "there is no attempt of 'studnet001' at 'week-1'; did you mean"),
        (["show", "T001"], "did you mean 'student001'?"),
        (["export", "marks.txt"], "found the ending '.txt'; wanted .csv or .json"),
        (
            ["override", "student001", "9.9", "1", "--reason", "x"],
            "there is no part '9.9'; wanted a number or slug/part, such as 1.1",
        ),
        (["override", "student001", "1.1", "many", "--reason", "x"], "found 'many'; wanted marks"),
        (["override", "student001", "1.1", "5", "--reason", "x"], "wanted 0 to 4"),
        (["override", "student001", "1.1", "--reason", "x"], "wanted the marks to set"),
        (["override", "student001", "1.1", "4"], "Missing option '--reason'"),
    ],
)
def test_a_slip_is_told_with_the_next_step(template, arguments, said):
    done = run(template, "book", *arguments, check=2)
    assert said in done.stderr


def test_a_name_is_found_in_any_normal_form(tmp_path):
    """Shells complete names as the disk has them, which some disks do in a form of their own."""
    tiny.write_course(tmp_path)
    with Gradebook(tmp_path / "book", is_writer=True) as book:
        book.store(attempt(name := normalize("NFC", "Zoë"), assignment="week-1"))
    place = ("book", "--book", tmp_path / "book")
    run(tmp_path, *place, "show", normalize("NFD", name), check=0)
    assert f"did you mean {name!r}?" in run(tmp_path, *place, "show", "zoe", check=2).stderr


def test_no_gradebook_is_told(template, tmp_path):
    done = run(template, "book", "--book", tmp_path / "none", check=4)
    assert "there is no gradebook yet; grade a class first" in done.stderr
