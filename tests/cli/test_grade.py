"""The command `grade`, run as a person runs it: a real process, its output and its exit code."""

import fcntl
import json
import os
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests import tiny

GRADE = Path(sys.executable).with_name("grade")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A course with its expected values computed once for all tests of this module."""
    root = tiny.write_course(tmp_path_factory.mktemp("course"))
    tiny.hand_in(root, "right", affine=tiny.RIGHT_FUNCTIONS, answers=tiny.RIGHT_ANSWERS)
    run(root, "submissions/right")
    return root


def run(root, *arguments, **environment):
    return subprocess.run(
        [GRADE, *map(str, arguments)],
        cwd=root,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def in_terminal(root, columns, *arguments, **environment):
    """What a terminal of so many columns shows."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 50, columns, 0, 0))
    plain = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "NO_COLOR"}}
    process = subprocess.Popen(
        [GRADE, *arguments],
        cwd=root,
        env={**plain, **environment},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # how Linux says that nobody writes any more
        pass
    os.close(ours)
    process.wait()
    return shown.decode().splitlines()


def lines(done):
    return [line for line in done.stdout.splitlines() if not line.startswith("Walls")]


def test_a_submission_without_a_mistake(root):
    done = run(root, "submissions/right")
    assert done.returncode == 0
    assert done.stderr == ""
    assert lines(done) == [
        "right · Week 1",
        "",
        "An affine layer",
        "  1.1   The backward pass  4 of 4  passed",
        "  1.2   Output size        2 of 2  passed",
        "  1.3a  Parameters         3 of 3  passed",
        "  1.3b  Claims             2 of 2  passed",
        "  1.4   In your words      – of 1  needs marking",
        "",
        "Total   11 of 12, 1 need marking",
        "Report  reports/week-1/right/index.html",
    ]


def test_lost_marks_are_told_with_the_sentence_that_matters(root):
    wrong = tiny.RIGHT_FUNCTIONS.replace("x, dy)", "x, dy) / len(x)")
    answers = (
        tiny.RIGHT_ANSWERS.replace("- K + 1", "- K")
        .replace("512", "394")
        .replace("square: no", "square: yes")
    )
    tiny.hand_in(root, "wrong", affine=wrong, answers=answers)
    done = run(root, "submissions/wrong")
    assert done.returncode == 1
    assert lines(done)[3:7] == [
        "  1.1   The backward pass  3 of 4  wrong          The loss is a sum here, so dW is a sum over the batch as well.",
        "  1.2   Output size        0 of 2  wrong          Count positions, not steps.",
        "  1.3a  Parameters         2 of 3  wrong          This total is not the sum of your parts.",
        "  1.3b  Claims             0 of 2  wrong          square: Features in and features out may differ.",
    ]
    assert "394" not in done.stdout
    assert "512" not in done.stdout


def test_what_can_not_be_read_costs_nothing_and_is_placed(root):
    tiny.hand_in(root, "unread", affine="def affine_backward(dy, x, W:\n", answers="1.2: (I + 2P\n")
    done = run(root, "submissions/unread")
    assert done.returncode == 1
    assert "– of 4  unreadable     affine.py: line 1" in done.stdout
    assert "– of 2  unreadable     the bracket “(” at character 1 is never closed" in done.stdout
    assert "Total   0 of 12, 9 not read" in done.stdout


def test_marks_of_a_part_that_are_still_open_are_told_beside_those_that_are_not(root):
    tiny.hand_in(root, "partly", answers="1.3a: {weights: 384, biases: '12 )', total: 5}\n")
    done = run(root, "submissions/partly")
    (line,) = (line for line in lines(done) if line.startswith("  1.3a"))
    assert line.startswith(
        "  1.3a  Parameters         1 of 3  unreadable     1 still open: biases: "
    )


def test_an_empty_submission_is_graded_as_missing(root):
    tiny.hand_in(root, "empty")
    done = run(root, "submissions/empty")
    assert done.returncode == 1
    assert done.stdout.count("missing") == 5
    assert "note: no file was found in what was handed in\nTotal   0 of 12" in done.stdout


def test_options_of_a_class_are_not_passed_over_in_silence(root):
    done = run(root, "--only", "1.1", "--never-lower", "submissions/right")
    assert done.stderr == (
        "note: --only, --never-lower had no effect: submissions/right is one submission, no class\n"
    )


def test_json_is_the_record_of_the_report(root):
    done = run(root, "--json", "submissions/right")
    record = json.loads(done.stdout)
    assert record == json.loads((root / "reports/week-1/right/report.json").read_text())
    assert record["walls"] in ("full", "reduced", "none")
    assert record["marks"]["exact"] == "11"


def test_the_pages_are_written_for_their_owner_alone(root):
    run(root, "submissions/right")
    folder = root / "reports/week-1/right"
    assert sorted(path.name for path in folder.iterdir()) == [
        "affine.html",
        "index.html",
        "report.json",
    ]
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())


def test_a_single_file_is_a_submission(root):
    done = run(root, "submissions/right/affine.py")
    assert "1.1   The backward pass  4 of 4  passed" in done.stdout


def test_a_second_run_does_not_import_torch(root):
    done = run(root, "submissions/right", PYTHONPROFILEIMPORTTIME="1")
    assert "numpy" in done.stderr
    assert "torch" not in done.stderr
    assert "markdown_it" not in done.stderr


USAGE = [
    (
        ["submissions/zoe"],
        "error: submissions/zoe: there is no such file or folder; name what was handed in",
    ),
    (["submissions/rihgt"], "there is no such file or folder; did you mean 'right'?"),
    (["right"], "there is no such file or folder; did you mean 'submissions/right'?"),
    (["chekc"], "there is no such file or folder; did you mean 'check'?"),
    (["--assignment", "week-9", "submissions/right"], "there is no assignment 'week-9'"),
    (
        ["--course", "/nonexistent", "submissions/right"],
        "--course /nonexistent: there is no such file as problems/course.yaml in it",
    ),
    (["--walls", "paper", "submissions/right"], "'paper' is not one of"),
    (["--colour", "submissions/right"], "No such option"),
]


@pytest.mark.parametrize(("arguments", "said"), USAGE)
def test_wrong_usage_is_told_with_the_next_step(root, arguments, said):
    done = run(root, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "problems/affine/problem.yaml",
            "marks: 4",
            "mark: 4",
            "unknown key 'mark'; did you mean 'marks'?",
        ),
        ("solutions/affine.py", "dy @ W.T", "dy @ W", "raised ValueError"),
        ("solutions/affine.py", "return dy @ W.T", "return dy @ W.T * 2", "the reference's dx is"),
        ("solutions/affine.py", "def affine_backward", "def (", "is not valid Python"),
        (
            "solutions/affine.py",
            'true("linear"',
            'false("linear"',
            "the key of 'linear' says False, its experiment finds True",
        ),
        (
            "solutions/affine.py",
            '"x.T @ dy", "x',
            '"x.T @ dz", "x',
            "stands nowhere in the reference",
        ),
        (
            "solutions/affine.py",
            'true("linear"',
            'true("linaer"',
            "there is no claim 'linaer'; did you mean 'linear'?",
        ),
        (
            "solutions/affine.py",
            "@size.reference",
            "@size.oracle",
            "misconception 'no plus one' edits the reference",
        ),
        (
            "solutions/affine.py",
            'Solution("affine")',
            'Solution("afine")',
            'wanted one  solution = Solution("affine")',
        ),
    ],
)
def test_a_broken_problem_is_told_with_its_file(tmp_path, file, old, new, said):
    root = tiny.write_course(tmp_path)
    tiny.hand_in(root, "right", affine=tiny.RIGHT_FUNCTIONS)
    path = root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    done = run(root, "submissions/right")
    assert done.returncode == 3, done.stderr
    assert said in done.stderr
    assert Path(file).name in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_solution_is_a_broken_problem(tmp_path):
    root = tiny.write_course(tmp_path)
    (root / "solutions/affine.py").unlink()
    tiny.hand_in(root, "right", affine=tiny.RIGHT_FUNCTIONS)
    done = run(root, "submissions/right")
    assert done.returncode == 3
    assert "each problem needs its solution" in done.stderr


def test_a_students_own_random_does_not_shadow_the_library(root):
    shadows = {
        "random": "raise RuntimeError\n",
        "numpy": "raise RuntimeError\n",
        "msgspec": "raise RuntimeError\n",
    }
    tiny.hand_in(root, "shadow", affine=tiny.RIGHT_FUNCTIONS, **shadows)
    assert "1.1   The backward pass  4 of 4  passed" in run(root, "submissions/shadow").stdout


def test_control_characters_of_a_student_do_not_reach_the_terminal(root):
    answers = '1.3b: {linear: "\\e[31mtrue", square: no}\n'
    tiny.hand_in(root, "ansi", answers=answers)
    done = run(root, "submissions/ansi")
    assert "\x1b" not in done.stdout
    assert "wanted true or false" in done.stdout


def test_help_says_what_the_exit_codes_mean(root):
    done = run(root, "submission", "--help")
    assert done.returncode == 0
    assert "3 when a problem is broken" in done.stdout
    assert run(root, "--version").stdout.startswith("grade, version")


def test_in_a_narrow_terminal_sentences_have_lines_of_their_own(root):
    tiny.hand_in(
        root, "narrow", answers="1.2: I + 2P - K\n1.3a: {weights: 384, biases: 1, total: 9}\n"
    )
    shown = in_terminal(root, 50, "submissions/narrow", NO_COLOR="1")
    at = shown.index("  1.2   Output size        0 of 2  wrong")
    assert shown[at + 1] == "        Count positions, not steps."
    assert max(map(len, shown[: shown.index("")])) <= 50


def test_colours_are_for_terminals_and_for_those_who_want_them(root):
    assert any("\x1b[" in line for line in in_terminal(root, 100, "submissions/right"))
    plain = in_terminal(root, 100, "submissions/right", NO_COLOR="1")
    assert not any("\x1b" in line for line in plain)


def test_a_wide_terminal_has_the_sentence_beside_the_part_where_it_fits(root):
    tiny.hand_in(root, "wide", affine="def f(:\n", answers="1.2: I + 2P - K\n")
    shown = in_terminal(root, 90, "submissions/wide", NO_COLOR="1")
    assert not any("…" in line for line in shown)
    assert shown[shown.index("An affine layer") + 2].startswith("        affine.py: line 1")
    line = next(line for line in shown if line.startswith("  1.2 "))
    assert line.endswith("wrong          Count positions, not steps.")
    assert all(len(line) <= 90 for line in shown if line.startswith("  1."))


def test_long_titles_and_notes_keep_to_the_width_of_a_terminal(tmp_path):
    root = tiny.write_course(tmp_path)
    problem = root / "problems/affine/problem.yaml"
    text = problem.read_text(encoding="utf-8")
    problem.write_text(text.replace("The backward pass", "The backward " + "pass " * 20), "utf-8")
    tiny.hand_in(root, "empty")
    shown = in_terminal(root, 60, "submissions/empty", NO_COLOR="1")
    assert max(map(len, shown)) <= 60
    checked = in_terminal(root, 60, "check", "submissions/empty", NO_COLOR="1")
    assert max(map(len, checked)) <= 60


def test_output_that_has_no_letter_for_a_sign_is_written_all_the_same(root):
    """On Windows a pipe may be in an encoding of 256 letters; JSON is UTF-8 everywhere."""
    tiny.hand_in(root, "greek", answers="1.3b: {linear: α𝛃}\n")

    def printed(*options):
        command = [GRADE, *options, "submissions/greek"]
        environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
        return subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)

    plain = printed()
    assert (plain.returncode, plain.stderr) == (1, b"")
    assert "– of 2  unreadable     linear: found '??'" in plain.stdout.decode("cp1252")
    assert "α𝛃" in str(json.loads(printed("--json").stdout.decode("utf-8")))


@pytest.fixture
def own(tmp_path):
    """A course that a test may change."""
    root = tiny.write_course(tmp_path / "own")
    tiny.hand_in(root, "right", affine=tiny.RIGHT_FUNCTIONS, answers=tiny.RIGHT_ANSWERS)
    return root


def test_a_kit_without_solutions_is_sent_to_its_own_check(own):
    shutil.rmtree(own / "solutions")
    done = run(own, "submissions/right")
    assert done.returncode == 2
    assert "nothing can be graded; `grade check` runs the public tests" in done.stderr


def test_a_course_that_keeps_nothing_is_graded_with_reports_elsewhere(own, tmp_path):
    """A file stands where the caches would go, so that root can not write there either."""
    (own / ".grade").write_text("")
    done = run(own, "--reports", tmp_path / "elsewhere", "submissions/right")
    assert "Total   11 of 12" in done.stdout
    assert (tmp_path / "elsewhere/week-1/right/index.html").is_file()
