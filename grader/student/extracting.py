"""Finds the values of a part in its section of a write-up, in the order of trust.

A value under its name is taken as such; a value that stands alone, too. Everything else is a guess
and says how it was made: the last box, the last display, the last number. Knows the names that are
asked for and nothing of what is right.
"""

import re
from collections.abc import Iterator
from itertools import zip_longest

import msgspec

from grader.student.blocks import MARK, Block, Text, boxed
from grader.student.phrases import (
    first_side,
    is_formula,
    last_number,
    last_side,
    normal,
    pattern,
    plain,
    rows,
    trimmed,
    value_at_head,
)
from grader.student.wire import Asked, Found

MAX_VALUE = 4_000
NAMED, GUESSED = 1, 2
_CODE = ("py", "python", "python3", "c", "cpp", "bash", "sh", "console", "matlab", "julia", "r")
_BULLET = re.compile(r"^\s*(?:[-*•+]\s+|\\item\b\s*|\d{1,2}[.)]\s+|\([a-z\d]\)\s+)*")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-Z\\(\x1a])|\n\s*\n|\n(?=\s*(?:[-*•]\s|\\item))")
_CLAUSE = re.compile(r"(?:(?!\b(?:and|while|but|whereas)\b)[^,;])+")
_EQUATION_NUMBER = re.compile(r"^[ \t]*\(\d{1,2}\)[ \t]*$", re.MULTILINE)


class Value(msgspec.Struct, frozen=True):
    """One value: its name, its text, where it stands in the section, and how it was guessed."""

    name: str
    text: str
    position: int
    guess: str = ""


def read_values(part: Asked, section: Text) -> Iterator[Found]:
    """The values of a computed part, each at most once."""
    values = {value.name: value for value in _named(part, section)}
    if not values:
        values = {value.name: value for value in _unnamed(part, section)}
    if len(values) < len(part.names):
        spoken = _spoken(part, section)
        values |= {v.name: v for v in spoken if v.name not in values}
    for value in values.values():
        if value.text:
            yield as_found(part, value, section)


def as_found(part: Asked, value: Value, section: Text) -> Found:
    """A value as an answer to its part."""
    return Found(
        kind="text",
        key=(part.key, value.name) if value.name else (part.key,),
        place=section.place(value.position),
        text=value.text[:MAX_VALUE],
        trust=GUESSED if value.guess else NAMED,
        guess=value.guess,
    )


# --- under their names --------------------------------------------------------------------------


def _named(part: Asked, section: Text) -> Iterator[Value]:
    """Values under their names, in lines, tables, displays and fences; of several the last one."""
    found: dict[str, list[Value]] = {}
    for value in sorted(_all_named(part, section), key=lambda value: value.position):
        found.setdefault(value.name, []).append(value)
    for name, values in found.items():
        last = values[-1]
        differ = len({normal(value.text) for value in values}) > 1
        guess = f"the last of {len(values)} values called {name}" if differ else ""
        yield msgspec.structs.replace(last, guess=guess)


def _all_named(part: Asked, section: Text) -> Iterator[Value]:
    names = {normal(name): name for name in part.names}
    for block in section.blocks:
        if block.kind == "display":
            yield from _in_display(block, names)
    yield from _in_lines(part, section)


def _in_display(block: Block, names: dict[str, str]) -> Iterator[Value]:
    """Rows `name = …`; a row that begins with `=` goes on with the one before."""
    name, value = "", ""
    for row in rows(block.text):
        left = first_side(row)
        if left and normal(left) != "":
            if name:
                yield Value(name, value, block.start)
            name = names.get(normal(left), "")
        if name:
            value = _chosen(last_side(row))
    if name:
        yield Value(name, value, block.start)


def _in_lines(part: Asked, section: Text) -> Iterator[Value]:
    """`name: value`, `name = value` and rows of tables; several may share a line."""
    ordered = sorted(part.names, key=len, reverse=True)
    alternatives = "|".join(pattern(name) for name in ordered)
    field = re.compile(
        rf"(?:^|(?<=[\s,;|(&]))(?P<name>{alternatives})(?:\s+(?:layer|pair|part|block))?\s*"
        rf"(?P<sign>:=|=(?!=)|:|\|(?!\|)|&|→|->)\s*",
        re.IGNORECASE,
    )
    by_name = {normal(name): name for name in part.names}
    known = (*part.names, *part.inputs)
    position = 0
    for line in section.text.split("\n"):
        start, position = position, position + len(line) + 1
        if not line.strip() or _is_elsewhere(section.block_at(start)):
            continue
        shown = plain(line)
        head = _BULLET.match(shown)
        begin = head.end() if head else 0
        hits = [
            m
            for m in field.finditer(shown)
            if m["sign"] in ("=", ":=") or _at_start(shown, m, begin)
        ]
        for hit, after in zip_longest(hits, hits[1:]):
            piece = shown[hit.end() : after.start() if after else len(shown)]
            text = (
                _cell(piece)
                if hit["sign"] in ("|", "&")
                else _chosen(value_at_head(_clause(piece, has_next=after is not None), known))
            )
            if text:
                yield Value(by_name[normal(hit["name"])], text, start)


def _is_elsewhere(block: Block | None) -> bool:
    """Whether a line begins in a display, which is read by its rows, or in a program."""
    return block is not None and (
        block.kind == "display" or (block.kind == "fence" and block.info in _CODE)
    )


def _at_start(line: str, hit: re.Match[str], begin: int) -> bool:
    """Whether a field with `:` stands where fields begin: at the line's head or behind a comma."""
    before = line[begin : hit.start()].strip(" |&*_")
    return not before or before[-1] in ",;|&."


def _clause(piece: str, *, has_next: bool) -> str:
    """A field's text without what leads over to the next one."""
    if has_next:
        piece = re.sub(r"[\s,;]*(?:\band\b)?[\s,;]*(?:the\s*)?$", "", piece)
    return piece.split(";")[0]


def _cell(piece: str) -> str:
    """The last cell of a table's row that holds something."""
    cells = [trimmed(cell) for cell in re.split(r"\||(?<!\\)&", piece.replace(r"\\", ""))]
    filled = [cell for cell in cells if re.search(r"\w", cell)]
    return _chosen(filled[-1]) if filled else ""


def _chosen(text: str) -> str:
    """The content of the last box in a value, or the value."""
    boxes = boxed(text)
    return boxes[-1][1] if boxes else trimmed(text)


# --- without names ------------------------------------------------------------------------------


def _unnamed(part: Asked, section: Text) -> list[Value]:
    """Values of a part that names none: alone, else in boxes, in displays, in formulas."""
    for way in (_alone, _in_boxes, _in_displays, _in_formulas):
        found = way(part, section)
        if found:
            return found
    return []


def _alone(part: Asked, section: Text) -> list[Value]:
    """A section that is one formula and nothing else, or has one fence that is no program."""
    fences = [b for b in section.blocks if b.kind == "fence" and b.info not in _CODE]
    if len(part.names) != 1:
        return []
    if len(fences) == 1:
        lines = [line for line in fences[0].text.splitlines() if line.strip()]
        return [_only(part, trimmed(" ".join(lines)), fences[0].start)]
    displays = [b for b in _joined(section) if b.kind == "display"]
    rest = _EQUATION_NUMBER.sub("", section.prose.replace(MARK, " "))
    if len(section.blocks) >= 1 and not re.search(r"\w", rest):
        formulas = displays or [b for b in section.blocks if b.kind == "inline"]
        if len(formulas) == 1 and len(rows(formulas[0].text)) == 1:
            return [_only(part, _chosen(last_side(rows(formulas[0].text)[0])), formulas[0].start)]
    text = _EQUATION_NUMBER.sub("", plain(section.text)).strip()
    if not section.blocks and text and "\n" not in text and is_formula(text, part.inputs):
        return [_only(part, _chosen(last_side(text)), section.text.find(text[:1]))]
    return []


def _only(part: Asked, text: str, position: int) -> Value:
    return Value(part.names[0], text, max(position, 0))


def _in_boxes(part: Asked, section: Text) -> list[Value]:
    boxes = boxed(section.text)
    if not boxes:
        return []
    if len(boxes) == 1 == len(part.names):
        return [Value(part.names[0], trimmed(boxes[0][1]), boxes[0][0])]
    return _in_order(part, [(position, last_side(text)) for position, text in boxes], "box")


def _in_displays(part: Asked, section: Text) -> list[Value]:
    displays = [block for block in _joined(section) if block.kind == "display"]
    if not displays:
        return []
    if len(part.names) == 1:
        last = displays[-1]
        made = rows(last.text)
        guess = "the last displayed formula of the part"
        return [Value(part.names[0], last_side(made[-1]), last.start, guess)] if made else []
    sides = [(block.start, last_side(row)) for block in displays for row in rows(block.text)]
    return _in_order(part, sides, "displayed formula")


def _joined(section: Text) -> list[Block]:
    """The blocks, where a display that begins with a sign goes on with the one before."""
    found: list[Block] = []
    for block in section.blocks:
        goes_on = block.kind == "display" and re.match(r"\s*(?:&\s*)?[=+\-]", block.text)
        if goes_on and found and found[-1].kind == "display":
            text = f"{_unended(found[-1].text)} {block.text}"
            found[-1] = msgspec.structs.replace(found[-1], text=text, end=block.end)
        else:
            found.append(block)
    return found


def _unended(text: str) -> str:
    return trimmed(text)


def _in_formulas(part: Asked, section: Text) -> list[Value]:
    inline = [b for b in section.blocks if b.kind in ("inline", "code")]
    telling = [b for b in inline if _tells(b.text, part)]
    if len(part.names) > 1:
        return _in_order(part, [(b.start, last_side(b.text)) for b in telling], "formula")
    if telling:
        last = telling[-1]
        text = _chosen(last_side(last.text))
        return [Value(part.names[0], text, last.start, "the last formula of the part")]
    return _in_plain_lines(part, section) or _in_numbers(part, section)


def _tells(text: str, part: Asked) -> bool:
    """Whether a formula is more than the name of something: `$N$` in a sentence is none."""
    text = last_side(text)
    return (
        bool(re.search(r"\d|[-+*/^=]|\\(?:frac|cdot|sum|odot|times|sqrt)", text))
        and text not in part.inputs
    )


def _in_plain_lines(part: Asked, section: Text) -> list[Value]:
    """The last line that is a formula in the part's names, typed without any signs around it."""
    if not part.inputs:
        return []
    position, found = 0, list[Value]()
    for line in section.text.split("\n"):
        text = trimmed(plain(line))
        has_name = any(re.search(rf"(?<![A-Za-z]){re.escape(n[0])}", text) for n in part.inputs)
        if text and has_name and _tells(text, part) and is_formula(text, part.inputs):
            guess = "the last line of the part that is a formula"
            found.append(Value(part.names[0], last_side(text), position, guess))
        position += len(line) + 1
    return found[-1:]


def _in_numbers(part: Asked, section: Text) -> list[Value]:
    number = last_number(section.text)
    if not number or part.inputs:
        return []
    position = section.text.rfind(number)
    return [Value(part.names[0], number, position, "the last number of the part")]


def _in_order(part: Asked, found: list[tuple[int, str]], kind: str) -> list[Value]:
    """As many values as are asked for, in their order; the last one where one is asked for."""
    if len(part.names) == 1:
        position, text = found[-1]
        return [Value(part.names[0], trimmed(text), position, f"the last {kind} of the part")]
    if len(found) != len(part.names):
        return []
    return [
        Value(
            name,
            trimmed(text),
            position,
            f"{kind} {number} of {len(found)}, in the order of the names",
        )
        for number, (name, (position, text)) in enumerate(zip(part.names, found, strict=True), 1)
    ]


# --- in the student's own words -----------------------------------------------------------------


def _spoken(part: Asked, section: Text) -> Iterator[Value]:
    """Values in sentences that speak of one name: "the pointwise layer has … = 512"."""
    names = [name for name in part.names if len(name) > 2]  # noqa: PLR2004  # shorter ones are too common
    if not names:
        return
    ordered = sorted(names, key=len, reverse=True)
    either = re.compile(
        rf"(?<![A-Za-z])(?:{'|'.join(pattern(name) for name in ordered)})(?![A-Za-z])",
        re.IGNORECASE,
    )
    by_name = {normal(name): name for name in names}
    found: dict[str, Value] = {}
    for start, sentence in _sentences(section):
        for at, stretch, spoken in _stretches(either, start, sentence):
            name, value = by_name[normal(spoken)], _of_sentence(part, section, at, stretch)
            if value:
                found[name] = Value(name, value, at)
    for name, one in found.items():
        yield msgspec.structs.replace(one, guess=f"from the sentence that speaks of {name}")


def _stretches(names: re.Pattern[str], start: int, sentence: str) -> Iterator[tuple[int, str, str]]:
    """The stretches of a sentence that speak of one name each, with the names.

    A whole sentence, or its clauses, or what stands behind each name up to the next one.
    """
    hits = list(names.finditer(sentence))
    if len({normal(hit.group()) for hit in hits}) == 1:
        yield start, sentence, hits[0].group()
        return
    clauses = [(c.start(), c.group(), names.findall(c.group())) for c in _CLAUSE.finditer(sentence)]
    telling = [
        one for one in clauses if len(one[2]) == 1 and (MARK in one[1] or last_number(one[1]))
    ]
    if hits and len(telling) == len(hits):
        yield from ((start + at, clause, spoken[0]) for at, clause, spoken in telling)
        return
    for hit, after in zip_longest(hits, hits[1:]):
        end = after.start() if after else len(sentence)
        yield start + hit.end(), sentence[hit.end() : end], hit.group()


def _sentences(section: Text) -> Iterator[tuple[int, str]]:
    position = 0
    for cut in _SENTENCE.finditer(section.prose):
        yield position, section.prose[position : cut.start()]
        position = cut.end()
    yield position, section.prose[position:]


def _of_sentence(part: Asked, section: Text, start: int, sentence: str) -> str:
    """The last formula of a stretch of prose, else its last number, or ""."""
    end = start + len(sentence)
    inside = [b for b in section.blocks if start <= b.start and b.end <= end]
    telling = [
        b for b in inside if b.kind in ("inline", "code", "display") and _tells(b.text, part)
    ]
    if telling:
        made = rows(telling[-1].text)
        return _chosen(last_side(made[-1])) if made else ""
    if not part.inputs:
        return last_number(sentence)
    typed = re.match(r"\s*(.*?[\d)])\s+[A-Za-z]{3,}\.?\s*$", sentence.rpartition("\n")[2])
    text = trimmed(typed.group(1)) if typed else ""
    return text if text and is_formula(text, part.inputs) and _tells(text, part) else ""
