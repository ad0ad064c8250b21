"""A class in one command: everybody is graded, stored, and graded again only when needed."""

import json
import os
import shutil
import signal
import stat
import subprocess

import pytest

from tests import tiny
from tests.batch.classes import (
    GRADE,
    WRONG,
    run,
    slow_class,
    stored,
    table,
    wait_for,
)


@pytest.fixture
def root(template, tmp_path):
    root = tmp_path / "course"
    shutil.copytree(template, root)
    return root


def test_everybody_is_graded_and_listed(template):
    done = run(template, "submissions", check=0)
    assert table(done) == {
        "student000": ["11", "12", "1"],
        "student001": ["10", "12", "1"],
        "student002": ["11", "12", "1"],
        "student003": ["11", "12", "1"],
        "student004": ["3", "12"],
        "student005": ["11", "12", "1"],
    }
    assert "6 students; of 12 marks the mean is 9.50, the median 11" in done.stdout


def test_each_student_has_pages_and_the_class_a_spreadsheet(template):
    reports = template / "reports/week-1"
    assert {p.name for p in reports.iterdir() if p.is_dir()} == {f"student00{n}" for n in range(6)}
    assert (reports / "student003/index.html").is_file()
    assert (
        (reports / "marks.csv").read_text().splitlines()[1].startswith("student000,week-1,open,11")
    )


def test_what_a_class_leaves_is_for_its_owner_alone_and_not_for_git(template):
    made = [*(template / ".grade").rglob("*"), *(template / "reports").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in made} == {0}
    subprocess.run(["git", "init", "-q", "."], cwd=template, check=True)
    seen = subprocess.run(
        ["git", "status", "--short"], cwd=template, check=True, capture_output=True, text=True
    ).stdout
    assert ".grade" not in seen
    assert "reports" not in seen


def test_no_scratch_and_no_solution_is_left_behind(template):
    assert not (template / ".grade/run").exists()


def test_a_second_run_grades_nobody(root):
    done = run(root, "submissions", check=0)
    assert done.stderr == "6 of 6 unchanged since their last grading\n"


def test_only_who_changed_is_graded_again(root):
    tiny.hand_in(root, "student001", affine=tiny.RIGHT_FUNCTIONS)
    tiny.hand_in(root, "zoe", affine=WRONG, answers=tiny.RIGHT_ANSWERS)
    done = run(root, "submissions", check=0)
    assert "5 of 7 unchanged" in done.stderr
    assert "2 of 2 graded" in done.stderr
    assert table(done)["student001"][0] == "11"
    assert table(done)["zoe"][0] == "10"


def test_a_changed_solution_grades_everybody_and_says_who_moves_and_why(root):
    solution = root / "solutions/affine.py"
    solution.write_text(solution.read_text().replace("weight=2", "weight=5"))
    done = run(root, "submissions", check=0)
    assert "6 of 6 graded" in done.stderr
    assert "0 of 6 graded again have other marks" not in done.stdout


def test_a_regrade_with_a_corrected_reference_shows_the_difference(root):
    problem = root / "problems/affine/problem.yaml"
    problem.write_text(problem.read_text().replace("marks: 4", "marks: 8"))
    done = run(root, "--regrade", "submissions", check=0)
    assert "6 of 6 graded again have other marks:" in done.stdout
    assert (
        "student001: 10 → 13 (+3); changed: the list of parts and the problem affine" in done.stdout
    )
    assert "    1.1 'random batches'" in done.stdout


def test_a_regrade_of_the_same_changes_nothing(root):
    """The same submission, problem, solution and engine give the same marks."""
    done = run(root, "--regrade", "submissions", check=0)
    assert "0 of 6 graded again have other marks" in done.stdout


def test_never_lower_keeps_the_marks_and_the_attempt(root):
    solution = root / "solutions/affine.py"
    text = solution.read_text()
    solution.write_text(text.replace('false("square", lambda: 3 ==', 'true("square", lambda: 3 !='))
    done = run(root, "--never-lower", "submissions", check=0)
    assert table(done)["student000"][0] == "11"
    assert "the solution of affine; does not count, by --never-lower\n" in done.stdout
    shown = run(root, "book", "show", "student000", check=0).stdout
    assert "9 of 12" in shown
    assert "does not count: 9 is lower than the 11 before" in shown
    assert table(run(root, "--regrade", "submissions", check=0))["student000"][0] == "9"


def test_an_override_survives_a_regrade(root):
    run(root, "book", "override", "student001", "1.1", "4", "--reason", "agreed", check=0)
    done = run(root, "--regrade", "submissions", check=0)
    assert table(done)["student001"] == ["11", "12", "1", "1", "by", "a", "person"]


def test_who_handed_in_nothing_that_answers_is_listed(root):
    """It may be a file of somebody else, or a download that has failed."""
    (root / "submissions/zoe").mkdir()
    done = run(root, "submissions", check=0)
    said = "no answer was found in what was handed in"
    assert f"  zoe: {said}" in done.stdout
    assert said in (root / "reports/week-1/class.html").read_text()
    run(root, "book", "override", "zoe", "1.4", "0", "--reason", "sent by mail", check=0)
    assert said not in run(root, "book", check=0).stdout


def test_several_paths_are_a_class(template):
    done = run(template, "submissions/student000", "submissions/student001", check=0)
    assert sorted(table(done)) == ["student000", "student001"]


def test_a_roster_that_is_not_there_is_told_before_anybody_is_graded(root):
    done = run(root, "--roster", "rooster.csv", "--regrade", "submissions", check=2)
    assert (
        done.stderr == "error: rooster.csv: the roster can not be read: No such file or directory\n"
    )


def test_a_roster_says_who_handed_in_nothing(root):
    (root / "roster.csv").write_text("Name,SID\nAda,student000\nBob,bob\n")
    done = run(root, "--roster", "roster.csv", "submissions", check=0)
    assert "Handed in nothing (1): bob" in done.stdout


def test_some_parts_alone_are_shown_and_not_stored(root):
    before = (root / ".grade/gradebook.sqlite").read_bytes()
    done = run(root, "--only", "1.2", "submissions", check=0)
    assert table(done)["student000"] == ["2", "2"]
    assert "Nothing was stored" in done.stdout
    assert (root / ".grade/gradebook.sqlite").read_bytes() == before


def test_json_is_one_document(root):
    done = run(root, "--json", "submissions", check=0)
    students = json.loads(done.stdout)["students"]
    assert [student["status"] for student in students][3:5] == ["open", "graded"]


def test_lateness_is_recorded_and_costs_nothing(root):
    os.utime(root / "submissions/student000/affine.py", (2e9, 2e9))
    done = run(root, "--regrade", "--due", "2030-01-01", "submissions", check=0)
    assert table(done)["student000"][:3] == ["11", "12", "1"]
    assert "late by" in " ".join(table(done)["student000"])


def test_a_part_on_which_a_validator_breaks_is_undecided_and_listed_with_the_reason(root):
    """An error of ours meets those alone whom it meets, and there one part alone."""
    code = "\n\n@size.valid\ndef _(*answer, **inputs):\n    raise RuntimeError('broken')\n"
    solution = root / "solutions/affine.py"
    solution.write_text(solution.read_text() + code)
    answers = tiny.RIGHT_ANSWERS.replace("- K + 1", "- K + 2")
    tiny.hand_in(root, "student002", affine=tiny.RIGHT_FUNCTIONS, answers=answers)
    done = run(root, "--book", "fresh", "submissions", check=4)
    assert table(done)["student002"][:3] == ["9", "12", "3"]
    listed = next(line for line in done.stdout.splitlines() if "student002: " in line)
    assert listed.startswith("  student002: 2 marks open at 1.2: ")
    assert listed.endswith("affine/size: the validator raised RuntimeError: broken")
    assert table(done)["student000"][0] == "11"
    assert "RuntimeError: broken" in (root / "reports/week-1/class.html").read_text()
    done = run(root, "submissions/student002", check=3)
    assert "the validator raised RuntimeError: broken" in done.stderr
    assert "RuntimeError" not in done.stdout
    assert (root / "reports/week-1/student002/index.html").is_file()


def test_a_submission_that_can_not_be_opened_is_listed_and_the_rest_is_graded(root):
    outside = root / "elsewhere"
    outside.mkdir()
    (root / "submissions/linked").symlink_to(outside)
    done = run(root, "submissions", check=4)
    assert table(done)["linked"][:2] == ["–", "–"]
    assert "linked: not graded:" in done.stdout
    assert table(done)["student000"][0] == "11"
    (root / "submissions/linked").unlink()
    (root / "submissions/linked").mkdir()
    assert "1 of 1 graded" in run(root, "submissions", check=0).stderr


def test_a_damaged_gradebook_is_told_and_a_fresh_one_is_made_next(root):
    book = root / ".grade/gradebook.sqlite"
    book.write_bytes(b"not a database" * 1000)
    done = run(root, "submissions", check=4)
    assert "is damaged or is no gradebook; move it away" in done.stderr
    book.rename(root / "away")
    run(root, "submissions", check=0)


def test_a_full_disk_keeps_what_was_stored_and_the_next_run_goes_on(root):
    """No file may grow beyond 120 KiB, which is where the gradebook's journal breaks off."""
    limited = f"ulimit -f 120; exec {GRADE} --book full.sqlite submissions"
    done = subprocess.run(
        ["bash", "-c", limited], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 4
    assert "full.sqlite: the disk" in done.stderr
    assert "run the same command again" in done.stderr
    assert "Traceback" not in done.stderr
    done = run(root, "--book", "full.sqlite", "submissions", check=0)
    assert len(table(done)) == 6


def test_a_disk_that_is_full_is_told_and_what_was_stored_is_kept(root, tmp_path):
    """A real disk: three MiB of memory in a namespace of its own, all but a little of it taken."""
    disk = tmp_path / "disk"
    disk.mkdir()
    in_namespace = ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c"]
    mounted = f"mount -t tmpfs -o size=3m none {disk}"
    if subprocess.run([*in_namespace, mounted], check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    grade = f"{GRADE} --jobs 1 --book {disk}/book --walls none submissions"
    steps = (
        f"{mounted} && head -c 2900K /dev/zero > {disk}/filler; {grade}; echo ended with $?;"
        f" rm {disk}/filler; {grade}; echo ended with $?"
    )
    done = subprocess.run(
        [*in_namespace, steps], cwd=root, capture_output=True, text=True, check=False
    )
    first, second = done.stdout.split("ended with 4\n")
    assert first == ""
    assert second.endswith("ended with 0\n")
    assert f"{disk}/book: the disk is full; what was stored before is kept" in done.stderr
    assert "Traceback" not in done.stderr
    assert "6 students; of 12 marks the mean is 9.50" in second


def test_a_spreadsheet_that_can_not_be_written_hides_no_marks(root):
    """Another program may hold it, or the disk may be full."""
    spreadsheet = root / "reports/week-1/marks.csv"
    spreadsheet.unlink()
    spreadsheet.mkdir()
    done = run(root, "submissions", check=2)
    assert table(done)["student000"][:2] == ["11", "12"]
    assert "marks.csv: can not be written" in done.stderr
    assert not list(spreadsheet.parent.glob(".marks*"))


def test_lost_pages_are_written_again_and_nobody_is_graded(root):
    folder = root / "reports/week-1/student003"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    shutil.rmtree(folder)
    done = run(root, "submissions", check=0)
    assert done.stderr.splitlines() == [
        "the pages of 1 student were gone, and are written again",
        "6 of 6 unchanged since their last grading",
    ]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert stored(root)["student003"] == 1


def test_the_course_says_when_it_was_due_unless_the_command_does(root):
    """The time of now counts for who did not change as well, and nobody is graded for it."""
    course = root / "problems/course.yaml"
    course.write_text(course.read_text().replace("Week 1\n", "Week 1\n    due: 2001-11-20\n"))
    done = run(root, "submissions", check=0)
    assert done.stderr.splitlines() == [
        "the lateness of 6 students follows another due time now",
        "6 of 6 unchanged since their last grading",
    ]
    assert "late by " in " ".join(table(done)["student000"])
    shown = run(root, "book", "show", "student000", check=0).stdout
    assert "  11 of 12, 1 open  handed in " in shown
    assert "  late by " in shown
    done = run(root, "--due", "2035-01-01", "submissions", check=0)
    assert table(done)["student000"] == ["11", "12", "1"]
    assert stored(root)["student000"] == 1
    done = run(root, "--due", "tomorrow", "submissions", check=2)
    assert "--due" in done.stderr
    assert "found 'tomorrow'; wanted a day, such as 2026-11-20" in done.stderr


def test_the_best_attempt_counts_if_asked(root):
    tiny.hand_in(root, "student000", affine="", answers="")
    assert table(run(root, "submissions", check=0))["student000"][0] == "0"
    done = run(root, "--count", "best", "submissions", check=0)
    assert table(done)["student000"][0] == "11"


def test_the_run_stops_at_the_first_failure_if_asked(root):
    for number in range(4):
        (root / f"submissions/broken{number}").symlink_to(root)
    done = run(root, "--regrade", "--fail-fast", "--jobs", "1", "submissions", check=4)
    assert "broken0: not graded" in done.stdout
    assert "broken1" not in done.stdout


def test_two_runs_do_not_write_one_gradebook(root):
    import fcntl

    with (root / ".grade/gradebook.sqlite.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run(root, "submissions", check=4)
    assert "another run is writing to it" in done.stderr


def test_ctrl_c_keeps_what_was_graded_and_says_how_to_go_on(template, tmp_path):
    root = slow_class(tmp_path, 12, expected=template)
    process = subprocess.Popen(
        [GRADE, "--jobs", "1", "submissions"],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: len(stored(root)) >= 2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "graded and kept; run the same command again to go on" in said
    assert "Traceback" not in said
    assert not (root / ".grade/run").exists()
    before = stored(root)
    run(root, "submissions", check=0)
    assert {stored(root)[student] for student in before} == {1}
    assert len(stored(root)) == 12
