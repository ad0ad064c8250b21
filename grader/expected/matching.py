"""Holds what a solution file declares against the problem's public side.

Looks at names and counts alone; runs none of the author's functions.
"""

import inspect
from collections.abc import Iterable
from pathlib import Path

from grader.authoring import PartSolution, Solution
from grader.errors import ProblemError, did_you_mean
from grader.model import Kind, Part, Problem
from grader.student.formulas import FormulaError, evaluate_text

_MADE_OF: dict[Kind, str] = {
    "computed": "a signature",
    "choice": "claims",
    "text": "a rubric",
}
_VALIDATOR = "the validator"


def check_fits(path: Path, problem: Problem, solution: Solution) -> None:
    """Hold what a solution declares against the parts that the problem has.

    Raises:
        ProblemError: something is missing, misplaced or misspelt.
    """
    parts = {part.name: part for part in problem.parts}
    for name in solution.parts:
        if name not in parts:
            raise ProblemError(
                path, f"there is no part {name!r} in problem.yaml{_near(name, parts)}"
            )
    for part in problem.parts:
        declared = solution[part.name]
        _check_kind(path, part, declared)
        if part.kind == "computed":
            _check_computed(path, part, declared)
        elif part.kind == "choice":
            _check_claims(path, part, declared)


def _check_kind(path: Path, part: Part, declared: PartSolution) -> None:
    """Only what goes with the part's kind is declared."""
    given: dict[tuple[Kind, str], bool] = {
        ("computed", "reference"): declared.reference_function is not None,
        ("computed", "test"): bool(declared.tests),
        ("computed", "wrong"): bool(declared.wrongs),
        ("choice", "true"): bool(declared.experiments),
        ("text", "rubric"): bool(declared.rubrics),
        ("text", "red_flags"): bool(declared.flags),
    }
    for (kind, name), is_given in given.items():
        if is_given and kind != part.kind:
            raise ProblemError(
                path,
                f"{part.id} has {_MADE_OF[part.kind]} in problem.yaml, and part.{name} is for "
                f"parts with {_MADE_OF[kind]}",
            )


def _check_computed(path: Path, part: Part, declared: PartSolution) -> None:
    if declared.reference_function is None:
        raise ProblemError(path, f"{part.id} has no reference; declare one with @part.reference")
    assert part.signature is not None
    if not declared.tests and not part.public and part.signature.inputs:
        raise ProblemError(path, f"{part.id} has no test; declare one with part.test(...)")
    for name in {t.name for t in declared.tests} & {t.name for t in part.public}:
        raise ProblemError(
            path, f"{part.id}: a public test is called {name!r}, too; give each its name"
        )
    weights = [*(t.weight for t in declared.tests), *(t.weight for t in part.public)]
    if weights and not any(weights):
        raise ProblemError(path, f"{part.id}: all tests weigh 0; give one of them a weight")
    for name in declared.undecorated:
        raise ProblemError(
            path,
            f"{part.id}: the accepted answer {name!r} has no function; put @ in front of the "
            "declaration and a function below it",
        )
    for what in declared.unsaid:
        raise ProblemError(
            path, f'{part.id}: {what} has no sentence; write .say("…") behind the declaration'
        )
    _check_parameters(path, part, declared)
    _check_carries(path, part, declared)


def _check_parameters(path: Path, part: Part, declared: PartSolution) -> None:
    """Functions take the inputs by the names that the signature gives them."""
    assert part.signature is not None
    names = [v.name for v in part.signature.inputs]
    functions = [("the reference", declared.reference_function)]
    functions += [("the oracle", declared.oracle_function)]
    functions += [(f"the misconception {w.name!r}", w.function) for w in declared.wrongs]
    functions += [(f"the accepted answer {name!r}", f) for name, f in declared.accepted]
    functions += [(_VALIDATOR, declared.validator)]
    for what, function in functions:
        if function is None:
            continue
        taken = [*names, "answer"] if what == _VALIDATOR else names
        try:
            inspect.signature(function).bind(**dict.fromkeys(taken))
        except ValueError:
            continue  # some of C's functions do not tell what they take
        except TypeError as error:
            wanted = ", ".join(taken) or "no parameters"
            raise ProblemError(
                path,
                f"{part.id}: {what} does not take the signature's inputs: {error}; wanted {wanted}",
            ) from error


def _check_carries(path: Path, part: Part, declared: PartSolution) -> None:
    assert part.signature is not None
    outputs = [v.name for v in part.signature.outputs]
    for rule in declared.carries:
        if rule.output not in outputs:
            raise ProblemError(
                path,
                f"{part.id}: carry names {rule.output!r}; the outputs are {', '.join(outputs)}",
            )
        if isinstance(rule.rule, str):
            _check_formula(path, part, rule.output, rule.rule)
        known = [*(v.name for v in part.signature.inputs), *outputs]
        for name in rule.takes:
            if name not in known or name == rule.output:
                raise ProblemError(
                    path,
                    f"{part.id}: the carry rule of {rule.output!r} takes {name!r}; wanted inputs "
                    f"and other outputs, of {', '.join(known)}",
                )


def _check_formula(path: Path, part: Part, output: str, formula: str) -> None:
    """A total is a formula in the other outputs; tried once, with 1 for each of them."""
    assert part.signature is not None
    others = [v.name for v in part.signature.outputs if v.name != output]
    try:
        evaluate_text(formula, dict.fromkeys(others, 1))
    except FormulaError as error:
        raise ProblemError(
            path,
            f"{part.id}: the carry rule of {output!r} is {formula!r}, which can not be read: "
            f"{error.sentence}",
        ) from error


def _check_claims(path: Path, part: Part, declared: PartSolution) -> None:
    wanted = [claim.id for claim in part.claims]
    keyed = [experiment.id for experiment in declared.experiments]
    for name in keyed:
        if name not in wanted:
            raise ProblemError(path, f"{part.id}: there is no claim {name!r}{_near(name, wanted)}")
    missing = [name for name in wanted if name not in keyed]
    if missing:
        raise ProblemError(
            path,
            f"{part.id}: no key for the claims {', '.join(missing)}; declare each by "
            f'part.true("{missing[0]}", …) or part.false(…)',
        )
    for key in declared.experiments:
        is_met = part.pick == "each" or (part.pick == "one" and not key.truth)
        if is_met and not key.say:
            raise ProblemError(
                path,
                f"{part.id}: the claim {key.id!r} has no sentence for who gets it wrong; write "
                '.say("…") behind the declaration',
            )
    picked = sum(experiment.truth for experiment in declared.experiments)
    if part.pick == "one" and picked != 1:
        raise ProblemError(
            path, f"{part.id}: pick one needs exactly one true option, found {picked}"
        )


def _near(name: str, known: Iterable[str]) -> str:
    names = list(known)
    return did_you_mean(name, names) or f"; it has {', '.join(names)}"
