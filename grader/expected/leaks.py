"""What must not be read in public text: hidden values, the references' source, private rubrics.

Looks for hidden arrays and floats, for hidden whole numbers of four digits or more, for expressions
of the references, for source lines of more than 25 characters, for formulas that are a whole
answer, and for six words in a row of what a good text says. Knows texts, and nothing of where they
are shown.
"""

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from grader.authoring import PartSolution, Solution, source_of
from grader.model import ExpectedPart, Part, Problem
from grader.student.formulas import Formula, FormulaError, read, to_unicode
from grader.student.formulas.tree import Constant, Name, Number
from grader.student.packing import Packed, unpack

MIN_DIGITS = 4
MIN_LINE = 25
_MIN_EXPRESSION = 12
_MIN_OPERATIONS = 2
_SIGNIFICANT = 6  # digits of a float of a random case: fewer would meet by chance
_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?![\w.])|(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?")
_SPACES = re.compile(r"\s+")
_FORMULA = re.compile(r"\$+([^$]+)\$+|\\\((.+?)\\\)|`+([^`]+)`+")
_WORD = re.compile(r"[^\W_]+")
_RUN = 6  # so many words in a row are no accident


class Secrets:
    """What the hidden side of a problem holds, and what of it a text gives away."""

    def __init__(
        self, problem: Problem, solution: Solution, expected: Iterable[ExpectedPart]
    ) -> None:
        parts = {part.id: part for part in problem.parts}
        self._numbers: dict[str, str] = {}
        self._code: dict[str, str] = {}
        for known in expected:
            self._numbers.update(dict.fromkeys(_numbers(parts[known.id], known), known.id))
        for declared in solution.parts.values():
            self._code.update((code, declared.id) for code in _code_of(declared))
        pairs = [(parts[one.id], one) for one in solution.parts.values() if one.id in parts]
        self._answers = [answer for pair in pairs for answer in _answers(*pair)]
        self._runs = {
            run: declared.id
            for declared in solution.parts.values()
            for sentence in declared.rubrics
            for run in _runs(sentence)
        }
        # What the author writes into public code is public.
        shown = _squeezed("\n".join(part.call + part.forward for part in problem.parts))
        self._code = {code: id_ for code, id_ in self._code.items() if code not in shown}

    def found_in(self, text: str) -> list[str]:
        """What a text gives away, one sentence each."""
        return [*self.numbers_in(text), *self.code_in(text), *self.answers_in(text)]

    def numbers_in(self, text: str) -> list[str]:
        """The hidden numbers that a text holds."""
        found = {}
        for match in _NUMBER.finditer(text):
            number = _normal(match.group())
            if number in self._numbers:
                found[number] = f"{match.group()} is a hidden value of {self._numbers[number]}"
        return list(found.values())

    def code_in(self, text: str) -> list[str]:
        """The reference's lines and expressions that a text holds."""
        squeezed = _squeezed(text)
        return [
            f"{code!r} is in the reference of {part}"
            for code, part in self._code.items()
            if code in squeezed
        ]

    def answers_in(self, text: str) -> list[str]:
        """The formulas of a text that are a whole answer, however short it is."""
        formulas = ["".join(match.groups(default="")) for match in _FORMULA.finditer(text)]
        return [
            f"{formula!r} is the reference of {part.id}"
            for part, output, answer in self._answers
            for formula in formulas
            if answer == _spelt(_formula(formula, part, output))
        ]

    def rubric_in(self, text: str, *, of: str = "") -> list[str]:
        """The words of private rubrics (or `of` one part's) that a text holds, once for each."""
        words = f" {_words(text)} "
        found = {
            id_: run for run, id_ in self._runs.items() if of in ("", id_) and f" {run} " in words
        }
        return [f"“{run}” is what a good text of {id_} says" for id_, run in found.items()]


def public_texts(problem: Problem) -> list[str]:
    """All that a student reads of a problem."""
    return list(_public_texts(problem))


def _public_texts(problem: Problem) -> Iterator[str]:
    yield from (problem.title, problem.statement)
    for part in problem.parts:
        yield from (part.title, part.ask, part.call)
        yield from (claim.text for claim in part.claims)
        yield from part.rubric


def _is_number(part: Part) -> bool:
    return part.signature is not None and not part.signature.inputs


def _numbers(part: Part, expected: ExpectedPart) -> set[str]:
    """The hidden numbers of a part, in one spelling, without those that its public tests show."""
    spell = _without_inputs if _is_number(part) else _random
    hidden = {text for packed in _hidden(part, expected) for text in spell(packed)}
    cases = [case for test in expected.tests if test.is_public for case in test.cases]
    shown = [packed for case in cases for packed in case.inputs]
    shown += [output.value for case in cases for output in case.outputs]
    return hidden - {text for packed in shown for text in spell(packed)}


def _hidden(part: Part, expected: ExpectedPart) -> Iterator[Packed]:
    for test in expected.tests:
        for case in test.cases:
            if not test.is_public:
                yield from (output.value for output in case.outputs)
                yield from case.inputs if part.signature and part.signature.inputs else ()


# --- numbers ------------------------------------------------------------------------------------


def _without_inputs(packed: Packed) -> Iterator[str]:
    """A hidden number, if it is long enough to be told from others."""
    for value in _elements(packed):
        number = Fraction(value)
        texts = (
            {str(number)}
            if number.denominator == 1
            else {f"{float(number):.{digits}g}" for digits in (3, 4, 5, 6)}
        )
        yield from (
            _normal(text)
            for text in texts
            if _digits(text) >= MIN_DIGITS - (number.denominator != 1)
        )


def _random(packed: Packed) -> Iterator[str]:
    """The floats of a random case, at the precision at which two do not meet by chance."""
    for value in _elements(packed):
        text = repr(float(value))
        if float(value) != int(value) and _digits(text) >= _SIGNIFICANT:
            yield _normal(text)


def _elements(packed: Packed) -> Iterator[Any]:
    value = unpack(packed)
    if isinstance(value, bool | str) or value is None:
        return
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f":
            yield from (abs(x) for x in value.ravel().tolist() if np.isfinite(x))
    elif isinstance(value, int | float | Fraction) and np.isfinite(float(value)):
        yield abs(value)


def _digits(text: str) -> int:
    mantissa = text.lower().partition("e")[0]
    return len(mantissa.replace(".", "").replace("-", "").strip("0"))


def _normal(text: str) -> str:
    """The number in one spelling."""
    plain = text.replace(",", "")
    if plain.isdigit():
        return plain
    try:
        return repr(float(plain))
    except ValueError:
        return plain


# --- code ---------------------------------------------------------------------------------------


def _code_of(declared: PartSolution) -> Iterator[str]:
    function = declared.reference_function
    if not inspect.isfunction(function):
        return
    source = source_of(function)
    for line in source.splitlines()[1:]:
        squeezed = _squeezed(line.partition("#")[0])
        if len(squeezed) > MIN_LINE:
            yield squeezed
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Return | ast.Assign | ast.AugAssign) and node.value is not None:
            written = ast.unparse(node.value)
            is_tuple = isinstance(node.value, ast.Tuple)
            code = _squeezed(written[1:-1] if is_tuple else written)
            operations = sum(isinstance(n, ast.BinOp | ast.Call) for n in ast.walk(node.value))
            if len(code) >= _MIN_EXPRESSION and operations >= _MIN_OPERATIONS:
                yield code


def _answers(part: Part, declared: PartSolution) -> Iterator[tuple[Part, str, str]]:
    """The outputs that a reference returns as a formula in the inputs, with an operation in it."""
    function = declared.reference_function
    if part.signature is None or not part.signature.inputs or not inspect.isfunction(function):
        return
    nodes = ast.walk(ast.parse(source_of(function)))
    returned = [n.value for n in nodes if isinstance(n, ast.Return) and n.value is not None]
    if len(returned) != 1:
        return  # which one answers depends on the inputs
    (value,) = returned
    values = value.elts if isinstance(value, ast.Tuple) else [value]
    for variable, one in zip(part.signature.outputs, values, strict=False):
        formula = _formula(ast.unparse(one), part, variable.name)
        if formula is not None and not isinstance(formula.tree, Name | Number | Constant):
            yield part, variable.name, _spelt(formula)


def _formula(text: str, part: Part, output: str) -> Formula | None:
    """A formula in a part's names; None where it is none."""
    assert part.signature is not None
    try:
        return read(text, signature=part.signature, notation=part.notation, output=output)
    except FormulaError:
        return None


def _spelt(formula: Formula | None) -> str:
    """A formula in one spelling, whichever sign its products have."""
    return re.sub(r"[\s·@*⊙]", "", to_unicode(formula)) if formula is not None else ""


# --- texts --------------------------------------------------------------------------------------


def _runs(sentence: str) -> Iterator[str]:
    """Each few words in a row of a sentence; a short one as a whole."""
    words = _words(sentence).split()
    yield from (" ".join(words[i : i + _RUN]) for i in range(max(1, len(words) - _RUN + 1)))


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def _squeezed(text: str) -> str:
    return _SPACES.sub("", text)
