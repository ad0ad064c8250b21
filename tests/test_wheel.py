"""A wheel, installed elsewhere, grades a course that is not this repository."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests import tiny

ROOT = Path(__file__).parents[1]
EDITABLE = Path(sys.executable).with_name("grade")
PIP = ("--quiet", "--no-deps", "--disable-pip-version-check")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


class Installed:
    """A virtual environment with the wheel alone; its libraries are those beside us."""

    def __init__(self, folder):
        self._run(
            sys.executable, "-m", "pip", "wheel", *PIP, "--no-build-isolation", "-w", folder, ROOT
        )
        (self.wheel,) = folder.glob("*.whl")
        self.folder = folder / "env"
        self._run(sys.executable, "-m", "venv", "--without-pip", self.folder)
        python = self.folder / "bin" / "python"
        (own,) = self.folder.glob("lib/python*/site-packages")
        # A folder that is named so is not searched for such files: the editable install stays out.
        (own / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
        pip = (sys.executable, "-m", "pip", "--python", python, "install")
        self._run(*pip, *PIP, "--no-index", self.wheel)

    def names(self):
        with zipfile.ZipFile(self.wheel) as archive:
            return archive.namelist()

    def grade(self, root, *arguments):
        return grade(self.folder / "bin" / "grade", root, *arguments)

    @staticmethod
    def _run(*command):
        subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)


def grade(command, root, *arguments):
    """Run one of the two commands, in a course."""
    return subprocess.run(
        [command, *arguments],
        cwd=root,
        env={**ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel, installed as a user installs it."""
    return Installed(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_code_and_templates_and_nothing_else(installed):
    names = installed.names()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"grader"}
    assert "grader/templates/index.html" in names
    assert not [name for name in names if name.startswith(("solutions/", "problems/", "tests/"))]


def test_pytest_finds_the_plugin_by_itself(installed):
    """The wheel's metadata names it, so that nobody has to."""
    with zipfile.ZipFile(installed.wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("entry_points.txt"))
        assert "[pytest11]\ngrader = grader.pytest_plugin\n" in archive.read(name).decode()


def test_it_grades_a_course_elsewhere(installed, tmp_path):
    root = tiny.write_course(tmp_path)
    tiny.hand_in(root, "right", affine=tiny.RIGHT_FUNCTIONS, answers=tiny.RIGHT_ANSWERS)
    done = installed.grade(root, "submissions/right")
    assert done.returncode == 0, done.stderr
    assert "Total   11 of 12, 1 need marking" in done.stdout
    page = (root / "reports/week-1/right/affine.html").read_text(encoding="utf-8")
    assert "The backward pass" in page


def test_a_course_may_override_a_template(installed, tmp_path):
    root = tiny.write_course(tmp_path)
    tiny.hand_in(root, "right", affine=tiny.RIGHT_FUNCTIONS)
    (root / "templates").mkdir()
    (root / "templates/index.html").write_text("<p>our own page</p>", encoding="utf-8")
    installed.grade(root, "submissions/right")
    folder = root / "reports/week-1/right"
    assert "our own page" in (folder / "index.html").read_text(encoding="utf-8")
    assert "The backward pass" in (folder / "affine.html").read_text(encoding="utf-8")


def test_it_gives_the_marks_that_an_editable_install_gives_behind_the_same_walls(
    installed, tmp_path
):
    for name in ("problems", "solutions", "submissions"):
        shutil.copytree(ROOT / name, tmp_path / name)
    of_wheel, of_editable = (
        grade(command, tmp_path, "submissions/alice", "--json")
        for command in (installed.folder / "bin" / "grade", EDITABLE)
    )
    assert of_wheel.returncode == of_editable.returncode == 1, of_wheel.stderr
    assert json.loads(of_wheel.stdout) == json.loads(of_editable.stdout)
    doctor = json.loads(installed.grade(tmp_path, "doctor", "--json").stdout)
    assert doctor["walls"] == json.loads(of_wheel.stdout)["walls"]
    assert doctor == json.loads(grade(EDITABLE, tmp_path, "doctor", "--json").stdout)


def test_its_students_side_shows_nothing_of_the_judge(installed, tmp_path):
    """From a wheel, all rooms lie in one folder of packages: only one of them may be seen."""
    root = tiny.write_course(tmp_path)
    spy = """
import os
import sys


def affine_backward(dy, x, W):
    raise ValueError(os.listdir(sys.modules["grader"].__path__[0]))
"""
    tiny.hand_in(root, "spy", affine=spy)
    report = json.loads(installed.grade(root, "submissions/spy", "--json").stdout)
    if report["walls"] == "none":
        pytest.skip("there are no walls here")
    told = json.dumps(report["problems"])
    assert "'student'" in told or "Permission denied" in told
    assert "'authoring'" not in told
