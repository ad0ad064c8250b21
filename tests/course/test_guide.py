"""The guide for authors: its course can be graded and is proven, and it names all there is."""

import re
from pathlib import Path

import msgspec

from grader.authoring import PartSolution
from grader.course import find_course
from grader.course.problems import _PartFile
from grader.expected import expected_for

GUIDE = Path(__file__).parents[2] / "docs" / "problems.md"
FILE = re.compile(r"^`([^`\n]+)`[^\n]*:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_course_of_the_guide_has_a_truth_and_a_second_one(tmp_path):
    files = FILE.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(files) == 3
    for name, text in files:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    course = find_course(given=tmp_path, near=tmp_path)
    (problem,) = course.assignment().problems
    expected = expected_for(
        problem,
        public=course.problem_file(problem.slug),
        private=course.solution_file(problem.slug),
        cache=None,
    )
    computed = [part for part in expected.parts if part.tests]
    assert [part.has_oracle for part in computed] == [True, True, True]


def test_the_guide_names_all_that_an_author_may_write():
    text = GUIDE.read_text(encoding="utf-8")
    keys = [field.name for field in msgspec.structs.fields(_PartFile)]
    assert [key for key in keys if not re.search(f"`{key}[`:]", text)] == []
    declarations = [n for n, value in vars(PartSolution).items() if callable(value)]
    public = [name for name in declarations if not name.startswith("_")]
    assert [name for name in public if f"part.{name}" not in text] == []
