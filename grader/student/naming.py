"""Finds values under their own names: in lines, rows of tables and rows of displays.

What stands under its name is taken as meant. Knows the names that are asked for and nothing of what
is right.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

import msgspec

from grader.student.blocks import Block, Text, boxed
from grader.student.chains import chained
from grader.student.phrases import (
    GAP,
    first_side,
    is_formula,
    normal,
    pattern,
    plain,
    rows,
    trimmed,
    value_at_head,
)
from grader.student.wire import Asked

_BULLET = re.compile(r"\s*(?:[-*•+]\s+|\\item\b\s*|\d{1,2}[.)]\s+|\([a-z\d]\)\s+)*")
_CELL = re.compile(r"\||(?<!\\)&")
_WIDE = re.compile(r"\t+|\s{3,}")
_DASHES = ("-", "–", "—")
_OPERATORS = ("+", "-", "−", "×", "·", "^", "\\times", "\\cdot")
_NUMBER = re.compile(r"[-−]?\d[\d.,]*")
_GOES_ON = re.compile(r"\s+[A-Za-z][^,;]*?\d")
_BRACKETED = re.compile(r"\([^()]*\)")
_INDEXED = r"(?:[A-Za-z]_\{?(?:\\(?:text|mathrm|mathit)\{)?)"
"""A letter that has the name as its index: `n_{\\text{total}}`."""
_INDEX = re.compile(rf"^{_INDEXED}(?=[A-Za-z]{{2}})")
_UNIT = re.compile(r"(?<=[\d}])\s*[A-Za-z]+$")
_LEADING_OVER = frozenset({"and", "the"})


class Value(msgspec.Struct, frozen=True):
    """One value: its name, its text, where it stands in the section, and how it was guessed."""

    name: str
    text: str
    position: int
    guess: str = ""


def named_values(part: Asked, section: Text) -> Iterator[Value]:
    """Values under their names, in lines, tables, displays and fences; of several the last one."""
    found: dict[str, list[Value]] = {}
    for value in sorted(_all_named(part, section), key=lambda value: value.position):
        found.setdefault(value.name, []).append(value)
    for name, every in found.items():
        values = [value for value in every if not value.guess] or every
        last = values[-1]
        differ = len({normal(value.text) for value in values}) > 1
        guess = f"the last of {len(values)} values called {name}" if differ else last.guess
        yield msgspec.structs.replace(last, guess=guess)


def _all_named(part: Asked, section: Text) -> Iterator[Value]:
    names = {normal(name): name for name in part.names}
    for block in section.blocks:
        if block.kind == "display":
            yield from _in_display(block, part, names)
    yield from _in_lines(part, section)
    yield from _in_tables(part, section, names)


def _in_display(block: Block, part: Asked, names: dict[str, str]) -> Iterator[Value]:
    """Rows `name = …`; a row that begins with `=` goes on with the one before."""
    name, chain = "", list[str]()
    for row in rows(block.text):
        left = first_side(row)
        if left and normal(left) != "":
            if name:
                yield Value(name, _last(chain, part, name), block.start)
            name, chain = names.get(normal(_INDEX.sub("", left)), ""), []
        chain.append(row)
    if name:
        yield Value(name, _last(chain, part, name), block.start)


def _last(chain: Sequence[str], part: Asked, name: str) -> str:
    boxes = boxed(chain[-1])
    return boxes[-1][1] if boxes else chained(chain, part, name)


def _in_lines(part: Asked, section: Text) -> Iterator[Value]:
    """`name: value`, `name = value` and rows of tables; several may share a line."""
    field = _field(part.names)
    by_name = {normal(name): name for name in part.names}
    known = (*part.names, *part.inputs)
    waiting: list[Value] = []
    for start, line in section.lines():
        if not line.strip() or _is_elsewhere(section.block_at(start)):
            continue
        shown = plain(line)
        bullet = _BULLET.match(shown)
        begin = bullet.end() if bullet else 0
        hits = [hit for hit in field.finditer(shown) if not _is_summand(shown, hit, begin)]
        if not hits or shown[: hits[0].start()].strip():
            waiting = []
        for hit, after in zip_longest(hits, hits[1:]):
            piece = shown[hit.end() : after.start() if after else len(shown)]
            is_field = _is_field(shown, hit, piece, begin)
            text, guess = _value(hit["sign"], piece, known, has_next=after is not None)
            text = "" if normal(text) in by_name else text  # the next name of a table's head
            name = by_name[normal(hit["name"])]
            if part.is_scalar and "=" in text:
                text = chained([text], part, name)
            value = Value(name, text, start, guess)
            if hit["sign"] == "=" and not piece:
                waiting.append(value)
                continue
            yield from (value, *_shared(waiting, value)) if text and is_field else ()
            waiting = []


def _shared(waiting: Sequence[Value], value: Value) -> Iterator[Value]:
    """The value for the names before it, as in `query = key = 512`; a guess over two lines."""
    for one in waiting:
        is_torn = one.position != value.position
        guess = f"the same as {value.name}, on the next line" if is_torn else value.guess
        yield msgspec.structs.replace(one, text=value.text, guess=guess)


def _in_tables(part: Asked, section: Text, names: dict[str, str]) -> Iterator[Value]:
    """Values below their names, in a table of one row, and in rows that only begin with a name."""
    spoken = re.compile("|".join(pattern(name) for name in part.names), re.IGNORECASE)
    head: list[str] = []
    for table in _tables(section):
        head = [normal(cell) for cell in table[0][1]]
        if len(table) == 2 and sum(cell in names for cell in head) >= min(2, len(names)):  # noqa: PLR2004  # a head and a row
            position, row = table[1]
            below = zip(head, row, strict=False)
            values = [(n, chosen(cell)) for n, cell in below if n in names]
            yield from (Value(names[n], text, position) for n, text in values if text)
        for position, row in table:
            found = {normal(name) for name in spoken.findall(row[0])}
            name = found.pop() if len(found) == 1 else ""
            if name and normal(row[0]) != name and normal(row[0]).startswith(name):
                guess = f"from the row that begins with {names[name]}"
                text, _ = _cell("|".join(row[1:]), part.inputs)
                yield from [Value(names[name], text, position, guess)] if text else []


def _tables(section: Text) -> Iterator[list[tuple[int, list[str]]]]:
    """The tables of a section: their rows without the rulers, each with its position."""
    rows: list[tuple[int, list[str]]] = []
    is_piped = False
    for position, line in section.lines():
        row = plain(line).replace(r"\\", "").strip().strip("|")
        cells = _CELL.split(row)
        cells = cells if len(cells) > 1 else _WIDE.split(row)
        if len(cells) > 1 and not _is_elsewhere(section.block_at(position)):
            rows += [(position, cells)] if re.search(r"\w", line) else []
        elif rows and (line.strip() or is_piped):  # the rules of LaTeX leave empty lines
            yield rows
            rows = []
        is_piped = line.lstrip().startswith("|")
    if rows:
        yield rows


def _field(names: Sequence[str]) -> re.Pattern[str]:
    """A pattern for a name with the sign that sets its value off."""
    alternatives = "|".join(pattern(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(
        rf"(?:^|(?<=[\s,;|(&/])){_INDEXED}?(?P<name>{alternatives})\}}{{0,2}}"
        rf"(?:\s{{1,3}}(?:layer|pair|part|block))?(?:\s?\([^()=]{{1,60}}\))?\s{{0,9}}"
        rf"(?P<sign>:=|=(?!=)|:|\|(?!\|)|&|→|->|(?<=\s)[-–—](?=\s))\s{{0,9}}",
        re.IGNORECASE,
    )


def _is_elsewhere(block: Block | None) -> bool:
    """Whether a line begins in a display, which is read by its rows."""
    return block is not None and block.kind == "display"


def _is_summand(line: str, hit: re.Match[str], begin: int) -> bool:
    """Whether a name ends a calculation: `total = depthwise + pointwise = 542`."""
    before = line[begin : hit.start()].rstrip(" *_")
    return hit["sign"] in ("=", ":=") and before.endswith(_OPERATORS)


def _is_field(line: str, hit: re.Match[str], piece: str, begin: int) -> bool:
    """Whether a name with a sign is a field: `=` is.

    Others are where fields begin: at the line's head or behind a comma; behind a dash no
    calculation may follow.
    """
    sign = hit["sign"]
    before = line[begin : hit.start()].strip(" |&*_")
    if sign in ("=", ":="):
        return True
    is_dash = sign in _DASHES
    return (not before or before[-1] in ",;|&./") and not (is_dash and "=" in piece)


def _doubt(text: str, piece: str) -> str:
    """Why a number may not be meant that a sentence goes on from: "3 filters with 9 weights"."""
    rest = _BRACKETED.sub("", piece.partition(text)[2]) if _NUMBER.fullmatch(text) else ""
    return "the first number behind its name" if _GOES_ON.match(rest) else ""


def _value(sign: str, piece: str, known: Sequence[str], *, has_next: bool) -> tuple[str, str]:
    """What stands behind a name and its sign, and why it may not be meant, or ""."""
    if sign in ("|", "&"):
        return _cell(piece, known)
    if piece.rstrip(" *_").endswith(":"):  # it leads over to what comes below
        return "", ""
    text = chosen(value_at_head(_clause(piece, has_next=has_next), known))
    return text, "behind a dash" if sign in _DASHES else _doubt(text, piece)


def _clause(piece: str, *, has_next: bool) -> str:
    """A field's text without what leads over to the next one."""
    if has_next:
        words = piece.rstrip(" \t,;/").split()
        while words and words[-1] in _LEADING_OVER:
            words.pop()
        piece = " ".join(words).rstrip(" ,;/")
    return GAP.split(piece.split(";")[0])[0]


def _cell(piece: str, known: Sequence[str]) -> tuple[str, str]:
    """The last cell of a table's row that holds something; a guess where a remark follows it."""
    cells = [trimmed(cell) for cell in _CELL.split(piece.replace(r"\\", ""))]
    filled = [cell for cell in cells if re.search(r"\w", cell)]
    values = [cell for cell in filled if is_formula(_UNIT.sub("", cell), known)]
    if not filled or not values or values[-1] == filled[-1]:
        return (chosen(filled[-1]) if filled else ""), ""
    return chosen(values[-1]), "the last cell of its row that is a formula"


def chosen(text: str) -> str:
    """The content of the last box in a value, or the value."""
    boxes = boxed(text)
    return boxes[-1][1] if boxes else trimmed(text)
