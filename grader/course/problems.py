"""Reads problem.yaml into a `Problem`.

Knows the public file's format; nothing of solutions.
"""

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from grader.course.code import trouble_in_call, trouble_in_condition, trouble_in_forward
from grader.course.domains import read_domains
from grader.course.sizes import conflict
from grader.course.strict import convert_strict, load_strict
from grader.errors import ProblemError, did_you_mean
from grader.model import Claim, Hints, Kind, Part, Pick, Problem, PublicTest
from grader.student.formulas.functions import FUNCTIONS
from grader.student.packing import Packed, pack
from grader.student.signature import Signature, SignatureError, Variable, parse_signature
from grader.student.wire import Notation

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LAYOUTS = ("row", "column", "jacobian")
# Per type of the signature its dtype, and the kinds of array that YAML may give for it.
_DTYPES: dict[str, tuple[type, str]] = {
    "float": (np.float64, "iuf"),
    "int": (np.int64, "iu"),
    "bool": (np.bool_, "b"),
    "str": (np.str_, "U"),
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


def is_slug(name: str) -> bool:
    """Whether a problem or a part may have this name."""
    return _SLUG.fullmatch(name) is not None


def load_problem(path: Path) -> Problem:
    """Read a problem's public file; its slug is the folder's name.

    Raises:
        ProblemError: the file is absent or broken; with the key and what was wanted.
    """
    slug = path.parent.name
    if not is_slug(slug):
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
        if not is_slug(name):
            raise self.error(f"the name {name!r} is no slug; use small letters, digits and '-'")
        kind = self._kind(file)
        signature = self._signature(file.signature) if kind == "computed" else None
        self._check_code(file, signature)
        return Part(
            id=f"{slug}/{name}",
            title=file.title,
            ask=file.ask,
            marks=self._marks(file.marks, "marks"),
            kind=kind,
            signature=signature,
            call=file.call,
            imports=file.imports,
            domain=read_domains(file.domain, signature, self.error),
            where=file.where,
            notation=self._notation(file.notation, signature),
            public=self._publics(file.public, signature),
            claims=tuple(Claim(id=i, text=t) for i, t in file.claims.items()),
            pick=file.pick,
            rubric=file.rubric,
            cpu_s=_cpu_s(file),
            forward=file.forward,
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

    def _check_code(self, file: _PartFile, signature: Signature | None) -> None:
        found = {
            "forward": trouble_in_forward(file.forward, signature, file.imports),
            "call": trouble_in_call(file.call, signature),
            "where": trouble_in_condition(file.where, signature),
        }
        for key, trouble in found.items():
            if trouble:
                raise self.error(trouble, key)

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
            "functions": (tuple(notation.functions.values()), tuple(FUNCTIONS)),
            "layouts": (notation.layouts, LAYOUTS),
            "shares": (tuple(notation.shares), LAYOUTS),
        }
        for key, (given, known) in wanted.items():
            for name in given:
                if name not in known:
                    raise self.error(
                        f"unknown name {name!r}; wanted one of {', '.join(known)}",
                        f"notation.{key}",
                    )
        return notation

    # --- public tests ---------------------------------------------------------------------------

    def _publics(
        self, given: tuple[_PublicFile, ...], signature: Signature | None
    ) -> tuple[PublicTest, ...]:
        names = [test.name for test in given]
        for twice in (name for name in names if names.count(name) > 1):
            raise self.error(f"two tests are called {twice!r}; give each its name", "public")
        return tuple(self._public(index, test, signature) for index, test in enumerate(given))

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
                advice = did_you_mean(name, known) or f"; wanted {', '.join(known)}"
                raise self.error(f"unknown name {name!r}{advice}", key)
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
