r"""Puts in what a student's own letters stand for: `e + (e W^T) …` where `e = \delta \odot f'(z)`.

Only letters that the part does not declare, and that its text explains once, by a formula in the
names that it does. The value is a guess then, and says where the letter was explained. Knows
nothing of what is right.
"""

import re
import unicodedata
from collections.abc import Iterator

import msgspec

from grader.student.blocks import MARK, Text
from grader.student.chains import can_be_read
from grader.student.naming import Value
from grader.student.phrases import first_side, last_side, rows, sides, trimmed, value_at_head
from grader.student.wire import Asked

MAX_LETTERS = 12
MAX_USES = 20
MAX_LENGTH = 2_000
_INDEX = r"(?:_\w|_\{\w{1,6}\}|[₀-₉])?"
_LETTER = re.compile(rf"(?:[A-Za-zα-ω]|\\(?:var)?[a-z]{{2,8}}){_INDEX}")
_EXPLAINED = re.compile(
    rf"(?<![\w\\=^_'’′])(?P<name>[A-Za-zα-ω]{_INDEX})\s?=(?!=)\s?(?P<rest>\S.*)"
)
_NAME = re.compile(rf"\\?[A-Za-z]+\d*{_INDEX}|[α-ω]\d*{_INDEX}")


class _Letter(msgspec.Struct, frozen=True):
    """A letter, the formula that it stands for, and where that stands in the section."""

    name: str
    formula: str
    position: int


def with_letters(part: Asked, value: Value, section: Text) -> Value:
    """A value in the part's own names, as far as the section explains the others in it."""
    text, told = value.text, dict[str, None]()
    letters = _explained(part, section) if _has_others(part, text) else []
    for _ in letters:  # one may stand for a formula in the next
        for letter in letters:
            pieces = _occurrence(letter.name).split(text)
            if 1 < len(pieces) <= MAX_USES and len(text) < MAX_LENGTH:
                text = f"({letter.formula})".join(pieces)
                told[f"{letter.name} from line {section.place(letter.position).line}"] = None
    if not told or (part.is_scalar and not can_be_read(text, part, value.name)):
        return value
    guess = "; ".join([*filter(None, [value.guess]), f"with {' and '.join(told)}"])
    return msgspec.structs.replace(value, text=text, guess=guess)


def _explained(part: Asked, section: Text) -> list[_Letter]:
    """The letters that are explained once, by a formula with one of the part's names in it."""
    declared = _declared(part)
    found: dict[str, dict[str, _Letter]] = {}
    for letter in _equations(part, section):
        names = {_key(name) for name in _NAME.findall(letter.formula)}
        if _key(letter.name) not in declared | names and names & declared:
            found.setdefault(letter.name, {})["".join(letter.formula.split())] = letter
    once = [letter for same in found.values() if len(same) == 1 for letter in same.values()]
    return once[:MAX_LETTERS]


def _equations(part: Asked, section: Text) -> Iterator[_Letter]:
    """The equations of a section that have a letter alone on their left side."""
    for block in section.blocks:
        for row in rows(block.text) if block.kind != "fence" else ():
            if len(sides(row)) == 2 and _LETTER.fullmatch(first_side(row)):  # noqa: PLR2004  # `a = b`
                yield _Letter(first_side(row), last_side(row), block.start)
    position = 0
    for line in section.prose.split("\n"):
        explained = _EXPLAINED.search(line) if MARK not in line else None
        if explained is not None:
            formula = trimmed(value_at_head(explained["rest"], part.inputs).rstrip(":"))
            if "=" not in formula:
                yield _Letter(explained["name"], formula, position)
        position += len(line) + 1


def _has_others(part: Asked, text: str) -> bool:
    """Whether a value holds a name that the part does not declare."""
    declared = _declared(part)
    return any(_key(name) not in declared for name in _NAME.findall(text))


def _declared(part: Asked) -> frozenset[str]:
    return frozenset(map(_key, (*part.inputs, *part.aliases, *part.names)))


def _key(name: str) -> str:
    r"""A name as it is compared: `\delta`, `δ` and `delta` are one, and so are `d_{1}` and `d1`."""
    if name[:1] > "z":
        name = unicodedata.name(name[0], "").rpartition(" ")[2].lower() + name[1:]
    name = unicodedata.normalize("NFKC", name).replace("lamda", "lambda")
    return re.sub(r"[\\{}_\s]", "", name)


def _occurrence(name: str) -> re.Pattern[str]:
    """A pattern for a letter where it is a factor or a summand: no index, no base of `e^x`."""
    before = "" if name.startswith("\\") else r"(?<![\w\\])"
    behind = r"(?![\w'’′(]|\s?\^)" if name == "e" else r"(?![\w'’′(])"
    return re.compile(rf"{before}(?<!_)(?<!_\{{){re.escape(name)}{behind}")
