"""A course of two small problems, and a sandbox that runs what is handed in."""

import pytest

from grader.cli.preparing import prepared
from grader.course import find_course
from grader.grading import grade
from grader.model import Walls
from grader.sandbox import Sandbox
from grader.student.wire import Source
from grader.submission import Submission
from tests.grading import second


class Desk:
    """Grades what a test hands in."""

    def __init__(self, grading, sandbox):
        self.grading, self.sandbox = grading, sandbox

    def report(self, *, python="", answers="", name="work.py"):
        """The report on a Python file and an answers.yaml, given as texts."""
        files = {name: python, "answers.yaml": answers}
        sources = tuple(
            Source(path=path, data=text.encode()) for path, text in files.items() if text
        )
        submission = Submission(student="zoe", sources=sources, notes=(), digest="")
        return grade(submission, self.grading, self.sandbox)

    def part(self, number, **files):
        """The result of one part, by its number on the sheet."""
        parts = {part.number: part for part in self.report(**files).parts}
        return parts[number]

    def numbered(self, number):
        """The question of a part, and what its references expect."""
        one = next(n for n in self.grading.assignment.numbered if n.number == number)
        parts = self.grading.expected[one.part.slug].parts
        return one, next(part for part in parts if part.id == one.part.id)


@pytest.fixture(scope="session")
def grading(tmp_path_factory):
    root = second.write_course(tmp_path_factory.mktemp("course"))
    return prepared(find_course(given=root, near=root), None)


@pytest.fixture(scope="session")
def desk(grading):
    with Sandbox(walls=Walls.NONE) as sandbox:
        yield Desk(grading, sandbox)
