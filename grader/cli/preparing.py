"""What is graded against, as the command line names it: a course, an assignment, some parts."""

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.course import Course
    from grader.grading import Grading
    from grader.model import Assignment, NumberedPart


def prepared(course: "Course", name: str | None, only: tuple[str, ...] = ()) -> "Grading":
    """Load the assignment, or some parts of it, with what the references expect.

    Raises:
        UsageError: there is no such assignment or part, or there are no solutions.
        CourseError, ProblemError: a file of the course is broken.
    """
    assignment = course.assignment(name)
    if only:
        assignment = _some(assignment, only)
    if not course.solution_file("any").parent.is_dir():
        raise UsageError(
            f"{course.root}: there are no solutions here, so nothing can be graded; `grade check`"
            " runs the public tests"
        )
    return expecting(course, assignment)


def expecting(course: "Course", assignment: "Assignment") -> "Grading":
    """An assignment of the course, with what the references of its problems expect.

    Raises:
        ProblemError: a problem is broken.
    """
    from grader.grading import prepare

    slugs = [problem.slug for problem in assignment.problems]
    return prepare(
        assignment,
        public={slug: course.problem_file(slug) for slug in slugs},
        private={slug: course.solution_file(slug) for slug in slugs},
        cache=course.private / "expected",
    )


def _some(assignment: "Assignment", only: tuple[str, ...]) -> "Assignment":
    for name in only:
        if not any(_is_named(numbered, name) for numbered in assignment.numbered):
            numbers = ", ".join(numbered.number for numbered in assignment.numbered)
            raise UsageError(f"--only {name}: there is no such part; the sheet has {numbers}")
    numbered = tuple(n for n in assignment.numbered if any(_is_named(n, name) for name in only))
    slugs = {n.part.slug for n in numbered}
    problems = tuple(problem for problem in assignment.problems if problem.slug in slugs)
    return replace(assignment, numbered=numbered, problems=problems)


def _is_named(numbered: "NumberedPart", name: str) -> bool:
    """By number ("5.1" names 5.1a and 5.1b as well), by slug, or by slug/part."""
    base = re.sub(r"(?<=\d)[a-z]$", "", numbered.number)
    return name in (numbered.number, base, numbered.part.slug, numbered.part.id)
