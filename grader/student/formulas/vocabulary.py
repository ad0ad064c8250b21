r"""The words of one question: declared names and functions under every spelling of them.

A spelling is compared by its key: "C_out", "C_{\text{out}}", "C_{out}" and "Cout" have one key,
as have "δ" and "delta", or "dL/dW" and "\frac{\partial L}{\partial W}". Knows nothing of values.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from grader.student.formulas.atoms import Atom, atoms
from grader.student.formulas.errors import listed
from grader.student.formulas.functions import SPELLINGS
from grader.student.formulas.tree import Name, Node, walk
from grader.student.signature import Signature
from grader.student.wire import Notation

EntryKind: TypeAlias = Literal["scalar", "array", "output", "function", "constant"]

_LONGEST_GROUP = 80  # in atoms; a longer group is no part of a name
_NUMBERED = re.compile(r"(.*[^\d_])_?(\d{1,4})")


class Entry(NamedTuple):
    """What a key stands for: its kind and its canonical name."""

    kind: EntryKind
    name: str


def _prefixes(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(key[:end] for key in keys for end in range(1, len(key) + 1))


# What every question knows, where no declared name is in the way.
_COMMON = {
    **{spelling: Entry("function", name) for spelling, name in SPELLINGS.items()},
    "pi": Entry("constant", "π"),
}
_COMMON_PREFIXES = _prefixes(_COMMON)


class Vocabulary:
    """All spellings of one question's names.

    Attributes:
        entries: what each key stands for.
        prefixes: the beginnings of all keys, so that a search can stop early.
        families: per stem, the declared names that are numbered ("d": {1: "d_1", 2: "d_2"}).
        ranks: per array, how many axes it may have.
    """

    def __init__(self, signature: Signature, notation: Notation, output: str = "") -> None:
        self.signature = signature
        self.notation = notation
        self.entries: dict[str, Entry] = {}
        self.ranks = {
            v.name: frozenset(len(form) for form in v.forms)
            for v in (*signature.inputs, *signature.outputs)
        }
        self.scalars = scalar_names(signature)
        arrays = [v.name for v in signature.inputs if not v.is_scalar]
        outputs = [v.name for v in signature.outputs]
        self.output = output or outputs[0]
        self.has_arrays = bool(arrays)
        self._add("scalar", self.scalars)
        self._add("array", arrays)
        self._add("output", outputs)
        self._add("function", notation.functions)
        self._add_variants()
        self.families = families(self.scalars)
        if self.has_arrays:
            self.entries.setdefault("I", Entry("constant", "I"))
        self.prefixes = _COMMON_PREFIXES | _prefixes((*self.entries, *self.families))
        self.entries = _COMMON | self.entries

    def _add(self, kind: EntryKind, names: Iterable[str]) -> None:
        for name in names:
            for text in (name, *self.notation.aliases.get(name, ())):
                self.entries.setdefault(key_of(text), Entry(kind, name))

    def _add_variants(self) -> None:
        for key, entry in tuple(self.entries.items()):
            for variant in _variants(key):
                self.entries.setdefault(variant, entry)
                if entry.kind == "function":  # act_prime for a declared Act'
                    self.entries.setdefault(variant.lower(), entry)
            if (match := _NUMBERED.fullmatch(key)) and match[1] not in self.entries:
                # W^{(1)} can only mean W_1 where no W is declared, of which it could be a power.
                self.entries.setdefault(f"{match[1]}^({match[2]})", entry)

    def holds_arrays(self, node: Node) -> bool:
        """Whether a declared array occurs in a tree."""
        names = {n.name for n, _ in walk(node) if isinstance(n, Name)}
        return not names.isdisjoint(v.name for v in self.signature.inputs if not v.is_scalar)

    @property
    def known(self) -> str:
        """The declared names, for a message."""
        names = [v.name for v in self.signature.inputs] + list(self.notation.functions)
        return f"the names are {listed(names)}" if names else "the answer is a number"


@lru_cache(maxsize=64)  # asked for each case of a formula
def scalar_names(signature: Signature) -> tuple[str, ...]:
    """The inputs that are numbers, and the sizes of arrays."""
    taken = {v.name for v in (*signature.inputs, *signature.outputs)}
    return (
        *(v.name for v in signature.inputs if v.is_scalar),
        *(size for size in signature.sizes if size not in taken),
    )


def families(names: Iterable[str]) -> dict[str, dict[int, str]]:
    """The numbered names by stem and number: "d_1" is number 1 of "d"."""
    return _families(tuple(names))


@lru_cache(maxsize=256)
def _families(names: tuple[str, ...]) -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = {}
    for name in names:
        if match := _NUMBERED.fullmatch(name):
            found.setdefault(key_of(match[1]), {})[int(match[2])] = name
    return found


def _abbreviated(key: str) -> Iterator[str]:
    for word, short in (("epsilon", "eps"), ("lambda", "lam")):
        if word in key:
            yield key.replace(word, short)
        elif short in key:
            yield key.replace(short, word)


def _variants(key: str) -> Iterator[str]:
    """Other keys that students type for the same name."""
    yield from _abbreviated(key)
    for accent in ("hat", "bar", "tilde"):
        if key.endswith(accent) and key != accent:
            yield accent + key.removesuffix(accent)
        elif key.startswith(accent) and key != accent:
            yield key.removeprefix(accent) + accent
    if key.endswith("'"):
        yield f"{key[:-1]}prime"
    elif key.endswith("prime"):
        yield key.removesuffix("prime") + "'"


# --- keys ---------------------------------------------------------------------------------------


def key_of(text: str) -> str:
    """The key of a name as an author declares it.

    Raises:
        FormulaError: the name holds a character that formulas do not know.
    """
    found = atoms(text)
    key, end = [("", 0), *spellings(found, 0)][-1]
    return key if end == len(found) else flat(found, 0, len(found))


def spellings(atoms: tuple[Atom, ...], start: int) -> Iterator[tuple[str, int]]:
    """The names that could begin at an atom, shortest first: each key with the place behind it."""
    key, at = "", start
    while (step := _step(atoms, at, is_first=at == start)) is not None:
        piece, at = step
        key += piece
        yield key, at


def _step(atoms: tuple[Atom, ...], at: int, *, is_first: bool) -> tuple[str, int] | None:
    """The next piece of a name's key and the place behind it; None where a name can not go on."""
    if at >= len(atoms):
        return None
    kind, text = atoms[at].kind, atoms[at].text
    if kind == "letter":
        apart = atoms[at].spaced and not is_first and atoms[at - 1].kind in {"letter", "digits"}
        return None if apart else (text, at + 1)
    if kind == "frac" and is_first:
        return _fraction(atoms, at)
    if kind == "open" and (text == "font{" or (text == "{" and is_first)):
        return _group(atoms, at)
    if is_first:
        return None
    if kind == "digits":
        attached = not atoms[at].spaced and text.isdigit() and atoms[at - 1].kind == "letter"
        return (text, at + 1) if attached else None
    return _mark(atoms, at)


def _mark(atoms: tuple[Atom, ...], at: int) -> tuple[str, int] | None:
    """A subscript, superscript, prime or bracketed number behind the letters of a name."""
    text = atoms[at].text
    if text in {"'", "/"}:
        return text, at + 1
    if text == "[" and at + 2 < len(atoms) and atoms[at + 2].text == "]":
        return (atoms[at + 1].text, at + 3) if atoms[at + 1].text.isalnum() else None
    if text not in {"_", "^"} or at + 1 >= len(atoms):
        return None
    inner = _script(atoms, at + 1)
    if inner is None:
        return None
    content, end = inner
    if text == "_":
        return (content if content.replace(",", "").isalnum() else f"_({content})"), end
    return (content if content.strip("'") == "" else f"^({content})"), end


def _script(atoms: tuple[Atom, ...], at: int) -> tuple[str, int] | None:
    """What a subscript or superscript holds: a group or one atom."""
    if atoms[at].kind == "open" and atoms[at].text in {"{", "font{", "(", "["}:
        return _group(atoms, at)
    if atoms[at].kind in {"letter", "digits"} or atoms[at].text == "'":
        return atoms[at].text, at + 1
    return None


def _group(atoms: tuple[Atom, ...], at: int) -> tuple[str, int] | None:
    end = closing(atoms, at)
    if end is None:
        return None
    return flat(atoms, at + 1, end), end + 1


def _fraction(atoms: tuple[Atom, ...], at: int) -> tuple[str, int] | None:
    r"""\frac{dL}{dW} spells dL/dW."""
    if at + 1 >= len(atoms) or (over := _script(atoms, at + 1)) is None:
        return None
    if over[1] >= len(atoms) or (under := _script(atoms, over[1])) is None:
        return None
    return f"{over[0]}/{under[0]}", under[1]


def closing(atoms: tuple[Atom, ...], at: int) -> int | None:
    """The place of the bracket that closes the one at `at`; None if there is none near by."""
    depth = 0
    for place in range(at, min(at + _LONGEST_GROUP, len(atoms))):
        kind = atoms[place].kind
        depth += (kind == "open") - (kind == "close")
        if depth == 0:
            return place
    return None


def flat(atoms: tuple[Atom, ...], start: int, end: int) -> str:
    """The key of everything from `start` to `end`, nested sub- and superscripts included."""
    key, at = "", start
    while at < end:
        kind, text = atoms[at].kind, atoms[at].text
        step = _mark(atoms, at) if key and text in {"_", "^"} else None
        if step is not None and step[1] <= end:
            key += step[0]
            at = step[1]
            continue
        if text not in {"{", "}", "font{"} and not (kind in {"open", "close"} and text in "()[]"):
            key += text
        at += 1
    return key
