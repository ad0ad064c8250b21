"""Finds the formulas and fenced blocks in a section of a write-up: LaTeX, Markdown and plain text.

One pass from left to right that never looks twice for the same closing sign, so that hostile text
costs no more than other text. Nothing is repaired: what is not closed is no block.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from grader.student.macros import closing_brace
from grader.student.texts import Line
from grader.student.wire import Place

MAX_BLOCKS = 2_000
MAX_INLINE = 600
MAX_DISPLAY = 6_000

DISPLAY_ENVIRONMENTS = "equation|align|gather|multline|eqnarray|displaymath|alignat|flalign|math"
PROGRAM_ENVIRONMENTS = "lstlisting|minted|verbatim"
_OPEN = re.compile(
    rf"(?P<fence>^[ \t]{{0,80}}(?:```|~~~))|(?P<dollars>\$\$)|(?P<bracket>\\\[)|(?P<paren>\\\()"
    rf"|\\begin\{{(?P<program>{PROGRAM_ENVIRONMENTS})\}}"
    rf"|\\begin\{{(?P<name>(?:{DISPLAY_ENVIRONMENTS})\*?)\}}"
    r"|(?P<escaped>\\.)|(?P<dollar>\$)|(?P<code>`)",
    re.MULTILINE,
)
_CLOSING = {"dollars": "$$", "bracket": r"\]", "paren": r"\)", "dollar": "$", "code": "`"}
_LINEAR = ("dollar", "paren", "code")


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A formula or fenced block: its text without its signs, and where it stands.

    Attributes:
        kind: "fence", "display", "inline" or "code".
        info: what stands behind the opening of a fence ("python").
        start, end: in the section's text, signs included.
    """

    kind: str
    text: str
    start: int
    end: int
    info: str = ""


class Text:
    """A section as one text, with its blocks and the lines that positions stand on.

    Attributes:
        prose: the text with a sign in place of each block, of the same length.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.text = "\n".join(line.text for line in lines)
        self._places = [line.place for line in lines]
        self._starts = [0]
        for line in lines[:-1]:
            self._starts.append(self._starts[-1] + len(line.text) + 1)
        self.blocks = _blocks(self.text)
        self.prose = self._without_blocks()

    def place(self, position: int) -> Place:
        """Where a position of the text stands."""
        return self._places[max(bisect_right(self._starts, position) - 1, 0)]

    def lines(self) -> Iterator[tuple[int, str]]:
        """The lines, each with the position at which it begins."""
        position = 0
        for line in self.text.split("\n"):
            yield position, line
            position += len(line) + 1

    def block_at(self, position: int) -> Block | None:
        """The block that a position lies in, or None."""
        number = bisect_right(self.blocks, position, key=lambda block: block.start) - 1
        if number < 0 or self.blocks[number].end <= position:
            return None
        return self.blocks[number]

    def blocks_within(self, start: int, end: int) -> list[Block]:
        """The blocks that lie between two positions."""
        first = bisect_left(self.blocks, start, key=lambda block: block.start)
        last = bisect_right(self.blocks, end, key=lambda block: block.end)
        return self.blocks[first:last]

    def _without_blocks(self) -> str:
        pieces, position = [], 0
        for block in self.blocks:
            pieces += [self.text[position : block.start], MARK * (block.end - block.start)]
            position = block.end
        return "".join([*pieces, self.text[position:]])


MARK = "\x1a"  # stands for a block in prose; no text holds it


def boxed(text: str) -> list[tuple[int, str]]:
    r"""The contents of all closed `\boxed{…}`, outermost ones, with their positions."""
    found: list[tuple[int, str]] = []
    position = 0
    while (start := text.find(r"\boxed", position)) >= 0 and len(found) < MAX_BLOCKS:
        open_ = text.find("{", start)
        if open_ < 0 or text[start + 6 : open_].strip():
            position = start + 6
            continue
        end = closing_brace(text, open_, within=MAX_DISPLAY)
        if end < 0:
            position = open_
            continue
        found.append((start, text[open_ + 1 : end].strip()))
        position = end
    return found


def _blocks(text: str) -> list[Block]:
    finder, found = _Closings(text), list[Block]()
    position = 0
    while len(found) < MAX_BLOCKS and (opened := _OPEN.search(text, position)) is not None:
        position = opened.end()
        kind = opened.lastgroup or ""
        if kind == "escaped":
            continue
        make = {"fence": _fence, "program": _program}.get(kind, _formula)
        block = make(text, opened, finder)
        if block is not None:
            found.append(block)
            position = block.end
    return found


def _fence(text: str, opened: re.Match[str], finder: "_Closings") -> Block | None:
    line_end = text.find("\n", opened.end())
    if line_end < 0:
        return None
    end = finder.next(opened.group().strip(), line_end)
    if end < 0:
        return None
    return Block(
        kind="fence",
        text=text[line_end + 1 : end].strip("\n"),
        info=text[opened.end() : line_end].strip(" `~{}.").lower().partition(" ")[0],
        start=opened.start(),
        end=end + 3,
    )


def _program(text: str, opened: re.Match[str], finder: "_Closings") -> Block | None:
    """A listing of LaTeX's: `minted` names its language, `lstlisting` may."""
    close = rf"\end{{{opened['program']}}}"
    line_end = text.find("\n", opened.end())
    end = finder.next(close, opened.end())
    if end < 0 or not 0 <= line_end <= end:
        return None
    options = text[opened.end() : line_end].lower()
    is_text = opened["program"] == "verbatim"
    return Block(
        kind="fence",
        text=text[line_end + 1 : end].strip("\n"),
        info="python" if "python" in options else ("" if is_text else opened["program"]),
        start=opened.start(),
        end=end + len(close),
    )


def _formula(text: str, opened: re.Match[str], finder: "_Closings") -> Block | None:
    name = opened["name"]
    kind = opened.lastgroup or ""
    close = rf"\end{{{name}}}" if name else _CLOSING[kind]
    end = finder.next(close, opened.end())
    while kind == "dollar" and end > 0 and text[end - 1] == "\\":
        end = finder.next(close, end + 1)
    if end < 0 or end == opened.end():
        return None
    body = text[opened.end() : min(end, opened.end() + MAX_DISPLAY + 1)]
    is_inline = not name and kind in _LINEAR
    if len(body) > (MAX_INLINE if is_inline else MAX_DISPLAY) or (is_inline and "\n\n" in body):
        return None
    shown = "inline" if is_inline else "display"
    if kind == "code" and not name:
        shown = "code"
    return Block(kind=shown, text=body.strip(), start=opened.start(), end=end + len(close))


class _Closings:
    """Finds closing signs; where the next one of a kind stands is remembered."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: dict[str, int] = {}

    def next(self, sign: str, position: int) -> int:
        """The next place of a sign at or behind a position, or -1."""
        known = self._next.get(sign)
        if known is None or -1 < known < position:
            self._next[sign] = known = self._text.find(sign, position)
        return known
