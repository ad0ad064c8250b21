"""The tour of one grading, from a submission to a report.

The whole run can be read in `grade`. What is right comes from `expected`, what was done from the
sandbox; nothing of a student's runs here.
"""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import grader
from grader.errors import ProblemError
from grader.expected import PartCode, expected_for
from grader.grading.choice import judge_choice, judge_text
from grader.grading.computed import OwnCode, judge_computed
from grader.grading.results import broken, missing, unreadable
from grader.grading.tasks import asked_of, could_hide, fields_by_output, task_for, unlabelled
from grader.model import (
    Assignment,
    ExpectedPart,
    ExpectedProblem,
    NumberedPart,
    PartResult,
    Problem,
    ProblemResult,
    Record,
    Report,
)
from grader.sandbox import Sandbox, TaskOutcome
from grader.student.wire import Job, Unread
from grader.submission import Match, Submission, match_answers, unread_files


class Grading(Record, frozen=True, kw_only=True, dict=True):
    """What is graded against.

    Attributes:
        expected: per slug, what the references expect.
        public, private: per slug, the problem's two files.
    """

    assignment: Assignment
    expected: dict[str, ExpectedProblem]
    public: dict[str, Path]
    private: dict[str, Path]

    @cached_property
    def codes(self) -> dict[str, PartCode]:
        """Per part the solution's own code: loaded when it is first asked, once for a class."""
        return {
            part.id: PartCode(self.private[problem.slug], problem, part)
            for problem in self.assignment.problems
            for part in problem.parts
        }


def prepare(
    assignment: Assignment, *, public: dict[str, Path], private: dict[str, Path], cache: Path | None
) -> Grading:
    """Load, or compute the first time, what the references expect.

    Raises:
        ProblemError: a problem is broken.
    """
    expected = {
        problem.slug: expected_for(
            problem, public=public[problem.slug], private=private[problem.slug], cache=cache
        )
        for problem in assignment.problems
    }
    return Grading(assignment=assignment, expected=expected, public=public, private=private)


def grade(submission: Submission, grading: Grading, sandbox: Sandbox) -> Report:
    """Grade a submission on all problems of the assignment."""
    return grade_timed(submission, grading, sandbox)[0]


def grade_timed(
    submission: Submission, grading: Grading, sandbox: Sandbox
) -> tuple[Report, dict[str, tuple[float, ...]]]:
    """Grade a submission; gives beside the report the CPU seconds of each test, by part.

    They are no part of the report, which is the same whenever a submission is graded.
    """
    index = sandbox.read(submission.sources, asked_of(grading.assignment))
    matching = match_answers(index, grading.assignment)
    outcomes: dict[str, TaskOutcome] = {}
    judge = _Judge(grading, matching.matches, outcomes, (*index.unread, *submission.left_out))
    problems = []
    for problem, done in _runs(submission, grading, matching.matches, sandbox):
        outcomes.update(done)
        problems.append(judge.problem(problem))  # while the next one runs
    unread = tuple(f"{u.place.file}: {u.message}" for u in index.unread)
    report = Report(
        student=submission.student,
        assignment=grading.assignment.name,
        title=grading.assignment.title,
        walls=sandbox.walls,
        walls_note=sandbox.walls_note,
        grader=grader.__version__,
        problems=tuple(problems),
        notes=(
            *submission.notes,
            *unread,
            *unread_files(submission.sources, index),
            *matching.notes,
        ),
    )
    return report, {
        part: tuple(test.cpu_s for test in outcome.tests) for part, outcome in outcomes.items()
    }


def _runs(
    submission: Submission, grading: Grading, matches: dict[str, Match], sandbox: Sandbox
) -> Iterator[tuple[Problem, dict[str, TaskOutcome]]]:
    """Run all answers, one job per problem; each problem with its outcomes by part id."""
    jobs: dict[str, Job] = {}
    for problem in grading.assignment.problems:
        expected = {part.id: part for part in grading.expected[problem.slug].parts}
        tasks = [
            task_for(numbered.part, expected[numbered.part.id], matches[numbered.part.id])
            for numbered in grading.assignment.numbered_of(problem)
        ]
        runnable = tuple(task for task in tasks if task is not None)
        if runnable:
            jobs[problem.slug] = Job(sources=submission.sources, tasks=runnable)
    outcomes = sandbox.run_all(jobs.values())
    for problem in grading.assignment.problems:
        job = jobs.get(problem.slug)
        done = zip(job.tasks, next(outcomes), strict=True) if job else ()
        yield problem, {task.part: outcome for task, outcome in done}


class _Judge:
    """Turns matches and outcomes into results, part by part."""

    def __init__(
        self,
        grading: Grading,
        matches: dict[str, Match],
        outcomes: dict[str, TaskOutcome],
        unread: tuple[Unread, ...],
    ) -> None:
        self.grading, self.matches = grading, matches
        self.outcomes, self.unread = outcomes, unread

    def problem(self, problem: Problem) -> ProblemResult:
        expected = {part.id: part for part in self.grading.expected[problem.slug].parts}
        parts = tuple(
            self._part(numbered, expected[numbered.part.id])
            for numbered in self.grading.assignment.numbered_of(problem)
        )
        return ProblemResult(slug=problem.slug, title=problem.title, parts=parts)

    def _part(self, numbered: NumberedPart, expected: ExpectedPart) -> PartResult:
        match = self.matches[numbered.part.id]
        if match.doubt:
            return unreadable(numbered, match, match.doubt)
        if match.is_missing:
            slugs = tuple(p.slug for p in self.grading.assignment.problems)
            hidden = could_hide(numbered.part, self.unread, slugs)
            if hidden is not None:
                return unreadable(numbered, match, f"{hidden.place.file}: {hidden.message}")
            return missing(numbered, match)
        if numbered.part.kind == "text":
            return judge_text(numbered, match)
        if numbered.part.kind == "choice":
            return judge_choice(numbered, expected, match)
        if match.function is None and not any(fields_by_output(numbered.part, match.fields)):
            return unreadable(numbered, match, unlabelled(numbered.part, match))
        outcome = self.outcomes[numbered.part.id]
        code = self.grading.codes[numbered.part.id]
        is_valid = code.is_valid if expected.has_validator else None
        own = OwnCode(is_valid=is_valid, carried=code.carried)
        try:
            return judge_computed(numbered, expected, match, outcome, own)
        except ProblemError as error:
            return broken(numbered, match, str(error))
