"""Signatures: the one line that declares a part as a function from named inputs to named outputs.

    bn_backward(dy[N,C], x[N,C], gamma[C], eps) -> dx[N,C], dgamma[C], dbeta[C]
    output_size(I: int, K: int) -> size: int
    batchnorm(x[N,C | N,C,H,W], gamma[C]) -> y[N,C | N,C,H,W]

Knows nothing of values: it only says which names, shapes and types there are.
"""

import keyword
import re
from typing import Literal, TypeAlias, get_args

import msgspec

ScalarType: TypeAlias = Literal["float", "int", "bool", "str"]
Dim: TypeAlias = str | int

_HEAD = re.compile(r"\s*([A-Za-z_]\w*)\s*\((.*)\)\s*->\s*(.+?)\s*", re.DOTALL | re.ASCII)
_ITEM = re.compile(r"([A-Za-z_]\w*)\s*(?:\[([^\]]*)\])?\s*(?::\s*(float|int|bool|str))?", re.ASCII)
_DIM = re.compile(r"[A-Za-z]\w*|\d+", re.ASCII)
_IN_ASCII = "; write names with letters from a to z: a formula may say γ for gamma all the same"


class SignatureError(ValueError):
    """The line is no signature; the message says what was found and what was wanted."""


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """One named input or output.

    Attributes:
        forms: the shapes that it may have, each a tuple of size names and fixed sizes; one form of
            length 0 is a scalar.
        type: the type of a scalar or of the array's elements.
    """

    name: str
    forms: tuple[tuple[Dim, ...], ...] = ((),)
    type: ScalarType = "float"

    @property
    def is_scalar(self) -> bool:
        """Whether the variable has no axes in any form."""
        return self.forms == ((),)

    def form(self, index: int) -> tuple[Dim, ...]:
        """The shape under the signature's `index`-th form; a single form serves for all."""
        return self.forms[index % len(self.forms)]

    def __str__(self) -> str:
        shape = " | ".join(",".join(map(str, form)) for form in self.forms)
        text = self.name if self.is_scalar else f"{self.name}[{shape}]"
        return text if self.type == "float" else f"{text}: {self.type}"


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """A part's function name, inputs and outputs, in the order in which they are written."""

    name: str
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]

    @property
    def forms(self) -> int:
        """How many alternative shapes the signature declares (at least 1)."""
        return max(len(v.forms) for v in self.inputs + self.outputs)

    @property
    def sizes(self) -> tuple[str, ...]:
        """The names of all sizes, in order of appearance."""
        dims = [d for v in self.inputs + self.outputs for form in v.forms for d in form]
        return tuple(dict.fromkeys(d for d in dims if isinstance(d, str)))

    @property
    def is_scalar(self) -> bool:
        """Whether every input and output is a scalar."""
        return all(v.is_scalar for v in self.inputs + self.outputs)

    def __str__(self) -> str:
        inputs = ", ".join(map(str, self.inputs))
        return f"{self.name}({inputs}) -> {', '.join(map(str, self.outputs))}"


def parse_signature(text: str) -> Signature:
    """Read a signature line.

    Raises:
        SignatureError: the line does not follow the grammar, or a name stands twice.
    """
    match = _HEAD.fullmatch(text)
    if match is None:
        raise SignatureError(f"found {text!r}; wanted 'name(inputs) -> outputs'{_missing(text)}")
    name, inputs, outputs = match.groups()
    signature = Signature(name=name, inputs=_variables(inputs), outputs=_variables(outputs))
    names = [v.name for v in signature.inputs + signature.outputs]
    for twice in (n for n in names if names.count(n) > 1):
        raise SignatureError(f"the name {twice!r} stands twice in {text!r}; give each its own name")
    for word in filter(keyword.iskeyword, (name, *names)):
        raise SignatureError(f"{word!r} is a word of Python; take another name")
    if not signature.outputs:
        raise SignatureError(f"{text!r} has no output; write at least one after '->'")
    counts = {len(v.forms) for v in signature.inputs + signature.outputs} - {1}
    if len(counts) > 1:
        raise SignatureError(f"{text!r} mixes variables with {sorted(counts)} alternative shapes")
    return signature


def _missing(text: str) -> str:
    """What a line that is no signature lacks, where that can be told."""
    if "->" not in text:
        return "; write '->' between inputs and outputs"
    if not text.partition("(")[0].isascii():
        return _IN_ASCII
    return "; a bracket is not closed" if text.count("(") != text.count(")") else ""


def _variables(text: str) -> tuple[Variable, ...]:
    items = [item.strip() for item in re.split(r",(?![^\[]*\])", text)]
    return tuple(_variable(item) for item in items if item)


def _variable(text: str) -> Variable:
    match = _ITEM.fullmatch(text)
    if match is None:
        advice = ""
        if not text.isascii():
            advice = _IN_ASCII
        elif ":" in text:
            advice = f"; the types are {', '.join(get_args(ScalarType))}"
        elif ";" in text:
            advice = "; put commas between two of them"
        elif text.count("[") != text.count("]"):
            advice = "; a bracket is not closed"
        raise SignatureError(f"found {text!r}; wanted 'name', 'name: int' or 'name[N,C]'{advice}")
    name, shape, type_ = match.groups()
    types: dict[str | None, ScalarType] = {None: "float", **{t: t for t in get_args(ScalarType)}}
    forms = ((),) if shape is None else tuple(_form(form, text) for form in shape.split("|"))
    return Variable(name=name, forms=forms, type=types[type_])


def _form(text: str, item: str) -> tuple[Dim, ...]:
    dims = [d.strip() for d in text.split(",")]
    for dim in dims:
        if not _DIM.fullmatch(dim):
            raise SignatureError(f"found the size {dim!r} in {item!r}; wanted a name or a number")
    return tuple(int(d) if d.isdigit() else d for d in dims)
