"""What a student is told before handing in, on a kit without solutions."""

import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.course import Course
from grader.kit import make_kit
from tests import tiny
from tests.verify import courses

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
import os, select, signal, sys
sys.modules.update(resource=None, fcntl=None, torch=None, pwd=None)
import click, msgspec, numpy, subprocess, yaml
for name in ("fork", "setsid", "wait4", "pidfd_open", "killpg", "sysconf", "pread"):
    vars(os).pop(name, None)
for name in ("SIGPROF", "SIGXCPU", "SIGBUS", "SIGKILL", "SIGALRM", "setitimer", "ITIMER_PROF"):
    vars(signal).pop(name, None)
vars(select).pop("poll", None)
from grader.cli import main
import grader.check, grader.cli.checked
signal.SIGKILL = 9  # this system's own way of ending a process, which is not ours to take away
main(["check", sys.argv[1]])
"""


def test_a_check_needs_neither_torch_nor_walls_nor_fork(kit):
    """As on a system that has none of them: they are taken away before the grader is imported."""
    write(kit)
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, kit], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0
    assert "public 2 of 2 passed; 4 hidden tests were not run here" in done.stdout


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
