"""The command as a whole: help, start-up, and what ends it early."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from grader.cli import main
from tests import tiny

GRADE = Path(sys.executable).with_name("grade")
README = Path(__file__).parents[2] / "README.md"
ENDLESS = """\
from pathlib import Path


def affine_backward(dy, x, W):
    Path({marker!r}).touch()
    while True:
        pass
"""


def names():
    return main.list_commands(click.Context(main))


@pytest.mark.parametrize("name", names())
def test_every_command_has_help_and_stands_in_the_readme(name):
    command = main.get_command(click.Context(main), name)
    assert command.help
    assert all(p.help for p in command.params if isinstance(p, click.Option))
    # A path needs no command, and that is how the README grades one.
    wanted = "grade submissions/" if name == "submission" else f"grade {name}"
    assert wanted in README.read_text(encoding="utf-8")


def test_threads_are_limited_before_numpy_is_imported():
    program = (
        "import os, sys; import grader.cli; print('numpy' in sys.modules, os.environ[{name!r}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program.format(name="OPENBLAS_NUM_THREADS")],
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False 1\n"


@pytest.mark.parametrize("name", names())
def test_every_command_takes_debug_where_it_stands(name, capsys):
    """The message of a failure advises it, whatever was asked for."""
    for arguments in (["--debug", name], [name, "--debug"]):
        with pytest.raises(SystemExit) as end:
            main([*arguments, "--help"])
        assert not end.value.code
        assert capsys.readouterr().out.startswith("Usage: ")


def test_what_debug_shows_ends_with_the_same_exit_code(tmp_path):
    """A script that shows tracebacks does not take a failure of ours for lost marks."""
    root = tiny.write_course(tmp_path)
    tiny.hand_in(root, "right", answers=tiny.RIGHT_ANSWERS)
    (root / "solutions/affine.py").write_text("raise ValueError", encoding="utf-8")
    for options, is_shown in (((), False), (("--debug",), True)):
        command = [GRADE, *options, "submissions/right"]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == 3
        assert done.stderr.splitlines()[-1].startswith("error: ")
        assert ("Traceback" in done.stderr) == is_shown


def test_a_broken_pipe_is_no_failure(tmp_path):
    """`grade … | head` closes the pipe early; nothing is said of it."""
    root = tiny.write_course(tmp_path)
    tiny.hand_in(root, "right", answers=tiny.RIGHT_ANSWERS)
    command = [GRADE, "submissions/right"]
    with subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode in (0, 1)
    assert said == b""


def test_ctrl_c_ends_with_130_and_a_sentence(tmp_path):
    root = tiny.write_course(tmp_path)
    marker = tmp_path / "running"
    tiny.hand_in(root, "slow", affine=ENDLESS.format(marker=str(marker)))
    process = subprocess.Popen(
        [GRADE, "--walls", "none", "submissions/slow"],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not marker.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    printed, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.strip() == "interrupted; run the same command again"
    assert printed == ""
