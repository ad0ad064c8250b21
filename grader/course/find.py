"""Finds the course around a path and reads course.yaml.

Knows where things lie in a course; nothing of what is in them beyond course.yaml.
"""

import contextlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import msgspec
from msgspec.structs import replace

from grader.course.problems import load_problem
from grader.course.strict import convert_strict, load_strict
from grader.errors import CourseError, GraderError, UsageError, did_you_mean
from grader.model import RUNGS, Assignment, Hints, NumberedPart, Problem, due_at

COURSE_FILE = Path("problems") / "course.yaml"


class _AssignmentFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One assignment in course.yaml: per number of the sheet its part, or parts, in order.

    Attributes:
        hints: how much hidden tests may say, where it is not what the course says.
        due: a day, or a time with its zone.
    """

    title: str
    parts: dict[str, str | list[str]]
    hints: Hints | None = None
    due: str | None = None


_INSTALL = (
    "You get the grader from those who teach the course; `pip install .` in its folder installs it."
)


class _CourseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """course.yaml.

    Attributes:
        install: how students get the grader, in Markdown.
    """

    title: str
    default: str
    assignments: dict[str, Any]
    hints: Hints = "concept"
    install: str = _INSTALL


class Course:
    """A course: its folders, its assignments and their problems."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.file = root / COURSE_FILE
        self._content = load_strict(self.file, _CourseFile, error=CourseError)
        if self._content.default not in self._content.assignments:
            raise CourseError(
                self.file,
                f"found {self._content.default!r}; wanted one of {self._names()}",
                where="default",
            )

    @property
    def title(self) -> str:
        """The course's title."""
        return self._content.title

    @property
    def install(self) -> str:
        """How students get the grader, in Markdown."""
        return self._content.install

    @property
    def submissions(self) -> Path:
        """Where submissions lie."""
        return self.root / "submissions"

    @property
    def reports(self) -> Path:
        """Where reports are written."""
        return self.root / "reports"

    @property
    def private(self) -> Path:
        """Where caches lie."""
        return self.root / ".grade"

    @property
    def templates(self) -> Path:
        """Where the course's own templates lie; they come before ours."""
        return self.root / "templates"

    def problem_file(self, slug: str) -> Path:
        """The public file of a problem."""
        return self.root / "problems" / slug / "problem.yaml"

    def solution_file(self, slug: str) -> Path:
        """The private file of a problem."""
        return self.root / "solutions" / f"{slug.replace('-', '_')}.py"

    def assignment_name(self, name: str | None = None) -> str:
        """The assignment of that name, or the default one.

        Raises:
            UsageError: there is none.
        """
        name = name or self._content.default
        if name not in self._content.assignments:
            raise UsageError(f"there is no assignment {name!r}; {self.file} has {self._names()}")
        return name

    def assignment(self, name: str | None = None) -> Assignment:
        """Read an assignment (the default one if no name is given) with all its problems.

        Raises:
            UsageError: there is no assignment of that name.
            CourseError, ProblemError: a file is broken, or names a part that is not there.
        """
        name = self.assignment_name(name)
        content = convert_strict(
            self._content.assignments[name],
            _AssignmentFile,
            path=self.file,
            where=f"assignments.{name}",
            error=CourseError,
        )
        where = f"assignments.{name}.parts"
        if not any(content.parts.values()):
            told = 'there is no part; list one under its number, such as  "1.1": my-problem/part'
            raise CourseError(self.file, told, where=where)
        ids = [i for given in content.parts.values() for i in _listed(given)]
        for twice in (i for i in ids if ids.count(i) > 1):
            raise CourseError(self.file, f"the part {twice!r} is listed twice", where=where)
        slugs = dict.fromkeys(i.partition("/")[0] for i in ids)
        for slug in slugs:
            self._check_folder(slug, where)
        hints = content.hints or self._content.hints
        problems = {slug: _capped(load_problem(self.problem_file(slug)), hints) for slug in slugs}
        numbered = self._numbered(content, problems, where)
        _check_function_names(self.file, numbered)
        return Assignment(
            name=name,
            title=content.title,
            problems=tuple(problems.values()),
            numbered=tuple(numbered),
            due=None if content.due is None else self._due(content.due, f"assignments.{name}.due"),
        )

    def alone(self, slug: str) -> Assignment:
        """A problem by itself; its parts have the default assignment's numbers, or else names.

        Raises:
            ProblemError: the problem is broken.
        """
        problem = load_problem(self.problem_file(slug))
        numbers: dict[str, str] = {}
        with contextlib.suppress(GraderError):  # whatever else is broken is not asked for here
            numbers = {one.part.id: one.number for one in self.assignment().numbered}
        numbered = tuple(
            NumberedPart(number=numbers.get(part.id, part.name), part=part)
            for part in problem.parts
        )
        return Assignment(name=slug, title=problem.title, problems=(problem,), numbered=numbered)

    def _due(self, text: str, where: str) -> datetime:
        try:
            return due_at(text, needs_zone=True)
        except ValueError as error:
            raise CourseError(self.file, str(error), where=where) from None

    def _check_folder(self, slug: str, where: str) -> None:
        if self.problem_file(slug).parent.is_dir():
            return
        known = sorted(file.parent.name for file in self.file.parent.glob("*/problem.yaml"))
        advice = did_you_mean(slug, known) or f"; make its folder problems/{slug}"
        raise CourseError(self.file, f"there is no problem {slug!r}{advice}", where=where)

    def _numbered(
        self, content: _AssignmentFile, problems: dict[str, Problem], where: str
    ) -> list[NumberedPart]:
        parts = {part.id: part for problem in problems.values() for part in problem.parts}
        numbered: dict[str, NumberedPart] = {}
        for number, given in content.parts.items():
            for label, id_ in self._lettered(number, _listed(given), where):
                if id_ not in parts:
                    slug = id_.partition("/")[0]
                    known = [p.id for p in problems[slug].parts]
                    advice = did_you_mean(id_, known) or f"; the problem has {', '.join(known)}"
                    raise CourseError(self.file, f"there is no part {id_!r}{advice}", where=where)
                if label in numbered:
                    told = f"{numbered[label].part.id} and {id_} both have the number {label!r}"
                    raise CourseError(self.file, f"{told}; give one of them another", where=where)
                numbered[label] = NumberedPart(number=label, part=parts[id_])
        return list(numbered.values())

    def _lettered(self, number: str, listed: list[str], where: str) -> Iterable[tuple[str, str]]:
        """Each listed part with its number, which is its own or has a letter."""
        if len(listed) == 1:
            return [(number, listed[0])]
        if len(listed) > len(ascii_lowercase):
            told = f"{number!r} has {len(listed)} parts, and letters end at z"
            raise CourseError(self.file, f"{told}; give some of them another number", where=where)
        return zip((number + letter for letter in ascii_lowercase), listed, strict=False)

    def _names(self) -> str:
        return ", ".join(self._content.assignments)


def find_course(*, given: Path | None, near: Path = Path()) -> Course:
    """The course given, or else the one around `near`, or around the current directory.

    Raises:
        UsageError: there is none.
        CourseError: course.yaml is broken.
    """
    if given is not None:
        if not (given / COURSE_FILE).is_file():
            raise UsageError(f"--course {given}: there is no such file as {COURSE_FILE} in it")
        return Course(given.resolve())
    starts = dict.fromkeys((near.resolve(), Path.cwd()))
    for start in starts:
        for folder in (start, *start.parents):
            if (folder / COURSE_FILE).is_file():
                return Course(folder)
    advice = "name the course's folder with --course"
    for file in sorted(Path.cwd().glob(f"*/{COURSE_FILE}"))[:1]:
        below = file.parents[1].name
        advice = f"there is one in {below}: go there, or add  --course {below}"
    raise UsageError(
        f"no course found: there is no {COURSE_FILE} in {' or '.join(map(str, starts))}, nor in a "
        f"folder above; {advice}"
    )


def _capped(problem: Problem, hints: Hints) -> Problem:
    """The problem with no part's hidden tests above a rung; a part may stay lower by itself."""
    parts = (replace(p, hints=min(p.hints, hints, key=RUNGS.index)) for p in problem.parts)
    return replace(problem, parts=tuple(parts))


def _listed(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given


def _check_function_names(file: Path, numbered: list[NumberedPart]) -> None:
    """Function names are unique in an assignment, so that a definition answers one part."""
    owners: dict[str, str] = {}
    for part in (n.part for n in numbered):
        if part.signature is None or not part.signature.inputs or part.call:
            continue
        name = part.signature.name
        if name in owners:
            raise CourseError(
                file, f"{owners[name]} and {part.id} both ask for a function {name!r}; rename one"
            )
        owners[name] = part.id
