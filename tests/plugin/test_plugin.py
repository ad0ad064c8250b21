"""The plugin of pytest, in real processes: an author's own pytest, in a course of its own."""

import os
import subprocess
import sys

import pytest

from tests import tiny
from tests.verify import courses

ANSWERS = """\
1.2: I + 2P - K
1.3a: {weights: 3*128, biases: 128, total: 512}
1.3b: {linear: yes, square: yes}
"1.4": Two affine layers in a row are one affine layer.
"""


@pytest.fixture
def root(tmp_path):
    """A course with a submission that is wrong in several ways."""
    courses.write(tmp_path)
    wrong = tiny.RIGHT_FUNCTIONS.replace("x, dy)", "x, dy) / len(x)")
    tiny.hand_in(tmp_path, "alice", affine=wrong, answers=ANSWERS)
    return tmp_path


# What makes pytest print more or wider: on a CI machine it repeats whole failures in its summary.
CHANGES_WHAT_IS_PRINTED = {
    "BUILD_NUMBER",
    "CI",
    "COLUMNS",
    "FORCE_COLOR",
    "NO_COLOR",
    "PY_COLORS",
}


def run(root, *arguments, plugin="grader.pytest_plugin", stdin=""):
    """An author's pytest, at their desk and with no other plugin than ours."""
    inherited = {k: v for k, v in os.environ.items() if k not in CHANGES_WHAT_IS_PRINTED}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", plugin, *map(str, arguments)],
        cwd=root,
        env={**inherited, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


def asked(root, *arguments, **keywords):
    return run(
        root, "solutions/affine.py", "--submission=submissions/alice", *arguments, **keywords
    )


def test_each_test_of_a_problem_is_an_item_with_its_part(root):
    done = asked(root, "-v")
    found = dict(
        line.rsplit("  ", 1)[0].strip().rsplit(" ", 1)
        for line in done.stdout.splitlines()
        if "::" in line and "[" in line and "SKIPPED" not in line
    )
    assert found == {
        "solutions/affine.py::backward::two examples": "FAILED",
        "solutions/affine.py::backward::random batches": "FAILED",
        "solutions/affine.py::backward::a batch of one": "PASSED",
        "solutions/affine.py::size::random sizes": "FAILED",
        "solutions/affine.py::count::the answer": "PASSED",
        "solutions/affine.py::claims::the answer": "FAILED",
    }
    assert "solutions/affine.py::why::the answer SKIPPED (a person will mark" in done.stdout
    assert "4 failed, 2 passed, 1 skipped" in done.stdout
    assert done.returncode == 1


def test_a_failure_is_told_in_our_sentences_alone(root):
    done = asked(root, "-k", "two", "--no-header", "--color=no")
    lines = done.stdout.splitlines()
    start = next(i for i, line in enumerate(lines) if "1.1 backward: two examples" in line)
    assert lines[start + 1 : -2] == [
        "dW: The loss is a sum here, so dW is a sum over the batch as well.",
        "  values: error 0.5, at most 1e-08; 6 of 6 elements are outside",
        "  case 0: got [[0.5 2. ] [1. 2.5] [1.5 3. ]], expected [[1. 4.] [2. 5.] [3. 6.]]",
        "  misconception: mean over the batch",
        "=========================== short test summary info ============================",
    ]


@pytest.mark.parametrize(
    ("picked", "ran"),
    [
        ("size", "1 failed, 6 deselected"),
        ("random and not backward", "1 failed, 6 deselected"),
        ("1.3b", "1 failed, 6 deselected"),
        ("affine/count", "1 passed, 6 deselected"),
    ],
)
def test_items_are_picked_by_part_number_and_test(root, picked, ran):
    assert ran in asked(root, "-k", picked).stdout


def test_the_first_failure_can_end_the_run(root):
    assert "1 failed in" in asked(root, "-x").stdout


def test_the_debugger_stops_where_both_values_and_the_inputs_are_at_hand(root):
    typed = 'p sorted(inputs), got["dW"].shape, float(expected["dW"][0, 0])\nq\n'
    done = asked(root, "-k", "two", "--pdb", stdin=typed)
    assert "(Pdb) (['W', 'dy', 'x'], (3, 2), 1.0)" in done.stdout


def test_what_a_student_raises_and_prints_is_shown_with_its_line(root):
    code = "def affine_backward(dy, x, W):\n    print('a shape')\n    raise KeyError('W')\n"
    tiny.hand_in(root, "alice", affine=code)
    done = asked(root, "-k", "two")
    assert "raised KeyError: 'W'" in done.stdout
    assert "affine.py, line 3, in affine_backward: raise KeyError('W')" in done.stdout
    assert "a shape" in done.stdout
    assert "pytest_plugin.py" not in done.stdout


def test_what_can_not_be_read_is_told_as_that(root):
    tiny.hand_in(root, "alice", answers="1.2: I + 2 * (P - K\n")
    assert "not read: " in asked(root, "-k", "size").stdout


def test_a_part_that_nobody_answered_fails_with_what_was_wanted(root):
    tiny.hand_in(root, "alice", affine="", answers="")
    done = asked(root, "-k", "two")
    assert "nothing was handed in for this part; wanted a function affine_backward" in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("lambda: True", "lambda: False", "the key of 'linear' says True, its experiment finds"),
        ("size.test(", "size.tset(", "has no attribute 'tset'; did you mean 'test'?"),
        (
            "size.test(",
            "size.valid(lambda **_: 1 / 0)\nsize.test(",
            "the validator raised ZeroDivision",
        ),
    ],
)
def test_a_broken_problem_is_an_error_and_no_failure(root, old, new, said):
    path = root / "solutions/affine.py"
    path.write_text(path.read_text().replace(old, new, 1))
    done = asked(root, "-k", "size")
    assert said in done.stdout
    assert "1 error" in done.stdout
    assert "failed" not in done.stdout.splitlines()[-1]
    assert "Traceback" not in done.stdout
    assert "pytest_plugin.py" not in done.stdout


def test_a_folder_of_solutions_is_collected_only_with_a_submission(root):
    assert "7 items" in run(root, "solutions", "--submission=submissions/alice").stdout
    for arguments in ((), ("solutions",), ("solutions/affine.py",)):
        done = run(root, *arguments)
        assert "collected 0 items" in done.stdout
        assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_solution_named_without_a_submission_is_told_what_is_missing(root):
    told = "a solution runs against what was handed in: add  --submission PATH"
    assert told in run(root, "solutions/affine.py").stdout.splitlines()
    assert told not in asked(root, "--collect-only").stdout
    (root / "test_own.py").write_text("def test_own(): pass\n", encoding="utf-8")
    assert told not in run(root).stdout


def test_a_submission_that_is_not_there_is_a_wrong_option(root):
    done = run(root, "--submission=submissions/alcie")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "submissions/alcie: there is no such file or folder; name what was handed in" in (
        done.stderr
    )


def test_whoever_only_has_grader_installed_loads_next_to_nothing(root):
    """No module of grader but the plugin and the front door, and none of the libraries behind."""
    (root / "test_own.py").write_text(
        "import sys\n\n\ndef test_own():\n"
        "    heavy = {'numpy', 'msgspec', 'click', 'yaml', 'torch'} & set(sys.modules)\n"
        "    ours = {name for name in sys.modules if name.split('.')[0] == 'grader'}\n"
        "    assert (heavy, ours) == (set(), {'grader', 'grader.pytest_plugin'})\n"
    )
    done = run(root, "-q", "test_own.py")
    assert "1 passed" in done.stdout, done.stdout
