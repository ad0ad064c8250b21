"""Finds programs in write-ups: fenced blocks of Markdown, listings of LaTeX.

Their functions answer parts as those of notebook cells do; lines are counted as in the document.
Parses and never executes. Knows nothing of parts.
"""

import ast
from collections.abc import Iterator, Sequence

import msgspec

from grader.student.blocks import Block, Text
from grader.student.texts import MAX_BYTES, Line, decoded, lines_of

MAX_LISTINGS = 60
_PYTHON = frozenset({"py", "python", "python3", "ipython", "ipython3"})
PROGRAMS = _PYTHON | frozenset(
    "c cpp bash sh shell console matlab julia r java lstlisting minted".split()  # noqa: SIM905  # reads better
)
"""What a fence says of itself where it holds a program."""


class Listing(msgspec.Struct, frozen=True):
    """A program in a write-up: its text, and the line of the document on which it begins."""

    text: str
    line: int


def listings(data: bytes) -> list[Listing]:
    """The Python in a write-up, in the order in which it stands."""
    if b"def " not in data.replace(b"\0", b"") or len(data) > MAX_BYTES:
        return []
    lines, _ = lines_of(decoded(data), "")
    section = Text(lines)
    found = [block for block in section.blocks if block.kind == "fence"]
    return [
        Listing(block.text, section.place(section.text.find("\n", block.start) + 1).line)
        for block in found[:MAX_LISTINGS]
        if is_python(block)
    ]


def is_python(block: Block) -> bool:
    """Whether a fence says that it holds Python, or says nothing and defines a function."""
    return block.info in _PYTHON or (
        not block.info and any(line.startswith("def ") for line in block.text.splitlines())
    )


def parsed(listing: Listing, path: str) -> ast.Module:
    """The syntax tree of a listing, with the lines of its document.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `ast.parse`.
    """
    return ast.increment_lineno(ast.parse(listing.text, path), listing.line - 1)


def parsed_listings(path: str, data: bytes) -> Iterator[ast.Module]:
    """The listings of a write-up that can be read as Python."""
    for listing in listings(data):
        try:
            yield parsed(listing, path)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # the reader has said so; the others count all the same


def without_programs(lines: Sequence[Line], names: Sequence[str]) -> list[Line]:
    """The lines without the programs among them, but with the numbers that these give to names."""
    section = Text(lines)
    kept: list[Line] = []
    position = 0
    for line in lines:
        block = section.block_at(position)
        is_program = block is not None and _is_program(block)
        position += len(line.text) + 1
        kept.append(Line("", line.place) if is_program and not _gives(line.text, names) else line)
    return kept


def _is_program(block: Block) -> bool:
    return block.kind == "fence" and (block.info in PROGRAMS or is_python(block))


def _gives(text: str, names: Sequence[str]) -> bool:
    """Whether a line of a program is an assignment of a calculation to one of the names."""
    left, sign, right = text.partition("=")
    is_number = bool(right.strip()) and not any(sign.isalpha() for sign in right.partition("#")[0])
    return bool(sign) and is_number and left.strip() in names
