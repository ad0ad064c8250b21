"""What a student is told before handing in, on a kit without solutions."""

import os
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.cli.checked import values_of
from grader.course import Course
from grader.kit import make_kit
from grader.model import Comparison, OutputResult, Stage
from grader.student.packing import pack
from tests import tiny
from tests.verify import courses

ROOT = Path(__file__).parents[2]
FORWARD = (
    "    public:\n",
    "    forward: |\n      def forward(x, W):\n          return x @ W\n    public:\n",
)


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The files of a kit whose forward pass is public."""
    course = Course(courses.write(tmp_path_factory.mktemp("course"), problem=[FORWARD]))
    return make_kit(course, course.assignment(), cache=None).files


@pytest.fixture
def kit(packed, tmp_path):
    for path, text in packed.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def write(kit, functions=tiny.RIGHT_FUNCTIONS, answers=tiny.RIGHT_ANSWERS):
    (kit / "answers/affine.py").write_text(functions, encoding="utf-8")
    (kit / "answers/answers.yaml").write_text(answers, encoding="utf-8")


def check(path, *arguments):
    return CliRunner().invoke(main, ["check", str(path), "--seed", "0", *arguments])


def test_right_answers_pass_and_the_rest_is_named(kit):
    write(kit)
    done = check(kit)
    assert done.output.splitlines() == [
        "Week 1",
        "",
        "  1.1   The backward pass  passed      2 of 2",
        "  1.2   Output size        read",
        "          read as  I + 2·P - K + 1",
        "  1.3a  Parameters         read",
        "          weights: read as  3·128 = 384",
        "          biases: read as  128",
        "          total: read as  512",
        "  1.3b  Claims             read",
        "          2 answers",
        "  1.4   In your words      read",
        "          10 words; a person will mark this text",
        "",
        "public 2 of 2 passed; 4 hidden tests were not run here",
        "read or run, and not judged here: 1.2, 1.3a, 1.3b, 1.4",
    ]
    assert done.exit_code == 0


def test_a_piece_that_can_not_be_read_is_named(kit):
    write(kit, answers="1.3a: {weights: 3*128, biases: many, total: 512}\n")
    lines = check(kit).output.splitlines()
    assert (
        "          biases: “many” is not a name of this question; the answer is a number" in lines
    )


def test_pieces_of_an_answer_that_were_passed_over_are_named(kit):
    write(kit, answers="1.3a: {weights: 3*128, total: 512}\n1.3b: {linear: yes}\n")
    lines = check(kit).output.splitlines()
    assert (
        lines[lines.index("          total: read as  512") + 1] == "          not answered: biases"
    )
    assert "          1 answer; not answered: square" in lines


@pytest.mark.parametrize("typed", ["{weights: 384, sum: 512}", "sum"])
def test_a_value_under_a_wrong_name_is_no_missing_value(kit, typed):
    write(kit, answers=f"1.3a: {typed}\n")
    lines = [line.strip() for line in check(kit).output.splitlines()]
    assert "1.3a  Parameters         unreadable" in lines
    assert "found 'sum'; wanted one value for each of weights, biases, total" in lines


def test_what_may_stand_in_an_unread_file_is_not_said_to_be_missing(kit):
    write(kit, answers="1.4: because\n")
    (kit / "answers" / "scan.md").write_text("All that I know stands here, without any number.\n")
    lines = check(kit).output.splitlines()
    assert "1 word; a person will mark this text" in map(str.strip, lines)
    assert lines[-1] == (
        "not found, and may stand in a file that could not be read: 1.2, 1.3a, 1.3b"
    )


def test_a_starter_as_it_was_received_is_not_answered_also_where_nothing_is_public(tmp_path):
    is_public = tiny.PROBLEM[tiny.PROBLEM.index("    public:") : tiny.PROBLEM.index("  size:")]
    course = Course(courses.write(tmp_path / "course", problem=[(is_public, "")]))
    tiny.write_files(tmp_path, make_kit(course, course.assignment(), cache=None).files)
    done = check(tmp_path)
    assert done.output.splitlines()[-1] == "not answered: 1.1, 1.2, 1.3a, 1.3b, 1.4"
    assert done.exit_code == 0


def test_where_hidden_tests_are_not_counted_nothing_is_said_of_them(tmp_path):
    """A course with its solutions: how many there are is written into a kit alone."""
    root = tiny.write_course(tmp_path)
    mine = tiny.hand_in(root, "right", affine=tiny.RIGHT_FUNCTIONS, answers=tiny.RIGHT_ANSWERS)
    done = check(mine)
    assert "\nno public test was run\nread or run" in done.output


def test_a_fresh_kit_has_nothing_answered_and_nothing_wrong(kit):
    done = check(kit)
    assert done.exit_code == 0
    assert "not answered: 1.1, 1.2, 1.3a, 1.3b, 1.4" in done.output


def test_a_wrong_gradient_is_placed_by_output_and_index(kit):
    write(kit, functions=tiny.RIGHT_FUNCTIONS.replace("x, dy)", "x, dy) / len(x)"))
    done = check(kit)
    assert done.exit_code == 1
    assert "central differences on random inputs: dW: " in done.output
    assert "dW: at [" in done.output
    assert (
        "dW: got [[0.5 2. ] [1. 2.5] [1.5 3. ]], expected [[1. 4.] [2. 5.] [3. 6.]]" in done.output
    )


@pytest.mark.parametrize(
    ("got", "expected", "said"),
    [
        (4, 3, "got 4, expected 3"),
        (3.5, 3, "got 3.5, expected 3"),
        ("3", 3, "got '3', expected 3"),
        (np.array([1, 2 + 1e-9]), np.array([1.0, 2]), "got [1. 2.000000001], expected [1. 2.]"),
        (np.array([-0.0, 1]), np.array([0.0, 2]), "got [0. 1.], expected [0. 2.]"),
        (np.ones(5), np.ones(5), ""),
        (np.ones((40, 2)), np.ones((2, 40)), ""),
        (object(), np.ones(5), ""),
    ],
)
def test_values_are_set_against_each_other_where_that_tells_something(got, expected, said):
    assert values_of(shown(got, expected)) == said


@pytest.mark.parametrize("laid", [np.ndarray.tolist, lambda found: found.reshape(1, 20, 1)])
def test_of_a_large_value_the_worst_element_is_told_however_it_is_laid_out(laid):
    worst = Comparison(stage=Stage.VALUES, worst=(7,), size=20)
    got = laid(np.arange(20.0))
    assert values_of(shown(got, 2 * np.arange(20), worst)) == "at [7]: got 7, expected 14"


def shown(got, expected, comparison=None):
    return OutputResult(
        name="n",
        got=pack(got),
        expected=pack(expected),
        comparison=comparison,
        marks=Fraction(0),
        out_of=Fraction(1),
    )


def test_what_can_not_be_read_is_told_with_its_place(kit):
    write(kit, answers="1.2: (I + 2P\n1.3b: {linear: perhaps}\n")
    done = check(kit)
    assert done.exit_code == 1
    assert "the bracket “(” at character 1 is never closed" in done.output
    assert "linear: found 'perhaps'; wanted true or false" in done.output


def test_code_that_ends_its_process_costs_its_own_part_alone(kit):
    write(kit, functions="import os\n\n\ndef affine_backward(dy, x, W):\n    os._exit(3)\n")
    done = check(kit)
    assert "ended the whole process with the exit code 3; return a value instead" in done.output
    assert "read as  I + 2·P - K + 1" in done.output


def test_one_file_is_checked_alone(kit):
    write(kit)
    done = check(kit / "answers/affine.py")
    assert "1.1   The backward pass  passed      2 of 2" in done.output.replace("1.1  ", "1.1   ")


def test_an_unknown_problem_is_told(kit):
    done = check(kit, "--problem", "afine")
    assert done.exit_code == 2
    assert "there is no problem 'afine'; there are affine" in done.output


ELSEWHERE = """\
import sys
sys.modules.update(dict.fromkeys(("resource", "fcntl", "pwd", "grp", "termios", "tty", "pty")))
import os, select, signal, subprocess
for name in ("fork", "forkpty", "setsid", "wait4", "pidfd_open", "killpg", "sysconf", "pread"):
    vars(os).pop(name, None)
for name in ("SIGPROF", "SIGXCPU", "SIGBUS", "SIGALRM", "setitimer", "ITIMER_PROF"):
    vars(signal).pop(name, None)
vars(select).pop("poll", None)
"""
WITHOUT_TORCH = 'raise ImportError("there is no torch here")\n'


@pytest.fixture
def elsewhere(tmp_path_factory):
    """An environment whose Python has no torch, and nothing that Unix alone has, in any process."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "sitecustomize.py").write_text(ELSEWHERE, encoding="utf-8")
    (folder / "torch").mkdir()
    (folder / "torch/__init__.py").write_text(WITHOUT_TORCH, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT)))}


def run(environment, code, *arguments):
    """A Python of that environment, and what it did."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_check_needs_neither_torch_nor_walls_nor_unix(kit, elsewhere):
    """Neither the process that judges nor the one that runs answers."""
    write(kit)
    done = run(elsewhere, "from grader.cli import main; main()", "check", kit)
    assert done.stderr == ""
    assert done.returncode == 0
    assert "public 2 of 2 passed; 4 hidden tests were not run here" in done.stdout


def test_an_answer_that_needs_torch_is_told_so_where_there_is_none(kit, elsewhere):
    problem = kit / "problems/affine/problem.yaml"
    text = problem.read_text(encoding="utf-8").replace(
        "    marks: 4\n", "    marks: 4\n    imports: [numpy, torch]\n"
    )
    problem.write_text(text, encoding="utf-8")
    write(kit, functions=f"import torch\n\n\n{tiny.RIGHT_FUNCTIONS}")
    done = run(elsewhere, "from grader.cli import main; main()", "check", kit)
    assert "1.1   The backward pass  passed      2 of 2" in done.stdout  # nothing asks torch
    own = tiny.RIGHT_FUNCTIONS.replace("    dx =", "    x = torch.tensor(x)\n    dx =")
    write(kit, functions=f"import torch\n\n\n{own}")
    done = run(elsewhere, "from grader.cli import main; main()", "check", kit)
    assert "there is no torch here" in done.stdout
    assert "1.2   Output size        read" in done.stdout
    assert done.stderr == ""


def test_the_environment_elsewhere_is_as_it_says(elsewhere):
    for name in ("torch", "resource", "fcntl", "pwd"):
        assert run(elsewhere, f"import {name}").returncode == 1
    assert run(elsewhere, "import os; os.fork").returncode == 1


def test_watching_checks_again_when_a_file_is_saved(kit):
    write(kit, functions="")
    code = "from grader.cli import main; main()"
    command = [sys.executable, "-u", "-c", code, "check", str(kit), "--watch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            seen = iter(process.stdout.readline, "")
            assert any(line.startswith("no public test was run") for line in seen)
            time.sleep(0.1)
            write(kit)
            assert any(line.startswith("public 2 of 2 passed") for line in seen)
        finally:
            process.terminate()
