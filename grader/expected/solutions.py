"""Loads a solution file and holds it against the problem's public side.

The file is the instructor's own code and is trusted. Knows nothing of drawn cases.
"""

import importlib.util
import re
import sys
import traceback
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from grader.authoring import DeclarationError, PartSolution, Solution
from grader.errors import ProblemError, did_you_mean
from grader.expected.matching import check_fits
from grader.expected.patience import OutOfTimeError, bounded
from grader.model import Part, Problem

PATIENCE_S = 60.0  # for one call; those that end take milliseconds
_DECLARING = re.compile(r"(?:PartSolution|Unsaid|Solution)\.(\w+)\(\) ")
# How declarations are written that take more than a function, or all by name.
_USAGE = {
    "__init__": 'Solution("slug-of-the-problem")',
    "test": 'part.test("name", cases=3, N=1)',
    "wrong": 'part.wrong("name", ("old", "new")).say("…")',
    "say": '.say("…")',
    "carry": 'part.carry(total="a + b").say("…")',
    "true": 'part.true("claim", lambda: 3 < 5).say("…")',
    "false": 'part.false("claim", lambda: 3 > 5).say("…")',
    "equivalent": 'part.equivalent("a → b", because="…")',
}


def load_solution(path: Path, problem: Problem) -> Solution:
    """Execute a solution file and return what it declares for the problem.

    Raises:
        ProblemError: the file is absent, fails, or does not fit the problem's parts.
    """
    module = _executed(path)
    solutions = {id(s): s for s in map(_solution_of, vars(module).values()) if s is not None}
    mine = [s for s in solutions.values() if s.slug == problem.slug]
    if len(mine) != 1:
        found = " and ".join(f'Solution("{s.slug}")' for s in solutions.values())
        raise ProblemError(
            path,
            f"found {found or 'no solution that has a name'}; "
            f'wanted one  solution = Solution("{problem.slug}")',
        )
    check_fits(path, problem, mine[0])
    return mine[0]


class PartCode:
    """A solution's own code for one part, which can judge answers that differ from the reference's.

    It is loaded when it is first asked, which most gradings never do.
    """

    def __init__(self, path: Path, problem: Problem, part: Part) -> None:
        self._path, self._problem, self._part = path, problem, part

    @cached_property
    def _declared(self) -> PartSolution:
        return load_solution(self._path, self._problem)[self._part.name]

    def is_valid(self, inputs: dict[str, Any], answer: dict[str, Any]) -> bool:
        """Whether the solution's validator accepts an answer; raises as `is_valid`."""
        return is_valid(self._path, self._declared, inputs, answer)

    def carried(self, output: str, inputs: dict[str, Any], answer: dict[str, Any]) -> Any:
        """What an output would be by its carry rule; raises as `carried`."""
        return carried(self._path, self._declared, output, {**inputs, **answer})


def is_valid(
    path: Path, declared: PartSolution, inputs: dict[str, Any], answer: dict[str, Any]
) -> bool:
    """Whether a part's validator accepts an answer.

    Raises:
        ProblemError: the validator fails.
    """
    assert declared.validator is not None
    what = f"{declared.id}: the validator"
    return bool(called(path, what, declared.validator, **inputs, answer=answer))


def carried(path: Path, declared: PartSolution, output: str, known: dict[str, Any]) -> Any:
    """What an output would be by its carry rule, from the inputs and a student's other outputs.

    Raises:
        ProblemError: the rule fails.
    """
    rule = next(rule for rule in declared.carries if rule.output == output)
    return called(path, f"{declared.id}: the carry rule of {output!r}", rule.carried, known=known)


def no_solution(path: Path) -> ProblemError:
    """The error of a solution that is not there, which may stand beside under its slug."""
    alike = [f for f in path.parent.glob("*.py") if f.stem.lower().replace("-", "_") == path.stem]
    advice = f"rename {alike[0].name}" if alike else "each problem needs its solution"
    return ProblemError(path, f"there is no such file; {advice}")


def called(path: Path, what: str, function: Callable[..., Any], **inputs: Any) -> Any:
    """Call an author's function; whatever it raises becomes a `ProblemError` with its line."""
    try:
        with bounded(PATIENCE_S), np.errstate(all="ignore"):
            return function(**inputs)
    except (Exception, SystemExit) as error:
        raise _failed(path, what, error) from error


def _failed(path: Path, what: str, error: Exception | SystemExit) -> ProblemError:
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    where = f"line {lines[-1]}" if lines else ""
    if isinstance(error, ModuleNotFoundError):
        message = f"{what} needs {error.name}, which is not installed; install it beside the grader"
        return ProblemError(path, message, where=where)
    if isinstance(error, OutOfTimeError):
        message = f"{what} did not end within {PATIENCE_S:g} s; look for a loop that has no end"
        return ProblemError(path, message, where=where)
    message = f"{what} raised {type(error).__name__}: {' '.join(str(error).split())}"
    return ProblemError(path, message + _advice(error), where=where)


def _advice(error: BaseException) -> str:
    """What to do about an error whose own words do not tell."""
    if isinstance(error, TypeError) and "Fraction" in str(error):
        return (
            "; without arrays, numbers arrive as exact fractions, which numpy's functions do not "
            "take: use those of math, or float(…) first"
        )
    if isinstance(error, AttributeError) and isinstance(error.obj, PartSolution):
        return did_you_mean(error.name, [n for n in dir(PartSolution) if not n.startswith("_")])
    called_wrongly = _DECLARING.match(str(error)) if isinstance(error, TypeError) else None
    if called_wrongly and called_wrongly[1] in _USAGE:
        return f"; wanted {_USAGE[called_wrongly[1]]}"
    if isinstance(error, AttributeError) and isinstance(error.obj, Solution):
        return f'; a part is solution["{error.name}"]'
    if isinstance(error, NameError) and error.__traceback__ is not None:
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        return did_you_mean(error.name, {**frame.f_globals, **frame.f_locals})
    return ""


def _executed(path: Path) -> Any:
    if not path.is_file():
        raise no_solution(path)
    name = f"grader_solution_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # inspect.getsource looks the module up
    try:
        with bounded(PATIENCE_S):
            spec.loader.exec_module(module)
    except DeclarationError as error:
        raise ProblemError(path, str(error)) from error
    except SyntaxError as error:
        raise ProblemError(
            path, f"is not valid Python: {error.msg}", where=f"line {error.lineno}"
        ) from error
    except (Exception, SystemExit) as error:
        raise _failed(path, "loading the file", error) from error
    return module


def _solution_of(value: object) -> Solution | None:
    if isinstance(value, Solution):
        return value
    return value.solution if isinstance(value, PartSolution) else None
