"""The public files of a kit: course.yaml, and problem.yaml with its expected values filled in.

Comments of the author's files are left out. Knows the YAML of both files.
"""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from grader.course import Course, load_yaml
from grader.errors import CourseError, ProblemError
from grader.model import Assignment, ExpectedPart, ExpectedProblem, ExpectedTest
from grader.student.packing import Packed, Value, unpack
from grader.student.signature import Signature, parse_signature

_WIDTH = 100
_RUBRIC = ("a person marks this text",)


class _Dumper(yaml.SafeDumper):
    """Writes long texts as blocks, and whatever stands twice twice."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # the library's signature
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def course_file(course: Course, assignment: Assignment) -> str:
    """course.yaml with one assignment alone."""
    data = load_yaml(course.file, CourseError)
    only = {
        "title": data["title"],
        "default": assignment.name,
        "assignments": {assignment.name: data["assignments"][assignment.name]},
    }
    return _dumped(only)


def problem_file(public: Path, expected: ExpectedProblem) -> str:
    """problem.yaml, its public tests with all inputs and expected values, hidden tests counted."""
    data = load_yaml(public, ProblemError)
    for part in expected.parts:
        written = data["parts"][part.id.partition("/")[2]]
        if "signature" in written:
            _fill_in(written, part)
        if "rubric" in written:
            written["rubric"] = list(_RUBRIC)  # the headings say what a good text says
    return _dumped(data)


def _fill_in(written: dict[str, Any], part: ExpectedPart) -> None:
    signature = parse_signature(written["signature"])
    shown = [test for test in part.tests if test.is_public]
    for test, own in zip(shown, written.get("public", []), strict=True):
        own["inputs"] = _inputs(signature, test)
        own["expected"] = _outputs(signature, test)
    hidden = len(part.tests) - len(shown)
    if hidden:
        written["hidden"] = hidden


def _inputs(signature: Signature, test: ExpectedTest) -> dict[str, Any]:
    pairs = zip(signature.inputs, test.cases[0].inputs, strict=True)
    return {variable.name: _plain(packed) for variable, packed in pairs}


def _outputs(signature: Signature, test: ExpectedTest) -> dict[str, Any]:
    pairs = zip(signature.outputs, test.cases[0].outputs, strict=True)
    return {variable.name: _plain(output.value) for variable, output in pairs}


def _plain(packed: Packed) -> Any:
    """A value as YAML has it: numbers, texts, and lists of them."""
    value: Value = unpack(packed)
    if isinstance(value, np.ndarray):
        return value.tolist()
    return float(value) if isinstance(value, Fraction) else value


def _dumped(data: Any) -> str:
    text: str = yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, indent=2
    )
    return text
