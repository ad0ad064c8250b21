"""Reads problem.yaml into a `Problem`.

Knows the public file's format; nothing of solutions.
"""

import ast
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from grader.course.sizes import conflict
from grader.course.strict import convert_strict, load_strict, number_advice
from grader.errors import ProblemError
from grader.model import Claim, Domain, Hints, Kind, Part, Pick, Problem, PublicTest
from grader.student.formulas import FormulaError, evaluate_text
from grader.student.formulas.functions import KNOWN
from grader.student.signature import Signature, SignatureError, Variable, parse_signature
from grader.student.wire import Notation, Packed, pack

_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CONVENTIONS = ("row", "column", "jacobian")
# Per type of the signature its dtype, and the kinds of array that YAML may give for it.
_DTYPES: dict[str, tuple[type, str]] = {
    "float": (np.float64, "iuf"),
    "int": (np.int64, "iu"),
    "bool": (np.bool_, "b"),
    "str": (np.str_, "U"),
}

# Per type of the signature, what a domain may list.
_CHOICES: dict[str, tuple[type, ...]] = {
    "float": (int, float),
    "int": (int,),
    "bool": (bool, int),
    "str": (str,),
}

Number = int | float | str


class _PublicFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    inputs: dict[str, Any] = {}
    weight: Number = 1
    expected: dict[str, Any] = {}


class _PartFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part in problem.yaml; its kind follows from `signature`, `claims` or `rubric`."""

    title: str
    ask: str
    marks: Number
    signature: str = ""
    call: str = ""
    imports: tuple[str, ...] = ("numpy",)
    domain: dict[str, Any] = {}
    where: str = ""
    notation: Notation = Notation()
    public: tuple[_PublicFile, ...] = ()
    claims: dict[str, str] = {}
    pick: Pick = "each"
    rubric: tuple[str, ...] = ()
    cpu_s: float | None = None
    forward: str = ""
    hidden: int = 0
    hints: Hints = "concept"


class _ProblemFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    statement: str
    parts: dict[str, Any]
    topics: tuple[str, ...] = ()


def load_problem(path: Path) -> Problem:
    """Read a problem's public file; its slug is the folder's name.

    Raises:
        ProblemError: the file is absent or broken; with the key and what was wanted.
    """
    slug = path.parent.name
    if not _SLUG.fullmatch(slug):
        raise ProblemError(
            path, f"the folder {slug!r} is no slug; use small letters, digits and '-'"
        )
    content = load_strict(path, _ProblemFile, error=ProblemError)
    if not content.parts:
        raise ProblemError(path, "a problem needs at least one part", where="parts")
    parts = tuple(_part(path, slug, name, data) for name, data in content.parts.items())
    return Problem(
        slug=slug,
        title=content.title,
        statement=content.statement,
        topics=content.topics,
        parts=parts,
    )


def _part(path: Path, slug: str, name: str, data: Any) -> Part:
    where = f"parts.{name}"
    file = convert_strict(data, _PartFile, path=path, where=where, error=ProblemError)
    return _Reader(path, where).part(slug, name, file)


class _Reader:
    """Turns one part of the file into a record; knows its place for errors."""

    def __init__(self, path: Path, where: str) -> None:
        self.path, self.where = path, where

    def error(self, message: str, key: str = "") -> ProblemError:
        return ProblemError(self.path, message, where=f"{self.where}.{key}" if key else self.where)

    def part(self, slug: str, name: str, file: _PartFile) -> Part:
        if not _SLUG.fullmatch(name):
            raise self.error(f"the name {name!r} is no slug; use small letters, digits and '-'")
        kind = self._kind(file)
        signature = self._signature(file.signature) if kind == "computed" else None
        return Part(
            id=f"{slug}/{name}",
            title=file.title,
            ask=file.ask,
            marks=self._marks(file.marks, "marks"),
            kind=kind,
            signature=signature,
            call=file.call,
            imports=file.imports,
            domain=self._domains(file.domain, signature),
            where=file.where,
            notation=self._notation(file.notation, signature),
            public=tuple(self._public(i, p, signature) for i, p in enumerate(file.public)),
            claims=tuple(Claim(id=i, text=t) for i, t in file.claims.items()),
            pick=file.pick,
            rubric=file.rubric,
            cpu_s=_cpu_s(file),
            forward=self._forward(file.forward),
            hidden=file.hidden,
            hints=file.hints,
        )

    def _kind(self, file: _PartFile) -> Kind:
        kinds: dict[str, tuple[bool, Kind]] = {
            "signature": (bool(file.signature), "computed"),
            "claims": (bool(file.claims), "choice"),
            "rubric": (bool(file.rubric), "text"),
        }
        given = [key for key, (is_given, _) in kinds.items() if is_given]
        if len(given) != 1:
            found = " and ".join(given) or "none of them"
            raise self.error(f"wanted one of signature, claims or rubric; found {found}")
        return kinds[given[0]][1]

    def _signature(self, text: str) -> Signature:
        try:
            return parse_signature(text)
        except SignatureError as error:
            raise self.error(str(error), "signature") from error

    def _forward(self, code: str) -> str:
        """The public forward pass, if it is Python that defines one function."""
        try:
            body = ast.parse(code).body
        except SyntaxError as error:
            where = f"line {error.lineno}"
            raise self.error(f"is not valid Python: {error.msg} ({where})", "forward") from error
        if code and sum(isinstance(node, ast.FunctionDef) for node in body) != 1:
            raise self.error("wanted Python that defines one function", "forward")
        return code

    def _marks(self, value: Number, key: str) -> Fraction:
        try:
            marks = Fraction(str(value))
        except (ValueError, ZeroDivisionError):
            raise self.error(f"expected a number, found {value!r}", key) from None
        if marks < 0:
            raise self.error(f"marks can not be negative, found {value!r}", key)
        return marks

    def _notation(self, notation: Notation, signature: Signature | None) -> Notation:
        """The notation, if all that it speaks of is known."""
        variables = () if signature is None else (*signature.inputs, *signature.outputs)
        sizes = () if signature is None else signature.sizes
        names = tuple(dict.fromkeys((*sizes, *(v.name for v in variables))))
        wanted = {
            "aliases": (tuple(notation.aliases), names),
            "base": (tuple(notation.base), names),
            "zero_outside": (notation.zero_outside, names),
            "functions": (tuple(notation.functions.values()), tuple(KNOWN)),
            "conventions": (notation.conventions, CONVENTIONS),
            "shares": (tuple(notation.shares), CONVENTIONS),
        }
        for key, (given, known) in wanted.items():
            for name in given:
                if name not in known:
                    raise self.error(
                        f"unknown name {name!r}; wanted one of {', '.join(known)}",
                        f"notation.{key}",
                    )
        return notation

    # --- domains --------------------------------------------------------------------------------

    def _domains(self, given: dict[str, Any], signature: Signature | None) -> dict[str, Domain]:
        known = () if signature is None else _names(signature)
        for name in given:
            if name not in known:
                raise self.error(
                    f"unknown input {name!r}; the signature has {', '.join(known)}", "domain"
                )
        sizes = () if signature is None else signature.sizes
        types = {} if signature is None else {v.name: v.type for v in signature.inputs}
        return {
            name: self._following(name, value, known)
            if name in sizes and _is_formula(value)
            else self._domain(name, value, _CHOICES[types.get(name, "int")])
            for name, value in given.items()
        }

    def _domain(self, name: str, value: Any, kinds: tuple[type, ...]) -> Domain:
        key = f"domain.{name}"
        if isinstance(value, bool | int | float):
            value = [value]
        if isinstance(value, list) and value:
            for choice in value:
                if type(choice) not in kinds:
                    wanted = " or ".join(kind.__name__ for kind in kinds)
                    raise self.error(
                        f"expected {wanted}, found {choice!r}{number_advice(choice)}", key
                    )
            return Domain(choices=tuple(value))
        match = _RANGE.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise self.error(f"expected 1..9, 0.5..2.0 or a list of values, found {value!r}", key)
        low, high = match.groups()
        if Fraction(low) > Fraction(high):
            raise self.error(f"the range {value!r} is empty", key)
        return Domain(low=Fraction(low), high=Fraction(high), is_integer="." not in low + high)

    def _following(self, name: str, value: str, known: tuple[str, ...]) -> Domain:
        """A size that follows from others; tried once, with 1 for each of them."""
        try:
            evaluate_text(value, {other: 1 for other in known if other != name})
        except FormulaError as error:
            raise self.error(
                f"expected 1..9, a list of sizes or a formula in other sizes, found {value!r}; "
                f"{error.sentence}",
                f"domain.{name}",
            ) from error
        return Domain(formula=value)

    # --- public tests ---------------------------------------------------------------------------

    def _public(self, index: int, file: _PublicFile, signature: Signature | None) -> PublicTest:
        key = f"public[{index}]"
        if signature is None:
            raise self.error("only parts with a signature have public tests", key)
        inputs = {v.name: v for v in signature.inputs}
        outputs = {v.name: v for v in signature.outputs}
        test = PublicTest(
            name=file.name,
            inputs=self._values(file.inputs, inputs, f"{key}.inputs"),
            weight=self._marks(file.weight, f"{key}.weight"),
            expected=self._values(file.expected, outputs, f"{key}.expected"),
        )
        clash = conflict(signature, test.inputs, test.expected)
        if clash:
            raise self.error(clash, key)
        return test

    def _values(
        self, given: dict[str, Any], known: dict[str, Variable], key: str
    ) -> dict[str, Packed]:
        values = {}
        for name, value in given.items():
            if name not in known:
                raise self.error(f"unknown name {name!r}; wanted {', '.join(known)}", key)
            values[name] = self._value(value, known[name], f"{key}.{name}")
        return values

    def _value(self, value: Any, variable: Variable, key: str) -> Packed:
        dtype, kinds = _DTYPES[variable.type]
        try:
            given: np.ndarray = np.array(value)
        except ValueError:
            raise self.error(f"expected {variable}, found rows of unequal lengths", key) from None
        if given.dtype.kind not in kinds:
            raise self.error(f"expected {variable}, found {value!r}", key)
        array: np.ndarray = given.astype(dtype)
        if array.ndim not in {len(form) for form in variable.forms}:
            raise self.error(f"expected {variable}, found an array of {array.ndim} axes", key)
        return pack(array.item() if variable.is_scalar else array)


def _cpu_s(file: _PartFile) -> float:
    """The part's own limit, or the usual one: importing torch alone takes seconds."""
    usual = 30.0 if "torch" in file.imports else 10.0
    return usual if file.cpu_s is None else file.cpu_s


def _is_formula(value: Any) -> bool:
    return isinstance(value, str) and _RANGE.fullmatch(value) is None


def _names(signature: Signature) -> tuple[str, ...]:
    return (*signature.sizes, *(v.name for v in signature.inputs))
