r"""Expands the simple macros of a student's own document: `\newcommand`, `\def`, operators.

Only macros of at most two arguments and without options are known. Each expansion is bounded in
depth and in size, and what goes beyond stays as it was typed. Knows nothing of parts or answers.
"""

import re
from collections.abc import Sequence

import msgspec

from grader.student.texts import MAX_LINE, Line

MAX_MACROS = 300
MAX_BODY = 600
MAX_DEPTH = 8
MAX_WORK = 200_000
"""The characters of a document that expanding may look at and add."""

_SPACE = r"\s{0,20}"
_DEFINITION = re.compile(
    rf"\\(?:(?P<kind>(?:re)?newcommand|providecommand|DeclareMathOperator)\*?{_SPACE}"
    rf"(?:\{{{_SPACE}\\(?P<braced>[A-Za-z]+){_SPACE}\}}|\\(?P<bare>[A-Za-z]+)){_SPACE}"
    rf"(?:\[(?P<count>\d)\])?{_SPACE}\{{"
    rf"|def{_SPACE}\\(?P<defined>[A-Za-z]+)(?P<parameters>(?:\#[12]){{0,2}}){_SPACE}\{{)"
)
_USE = re.compile(r"\\([A-Za-z]+)")
_PARAMETER = re.compile(r"#([12])")
_BRACE = re.compile(r"\\.|[{}]")
_KEPT = frozenset({"begin", "end", "item", "section", "subsection", "newcommand", "def"})
"""Commands that lay out a document; what a student makes of them is not looked at."""


class Macro(msgspec.Struct, frozen=True):
    """What a command stands for, and how many arguments it takes."""

    body: str
    arguments: int


_BUILT_IN = {"ensuremath": Macro("#1", 1), "xspace": Macro("", 0)}
"""What macros are made of that changes nothing of what they say."""


def expanded(lines: Sequence[Line]) -> list[Line]:
    """The lines with the document's own macros expanded, and without their definitions."""
    text = "\n".join(line.text for line in lines)
    if not re.search(r"\\(?:\w*newcommand|providecommand|DeclareMathOperator|def)\b", text):
        return list(lines)
    macros, bare = _definitions(text)
    if not macros:
        return list(lines)
    expansion = _Expansion(_BUILT_IN | macros)
    return [
        Line(expansion.of(piece)[:MAX_LINE], line.place)
        for piece, line in zip(bare.split("\n"), lines, strict=True)
    ]


def _definitions(text: str) -> tuple[dict[str, Macro], str]:
    """The macros that a text defines, and the text with line ends alone in their place."""
    macros: dict[str, Macro] = {}
    pieces: list[str] = []
    position = 0
    for found in _DEFINITION.finditer(text):
        if found.start() < position or len(macros) == MAX_MACROS:
            continue
        end = closing_brace(text, found.end() - 1, within=MAX_BODY)
        if end < 0:
            continue
        name = found["braced"] or found["bare"] or found["defined"]
        count = int(found["count"] or 0) or len(found["parameters"] or "") // 2
        body = text[found.end() : end]
        if count <= 2 and name not in _KEPT:  # noqa: PLR2004  # simple ones alone
            is_operator = found["kind"] == "DeclareMathOperator"
            whole = rf"\operatorname{{{body}}}" if is_operator else body
            macros[name] = Macro(" ".join(whole.split("\n")), count)
        pieces += [text[position : found.start()], "\n" * text.count("\n", found.start(), end)]
        position = end + 1
    return macros, "".join([*pieces, text[position:]])


class _Expansion:
    """The macros of one document, and how much expanding it may still cost."""

    def __init__(self, macros: dict[str, Macro]) -> None:
        self._macros = macros
        self._left = MAX_WORK

    def of(self, text: str) -> str:
        """A line with its macros expanded, or as it was where that goes too far."""
        made = text
        for _ in range(MAX_DEPTH):
            if "\\" not in made or self._left < 0:
                return made
            after = self._once(made)
            if after == made:
                return made
            self._left -= max(len(after) - len(made), 0)
            if self._left < 0 or len(after) > MAX_LINE:
                return text
            made = after
        return text

    def _once(self, text: str) -> str:
        pieces: list[str] = []
        position = size = 0
        for use in _USE.finditer(text):
            macro = self._macros.get(use[1])
            if macro is None or use.start() < position or size > MAX_LINE:
                continue
            values, end = _arguments(text, use.end(), macro.arguments)
            self._left -= end - use.start() if values is not None else MAX_BODY
            if self._left < 0:
                break
            if values is None:
                continue
            body = _filled(macro.body, values)
            # A command's name ends where its letters do; so must what stands in its place.
            is_glued = text[end : end + 1].isalpha() and body[-1:].isalpha()
            piece = f"{body} " if is_glued else body
            pieces += [text[position : use.start()], piece]
            size += len(piece)
            position = end
        return "".join([*pieces, text[position:]])


def _filled(body: str, values: Sequence[str]) -> str:
    """A macro's body with the arguments in place of its parameters."""
    given = (*values, "", "")
    return _PARAMETER.sub(lambda parameter: given[int(parameter[1]) - 1], body)


def _arguments(text: str, position: int, count: int) -> tuple[list[str] | None, int]:
    """The arguments of a command and where they end; None where they are not all there."""
    values: list[str] = []
    for _ in range(count):
        ahead = text[position : position + 20]
        start = position + len(ahead) - len(ahead.lstrip())
        if text[start : start + 1] == "{":
            end = closing_brace(text, start, within=MAX_BODY)
            if end < 0:
                return None, position
            values.append(text[start + 1 : end])
            position = end + 1
        elif text[start : start + 1] not in ("", "}", "\\", "$", "&"):
            values.append(text[start])
            position = start + 1
        else:
            return None, position
    if not count and text[position : position + 2] == "{}":
        position += 2  # the usual way to end a command's name
    return values, position


def closing_brace(text: str, open_: int, *, within: int) -> int:
    """Where the brace at a position closes, at most so many characters behind it, or -1."""
    depth = 0
    for found in _BRACE.finditer(text, open_, open_ + within):
        brace = found.group()
        depth += (brace == "{") - (brace == "}")
        if depth == 0 and brace == "}":
            return found.start()
    return -1
