"""Puts a kit together, scans it for what must stay hidden, and packs it.

The same course gives the same bytes, on any day. How its texts are made is not known here.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.course import Course
from grader.errors import ProblemError
from grader.expected import Secrets, expected_for, load_solution
from grader.kit.public import course_file, problem_file
from grader.kit.starters import answers_template, starter
from grader.kit.statements import as_html, as_markdown, readme
from grader.model import Assignment, ExpectedProblem, Problem, Record

KIT_ANSWERS = "answers"
"""The folder of a kit in which a student writes, and which is handed in."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16
_UNIX = 3


class Kit(Record, frozen=True, kw_only=True):
    """A kit, file by file: paths inside it, and their text."""

    name: str
    files: dict[str, str]

    def packed(self) -> bytes:
        """The kit as a zip archive, below one folder of its name."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path, text in sorted(self.files.items()):
                entry = zipfile.ZipInfo(f"{self.name}/{path}", _LONG_AGO)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = _READABLE
                entry.create_system = _UNIX
                archive.writestr(entry, text.encode())
        return buffer.getvalue()


def make_kit(course: Course, assignment: Assignment, *, cache: Path | None) -> Kit:
    """Make the kit of an assignment.

    Raises:
        ProblemError: a problem is broken, or something hidden would be read in the kit.
    """
    expected = {
        problem.slug: expected_for(
            problem,
            public=course.problem_file(problem.slug),
            private=course.solution_file(problem.slug),
            cache=cache,
        )
        for problem in assignment.problems
    }
    files = dict(sorted(_files(course, assignment, expected)))
    _check_secrecy(course, assignment.problems, expected, files)
    return Kit(name=assignment.name, files=files)


def _files(
    course: Course, assignment: Assignment, expected: dict[str, ExpectedProblem]
) -> Iterator[tuple[str, str]]:
    yield "README.md", readme(assignment, KIT_ANSWERS, course.install)
    yield "problems/course.yaml", course_file(course, assignment)
    yield f"{KIT_ANSWERS}/answers.yaml", answers_template(assignment)
    for problem in assignment.problems:
        numbered = assignment.numbered_of(problem)
        public = course.problem_file(problem.slug)
        yield f"problems/{problem.slug}/problem.yaml", problem_file(public, expected[problem.slug])
        yield f"statements/{problem.slug}.md", as_markdown(problem, numbered)
        yield f"statements/{problem.slug}.html", as_html(problem, numbered)
        code = starter(problem, numbered)
        if code:
            yield f"{KIT_ANSWERS}/{problem.slug.replace('-', '_')}.py", code


def _check_secrecy(
    course: Course,
    problems: tuple[Problem, ...],
    expected: dict[str, ExpectedProblem],
    files: dict[str, str],
) -> None:
    """Refuse a kit in which a hidden value, or a line of a reference, can be read."""
    for problem in problems:
        private = course.solution_file(problem.slug)
        solution = load_solution(private, problem)
        secrets = Secrets(problem, solution, expected[problem.slug].parts)
        for path, text in files.items():
            for sentence in (*secrets.found_in(text), *secrets.rubric_in(text)):
                raise ProblemError(
                    course.problem_file(problem.slug),
                    f"the kit would give something away, in {path}: {sentence}",
                )
