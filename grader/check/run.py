"""The tour of one check: read the answers, run them on what is public, judge what can be judged.

Needs no solutions, and knows of hidden tests how many there are.
"""

from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction

import numpy as np
from msgspec.structs import replace

from grader.check.records import Checked, PartCheck, Status
from grader.expected import bind_outputs, public_part, tried_part
from grader.grading import (
    OwnCode,
    asked_of,
    could_hide,
    formula_readings,
    judge_choice,
    judge_computed,
    readings_of,
    task_for,
    unlabelled,
)
from grader.model import (
    Assignment,
    ExpectedClaim,
    ExpectedPart,
    NumberedPart,
    Part,
    PartResult,
    Reading,
    Record,
    TestResult,
    Verdict,
    counted,
    plain_label,
)
from grader.sandbox import Plain, Sandbox, TaskOutcome
from grader.student.packing import Value
from grader.student.signature import Variable
from grader.student.wire import Job, Raised, Task
from grader.submission import Match, Submission, match_answers

_STATUSES = {
    Verdict.PASSED: Status.PASSED,
    Verdict.WRONG: Status.WRONG,
    Verdict.UNREADABLE: Status.UNREADABLE,
}
CPU_S, PATIENT_CPU_S = 2.0, 10.0
NOT_BEGUN = "NotImplementedError: not answered yet"
"""What a starter raises in place of an answer."""
_OWN = OwnCode(is_valid=None, carried=lambda *_: None)


class _Work(Record, frozen=True, kw_only=True):
    """One part that something answers, with what is run for it.

    Attributes:
        is_judged: whether values are expected of it here.
    """

    numbered: NumberedPart
    match: Match
    expected: ExpectedPart
    is_judged: bool
    task: Task | None


def check(
    submission: Submission,
    assignment: Assignment,
    runner: Plain | Sandbox,
    *,
    slugs: Collection[str],
    seed: int,
) -> Checked:
    """Check an assignment's problems, with their public side alone.

    Args:
        slugs: the problems to check.
        seed: of the random inputs on which gradients are checked.
    """
    index = runner.read(submission.sources, asked_of(assignment))
    matching = match_answers(index, assignment)
    numbered = [n for n in assignment.numbered if n.part.slug in slugs]
    work = [_work(n, matching.matches[n.part.id], seed) for n in numbered]
    outcomes = dict(_outcomes(submission, work, runner))
    files = (*index.unread, *submission.left_out)
    known = tuple(problem.slug for problem in assignment.problems)
    hidden = {n.part.id for n in numbered if could_hide(n.part, files, known)}
    unread = tuple(f"{u.place.file}: {u.message}" for u in index.unread)
    return Checked(
        title=assignment.title,
        parts=tuple(_part(w, outcomes.get(w.numbered.part.id), hidden) for w in work),
        notes=(*submission.notes, *unread, *matching.notes),
    )


def _work(numbered: NumberedPart, match: Match, seed: int) -> _Work:
    part = numbered.part
    is_run = part.signature is not None and not match.doubt and not match.is_missing
    expected = public_part(part, seed=seed) if is_run else ExpectedPart(id=part.id)
    is_judged = bool(expected.tests)
    if is_run and not is_judged:
        expected = tried_part(part) or expected
    task = task_for(part, expected, match) if expected.tests else None
    return _Work(numbered=numbered, match=match, expected=expected, is_judged=is_judged, task=task)


def _outcomes(
    submission: Submission, work: list[_Work], runner: Plain | Sandbox
) -> Iterator[tuple[str, TaskOutcome]]:
    """What was run, by part id; one job per problem.

    Somebody is waiting, so an endless loop is told soon; importing torch gets its time.
    """
    uses_torch = any(b"torch" in source.data for source in submission.sources)
    by_problem: dict[str, list[Task]] = {}
    for one in work:
        if one.task is not None:
            most_s = PATIENT_CPU_S if uses_torch and "torch" in one.task.imports else CPU_S
            task = replace(one.task, cpu_s=min(one.task.cpu_s, most_s))
            by_problem.setdefault(one.numbered.part.slug, []).append(task)
    jobs = [Job(sources=submission.sources, tasks=tuple(t)) for t in by_problem.values()]
    for job, outcomes in zip(jobs, runner.run_all(jobs), strict=True):
        for task, outcome in zip(job.tasks, outcomes, strict=True):
            yield task.part, outcome


def _part(work: _Work, outcome: TaskOutcome | None, hidden: Collection[str]) -> PartCheck:
    part, match = work.numbered.part, work.match
    if match.doubt:
        return _found(work, Status.UNREADABLE, match.doubt)
    if match.is_missing:
        return _found(work, Status.HIDDEN if part.id in hidden else Status.MISSING)
    if part.kind == "text":
        words = sum(len(field.text.split()) for field in match.fields)
        return _found(work, Status.READ, f"{counted(words, 'word')}; a person will mark this text")
    if part.kind == "choice":
        return _choice(work)
    if why := unlabelled(part, match):
        read = formula_readings(part, match, outcome) if outcome is not None else ()
        return _found(work, Status.UNREADABLE, why, readings=_shown(read))
    if outcome is None:
        return _found(work, Status.READ, "no inputs can be drawn here, so it was not run")
    if work.is_judged:
        return _judged(work, judge_computed(work.numbered, work.expected, match, outcome, _OWN))
    return _tried(work, outcome)


def _found(
    work: _Work,
    status: Status,
    sentence: str = "",
    *,
    readings: tuple[Reading, ...] = (),
    tests: tuple[TestResult, ...] = (),
    remarks: tuple[str, ...] = (),
) -> PartCheck:
    return PartCheck(
        number=work.numbered.number,
        title=work.numbered.part.title,
        status=status,
        sentence=sentence,
        readings=readings,
        tests=tests,
        remarks=remarks,
        hidden=work.numbered.part.hidden,
    )


def _judged(work: _Work, result: PartResult) -> PartCheck:
    if result.tests and all(NOT_BEGUN in test.sentence for test in result.tests):
        return _found(work, Status.MISSING)
    return _found(
        work,
        _STATUSES.get(result.verdict, Status.FAILED),
        result.sentence,
        readings=_shown(result.readings),
        tests=result.tests,
        remarks=result.remarks,
    )


def _shown(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """The readings of typed answers; a function's says nothing more."""
    return tuple(r for r in readings if r.read_as or r.error or r.warnings)


# --- what can only be read ------------------------------------------------------------------------


def _choice(work: _Work) -> PartCheck:
    """Whether claims and picks can be read; what is right is not known here."""
    unknown = tuple(
        ExpectedClaim(id=claim.id, truth=number == 0)
        for number, claim in enumerate(work.numbered.part.claims)
    )
    expected = ExpectedPart(id=work.numbered.part.id, claims=unknown)
    result = judge_choice(work.numbered, expected, work.match)
    is_unread = any(reading.error for reading in result.readings)
    if result.verdict is Verdict.UNREADABLE and is_unread:
        return _found(work, Status.UNREADABLE, result.sentence, readings=_shown(result.readings))
    typed = readings_of(work.match)
    guessed = tuple(replace(r, read_as=r.typed) for r in typed if r.warnings)
    told = [counted(len(typed), "answer")]
    if work.numbered.part.pick == "each":
        told.append(_left_open((claim.id for claim in work.numbered.part.claims), typed))
    return _found(work, Status.READ, "; ".join(filter(None, told)), readings=guessed)


def _left_open(names: Iterable[str], readings: tuple[Reading, ...]) -> str:
    """Which pieces of an answer are not there yet: a key of the template that was passed over."""
    answered = {plain_label(reading.label) for reading in readings}
    left = [name for name in names if plain_label(name) not in answered]
    return f"not answered: {', '.join(left)}" if left else ""


def _tried(work: _Work, outcome: TaskOutcome) -> PartCheck:
    """Whether an answer runs on one case, and gives what the signature says."""
    part, match = work.numbered.part, work.match
    readings = _shown(formula_readings(part, match, outcome))
    unread = next((f"{r.label}: {r.error}".lstrip(": ") for r in readings if r.error), "")
    if unread:
        return _found(work, Status.UNREADABLE, unread, readings=readings)
    (test,) = outcome.tests
    if test.verdict is not Verdict.PASSED:
        return _found(work, Status.FAILED, test.sentence)
    result = test.cases[0].result
    if isinstance(result, Raised):
        status = Status.MISSING if NOT_BEGUN in result.message else Status.FAILED
        return _found(work, status, result.message)
    assert part.signature is not None
    values = bind_outputs(result.value, part.signature)
    if match.function is None:
        pieces = [v.name for v in part.signature.outputs]
        told = _left_open(pieces, readings) if len(pieces) > 1 else ""
        return _found(work, Status.READ, told, readings=_with_values(part, readings, values))
    if values is None:
        names = ", ".join(map(str, part.signature.outputs))
        return _found(work, Status.WRONG, f"wanted {names}")
    return _found(work, Status.RUNS, _returned(part, values))


def _with_values(
    part: Part, readings: tuple[Reading, ...], values: tuple[Value, ...] | None
) -> tuple[Reading, ...]:
    """The readings of calculations with what they come to; formulas depend on inputs."""
    assert part.signature is not None
    if part.signature.inputs or values is None:
        return readings
    pairs = zip(part.signature.outputs, values, strict=True)
    by_name = {variable.name: _number(value) for variable, value in pairs}
    first = next(iter(by_name))
    return tuple(_valued(reading, by_name.get(reading.label or first, "")) for reading in readings)


def _valued(reading: Reading, value: str) -> Reading:
    if not value or value == reading.read_as or not reading.read_as:
        return reading
    return replace(reading, read_as=f"{reading.read_as} = {value}")


def _number(value: Value) -> str:
    """A number in at most six digits, whole ones in full; "" where there is none."""
    if isinstance(value, int):
        return str(value)
    return f"{float(value):.6g}" if isinstance(value, float | Fraction) else ""


def _returned(part: Part, values: tuple[Value, ...]) -> str:
    assert part.signature is not None
    pairs = zip(part.signature.outputs, values, strict=True)
    return f"returns {', '.join(_shape(variable, value) for variable, value in pairs)}"


def _shape(variable: Variable, value: Value) -> str:
    shape = np.shape(value) if not isinstance(value, str | dict | tuple) else ()
    return f"{variable.name} of shape {shape}" if shape else variable.name
