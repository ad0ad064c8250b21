"""A wheel, installed elsewhere, grades a course that is not this repository."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests import tiny

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder into which the wheel is unpacked, and the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    options = ["--disable-pip-version-check", "--no-build-isolation", "--wheel-dir", folder]
    subprocess.run([*command, *options, ROOT], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site", wheel


def grade(site, root, *arguments):
    """Run the wheel's own code: its folder comes before the editable install."""
    program = f"import sys; sys.path.insert(0, {str(site)!r}); from grader.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-I", "-c", program, *arguments],
        cwd=root,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_code_and_templates_and_nothing_else(installed):
    with zipfile.ZipFile(installed[1]) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"grader"}
    assert "grader/templates/index.html" in names
    assert not [name for name in names if name.startswith(("solutions/", "problems/", "tests/"))]


def test_pytest_finds_the_plugin_by_itself(installed):
    """The wheel's metadata names it, so that nobody has to."""
    with zipfile.ZipFile(installed[1]) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("entry_points.txt"))
        assert "[pytest11]\ngrader = grader.pytest_plugin\n" in archive.read(name).decode()


def test_it_grades_a_course_elsewhere(installed, tmp_path):
    root = tiny.write_course(tmp_path)
    tiny.hand_in(root, "right", affine=tiny.RIGHT_FUNCTIONS, answers=tiny.RIGHT_ANSWERS)
    done = grade(installed[0], root, "submissions/right")
    assert done.returncode == 0, done.stderr
    assert "Total   11 of 12, 1 need marking" in done.stdout
    page = (root / "reports/week-1/right/affine.html").read_text(encoding="utf-8")
    assert "The backward pass" in page


def test_a_course_may_override_a_template(installed, tmp_path):
    root = tiny.write_course(tmp_path)
    tiny.hand_in(root, "right", affine=tiny.RIGHT_FUNCTIONS)
    (root / "templates").mkdir()
    (root / "templates/index.html").write_text("<p>our own page</p>", encoding="utf-8")
    grade(installed[0], root, "submissions/right")
    folder = root / "reports/week-1/right"
    assert "our own page" in (folder / "index.html").read_text(encoding="utf-8")
    assert "The backward pass" in (folder / "affine.html").read_text(encoding="utf-8")
