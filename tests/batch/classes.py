"""Small classes of the tiny course, and the command run on them as a person runs it."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from tests import tiny

GRADE = Path(sys.executable).with_name("grade")
WRONG = tiny.RIGHT_FUNCTIONS.replace("x, dy)", "x, dy) / len(x)")


def write_class(root, students):
    """A course with students who are right, wrong or hand in nothing, no two of them equal."""
    tiny.write_course(root)
    for number in range(students):
        functions = WRONG if number % 3 == 1 else tiny.RIGHT_FUNCTIONS
        answers = "" if number % 5 == 4 else tiny.RIGHT_ANSWERS
        name = f"student{number:03d}"
        tiny.hand_in(root, name, affine=f"# {name}\n{functions}", answers=answers)
    return root


def run(root, *arguments, check=None, **environment):
    """`grade` in the course's folder, at the end of a pipe."""
    done = subprocess.run(
        [GRADE, *map(str, arguments)],
        cwd=root,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if check is not None:
        assert done.returncode == check, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def table(done):
    """The printed table by student: what stands beside the name."""
    lines = done.stdout.split("\n\n")[0].splitlines()[1:]
    return {line.split()[0]: line.split()[1:] for line in lines}


def slow_class(root, students, *, expected):
    """A class whose functions take a while, so that a run can be stopped in the middle.

    What the references expect is copied from the same course at `expected`.
    """
    shutil.copytree(expected / ".grade/expected", root / ".grade/expected")
    write_class(root, students)
    for folder in (root / "submissions").iterdir():
        file = folder / "affine.py"
        file.write_text(
            file.read_text().replace("    dx =", "    import time; time.sleep(.05)\n    dx =")
        )
    return root


def stored(root):
    """How often each student was graded."""
    book = root / ".grade/gradebook.sqlite"
    if not book.is_file():
        return {}
    with sqlite3.connect(book) as connection:
        try:
            rows = connection.execute("SELECT student, count(*) FROM attempt GROUP BY student")
            found = dict(rows.fetchall())
        except sqlite3.OperationalError:
            found = {}  # killed before there was a table
    connection.close()
    return found


def wait_for(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")
