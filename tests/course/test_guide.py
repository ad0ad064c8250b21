"""The guide for authors: its course is proven and graded as shown, and its problems are short."""

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from grader.authoring import PartSolution
from grader.cli import main
from grader.cli.proofs import _HEADS
from grader.course import find_course
from grader.course.problems import _PartFile
from grader.expected import load_solution

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "authors-guide.md").read_text(encoding="utf-8")
FILE = re.compile(r"^`([^`\n]+\.(?:yaml|py))`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PRINTED = re.compile(r"^`(grade [^`\n]+)` prints\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROBLEMS = ("relu-layer", "output-size", "linear-layer", "start-values", "same-start", "momentum")


@pytest.fixture
def root(tmp_path):
    """The files that the guide shows, as it names them."""
    for name, text in FILE.findall(GUIDE):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def grade(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def files_of(root, slug):
    return root / f"problems/{slug}/problem.yaml", root / f"solutions/{slug.replace('-', '_')}.py"


def test_the_problems_of_the_guide_are_proven(root):
    """All mutants of all of them, and three draws; autograd is the oracle of the function."""
    done = grade("problems", "verify", "--course", root, "-j", 1, "--mutants", "all", "--seeds", 3)
    assert done.output.splitlines()[-1] == "6 of 6 problems are proven", done.output
    assert "·" not in [line.strip()[:1] for line in done.output.splitlines()], "a note is left"


def test_each_column_of_the_table_that_verify_prints_is_explained():
    assert [head for head in _HEADS if head and f"`{head}`" not in GUIDE] == []


def test_the_guide_shows_a_problem_of_each_kind(root):
    course = find_course(given=root, near=root)
    problems = {problem.slug: problem for problem in course.assignment().problems}
    assert tuple(problems) == PROBLEMS
    parts = [part for problem in problems.values() for part in problem.parts]
    kinds = {(p.kind, bool(p.call), bool(p.signature and p.signature.inputs)) for p in parts}
    assert kinds == {
        ("computed", False, True),
        ("computed", False, False),
        ("computed", True, True),
        ("choice", False, False),
        ("text", False, False),
    }


def test_the_student_of_the_guide_gets_what_it_shows(root):
    (command, shown), *others = PRINTED.findall(GUIDE)
    assert not others
    _, path = command.split()
    done = grade(root / path)
    printed = [
        line for line in done.output.splitlines() if not line.startswith(("Walls", "Report"))
    ]
    assert [line.rstrip() for line in printed] == [line.rstrip() for line in shown.splitlines()]


@pytest.mark.parametrize(
    ("slug", "most", "misconceptions"),
    [("relu-layer", 40, 6), ("output-size", 20, 2), ("linear-layer", 20, 2)],
)
def test_a_problem_is_short(root, slug, most, misconceptions):
    """Both files as the formatter leaves them, blank lines included."""
    public, private = files_of(root, slug)
    course = find_course(given=root, near=root)
    problem = next(p for p in course.assignment().problems if p.slug == slug)
    (part,) = load_solution(private, problem).parts.values()
    assert len(part.wrongs) == misconceptions
    lines = [*public.read_text().splitlines(), *private.read_text().splitlines()]
    assert len(lines) <= most


def test_the_code_of_the_guide_is_as_the_formatter_leaves_it(root):
    command = [sys.executable, "-m", "ruff", "format", "--check", "--isolated", "--line-length=100"]
    done = subprocess.run([*command, root], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert max(len(line) for _, text in FILE.findall(GUIDE) for line in text.splitlines()) <= 100


def test_the_reference_names_all_that_an_author_may_write():
    text = (DOCS / "problems.md").read_text(encoding="utf-8")
    keys = [field.name for field in msgspec.structs.fields(_PartFile)]
    assert [key for key in keys if not re.search(f"`{key}[`:]", text)] == []
    declarations = [n for n, value in vars(PartSolution).items() if callable(value)]
    public = [name for name in declarations if not name.startswith("_")]
    assert [name for name in public if f"part.{name}" not in text] == []
