"""A problem's tests as items of pytest.

    pytest solutions/batch_norm.py --submission submissions/alice -k jacobian -x --pdb

pytest loads this module wherever grader is installed, so it imports nothing of grader until a
solution file is collected. Without --submission it collects nothing, and says so where a solution
is named. It only asks: marks come from `grading`, and a student's code runs in the sandbox.
"""

from __future__ import annotations

import warnings
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.course import Course
    from grader.model import NumberedPart, OutputResult, PartResult, TestResult

_ONLY = "the answer"  # the item of a part that has no tests: a choice, a text, a number


class Lost(Exception):  # noqa: N818  # a lost mark, not an error
    """A test that an answer did not pass; the message is what an author reads."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one option."""
    parser.getgroup("grader").addoption(
        "--submission",
        type=Path,
        metavar="PATH",
        help="run the tests of the problems whose solution files are named against this submission",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a submission that is not there."""
    path = _submission(config)
    if path is not None and not path.exists():
        raise pytest.UsageError(
            f"--submission {path}: there is no such file or folder; name what was handed in"
        )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a solution file that pytest itself would pass by: below a folder that is named."""
    if not _is_asked(file_path, parent.config) or _is_pythons(file_path, parent):
        return None
    return _SolutionFile.from_parent(parent, path=file_path)


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Collector | None:
    """Collect a solution file in place of the module that pytest takes it for."""
    if not _is_asked(module_path, parent.config):
        return None
    return _SolutionFile.from_parent(parent, path=module_path)


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """Say what is missing where a solution is named, and nothing that was handed in."""
    named = (Path(argument.partition("::")[0]) for argument in config.args)
    is_missing = _submission(config) is None and any(map(_is_solution, named))
    return ["a solution runs against what was handed in: add  --submission PATH"] * is_missing


def _submission(config: pytest.Config) -> Path | None:
    path: Path | None = config.getoption("--submission")
    return path


def _is_asked(path: Path, config: pytest.Config) -> bool:
    """Whether a file is a solution, and its tests are asked for."""
    return _submission(config) is not None and _is_solution(path)


def _is_solution(path: Path) -> bool:
    """Whether a file is the solution of a problem that stands beside it."""
    path = path.absolute()
    if path.suffix != ".py" or path.parent.name != "solutions":
        return False
    slug = path.stem.replace("_", "-")
    return (path.parents[1] / "problems" / slug / "problem.yaml").is_file()


def _is_pythons(path: Path, parent: pytest.Collector) -> bool:
    """Whether pytest takes the file for a module of tests: it is named, or is called like one."""
    patterns = parent.config.getini("python_files")
    return parent.session.isinitpath(path) or any(fnmatch(path.name, p) for p in patterns)


# --- what is collected ----------------------------------------------------------------------------


class _SolutionFile(pytest.File):
    """One problem; graded once, when its first item runs."""

    def collect(self) -> Iterator[_Part]:
        """The problem's parts, in the order of the sheet."""
        from grader.errors import GraderError
        from grader.expected import load_solution

        try:
            assignment = self._course.alone(self._slug)
            solution = load_solution(self.path, assignment.problems[0])
        except GraderError as error:
            raise self.CollectError(f"error: {error}") from error
        for one in assignment.numbered:
            public = [test.name for test in one.part.public]
            hidden = [test.name for test in solution[one.part.name].tests]
            names = [*public, *hidden] or [_ONLY]
            yield _Part.from_parent(self, name=one.part.name, numbered=one, tests=names)

    @property
    def _slug(self) -> str:
        return self.path.stem.replace("_", "-")

    @cached_property
    def _course(self) -> Course:
        from grader.course import find_course

        return find_course(given=None, near=self.path)

    @cached_property
    def results(self) -> dict[str, PartResult]:
        """The results of all parts, by id."""
        from grader.cli.preparing import expecting
        from grader.grading import grade
        from grader.sandbox import Sandbox
        from grader.submission import take_submission

        path = _submission(self.config)
        assert path is not None
        grading = expecting(self._course, self._course.alone(self._slug))
        with Sandbox(walls=None) as sandbox:
            report = grade(take_submission(path), grading, sandbox)
        return {part.id: part for part in report.parts}


class _Part(pytest.Collector):
    """One part of the problem."""

    def __init__(self, *, numbered: NumberedPart, tests: list[str], **node: Any) -> None:
        super().__init__(**node)
        self.numbered, self._tests = numbered, tests
        self.extra_keyword_matches.update((numbered.number, numbered.part.id))

    def collect(self) -> Iterator[_Test]:
        """The public tests, then the hidden ones."""
        for name in self._tests:
            yield _Test.from_parent(self, name=name)


class _Test(pytest.Item):
    """One test of one part."""

    parent: _Part

    def setup(self) -> None:
        """Grade; what fails here is not the student's failure, and pytest calls it an error."""
        from grader.errors import GraderError
        from grader.model import Verdict

        file = self.getparent(_SolutionFile)
        assert file is not None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("default")  # an oracle's warnings decide nothing
                self._part = file.results[self.parent.numbered.part.id]
        except GraderError as error:
            pytest.fail(f"error: {error}", pytrace=False)
        except Exception as error:  # noqa: BLE001  # as on the command line: no traceback of ours
            kind = type(error).__name__
            pytest.fail(f"the grader failed ({kind}: {error}); nobody loses marks", pytrace=False)
        found = self._found
        if found.verdict is Verdict.FAILED_TO_GRADE:
            pytest.fail(f"error: {self._part.trouble or found.sentence}", pytrace=False)

    def runtest(self) -> None:
        """Pass, skip what nobody has judged, or stop with what was found."""
        from grader.model import Verdict

        found = self._found
        if getattr(found, "printed", ""):
            self.add_report_section("call", "print", found.printed)  # type: ignore[union-attr]
        for remark in found.remarks:
            self.add_report_section("call", "remark", remark)
        if found.verdict in (Verdict.NEEDS_MARKING, Verdict.SKIPPED):
            pytest.skip(found.sentence or "a person marks this text")
        if found.verdict is Verdict.PASSED and found.marks == found.out_of:
            return
        _stop(**_values_of(found), sentence="\n".join(_sentences(found)))

    @property
    def _found(self) -> TestResult | PartResult:
        """The test's result; a part without one (nothing handed in, a choice) speaks for it."""
        by_name = {test.name: test for test in self._part.tests}
        return by_name.get(self.name, self._part)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Our sentences, and no traceback of our code."""
        if isinstance(excinfo.value, Lost):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it stands, and its heading among the failures."""
        return self.path, None, f"{self.parent.numbered.number} {self.parent.name}: {self.name}"


# --- what is said ---------------------------------------------------------------------------------


def _stop(
    *,
    inputs: dict[str, Any],  # noqa: ARG001  # for who looks around here, as the next two
    got: dict[str, Any],  # noqa: ARG001
    expected: dict[str, Any],  # noqa: ARG001
    sentence: str,
) -> NoReturn:
    """Where --pdb stops: `inputs` of the case, and by output what was `got` and is `expected`."""
    raise Lost(sentence)


def _values_of(found: TestResult | PartResult) -> dict[str, dict[str, Any]]:
    """The case that failed, as arrays and numbers by name."""
    from grader.student.packing import unpack

    inputs = getattr(found, "inputs", {})
    outputs = [o for o in getattr(found, "outputs", ()) if not o.is_right]
    shown = [output for output in outputs if output.case == outputs[0].case]
    return {
        "inputs": {name: unpack(packed) for name, packed in inputs.items()},
        "got": {o.name: unpack(o.got) for o in shown if o.got is not None},
        "expected": {o.name: unpack(o.expected) for o in shown if o.expected is not None},
    }


def _sentences(found: TestResult | PartResult) -> Iterator[str]:
    """The most telling line first: pytest repeats it in its summary."""
    outputs = [o for o in getattr(found, "outputs", ()) if not o.is_right and o.comparison]
    for output in outputs:
        yield from _of_output(output)
    if not outputs:
        unread = "not read: " if found.verdict == "unreadable" else ""
        yield f"{unread}{found.sentence or found.verdict}"
    yield from (f"  {line}" for line in getattr(found, "traceback", ()))
    cases = getattr(found, "cases", 0)
    if cases > 1:
        yield f"{getattr(found, 'cases_passed', 0)} of {cases} cases passed"


def _of_output(output: OutputResult) -> Iterator[str]:
    """What differs, at which stage, where, by how much, and which mistake it is."""
    from grader.cli.checked import values_of
    from grader.model import Stage

    yield f"{output.name}: {output.sentence.removeprefix(f'{output.name}: ')}"
    found = output.comparison
    assert found is not None
    outside = f"; {found.bad} of {found.size} elements are outside" if found.size > 1 else ""
    if found.stage is Stage.VALUES:
        yield f"  {found.stage}: error {found.error:.2g}, at most {found.bound:.2g}{outside}"
    else:
        yield f"  {found.stage}: {found.sentence or 'agrees'}{outside}"
    if values := values_of(output):
        yield f"  case {output.case}: {values}"
    if output.misconception:
        yield f"  misconception: {output.misconception}"
    elif output.diagnosis is not None and output.diagnosis.hint:
        yield f"  hint: {output.diagnosis.hint}"
