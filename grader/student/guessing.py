"""Finds the values of a part that stand under no name, in the order of trust.

A value that stands alone is taken as meant. Everything else is a guess and says how it was made:
the last box, the last display, the last formula, the last number. Knows the names that are asked
for and nothing of what is right.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec

from grader.student.blocks import MARK, Block, Text, boxed
from grader.student.chains import chained
from grader.student.naming import Value, chosen
from grader.student.phrases import (
    COUNTED,
    GAP,
    first_side,
    formula_runs,
    is_balanced,
    is_formula,
    last_number,
    last_side,
    normal,
    pattern,
    plain,
    rows,
    told_number,
    trimmed,
    without_remarks,
)
from grader.student.wire import Asked

_EQUATION_NUMBER = re.compile(r"^[ \t]{0,80}\(\d{1,2}\)[ \t]{0,80}$", re.MULTILINE)
_DENIAL = re.compile(r"\b(?:not|instead of|rather than|unlike|nicht)\s*$", re.IGNORECASE)
_RIVAL_BEFORE = re.compile(r"(?P<value>\S*(?:\d\S*|[$`]))\s+(?:or|oder)\s+[$`]*(?:\\boxed\{)?$")
_RIVAL_BEHIND = re.compile(r"[$`})]*\s+(?:or|oder)\s+(?P<value>[$`]\S*|\S*\d\S*)")
_UNIT = re.compile(COUNTED, re.IGNORECASE)
_TIMES = re.compile(r"\s(?:x|by)\s|[×✕]|\\times\b")
_TUPLE = re.compile(r"\((?P<entries>[^\n]{3,600})\)")
_COMMA = re.compile(r"[,;](?:\\[,;:!])?\s?")
_LABELLED = re.compile(r"(?:(?P<word>[A-Za-z][A-Za-z.]{0,11})\s)?(?P<number>[^A-Za-z]+)")
_LETTER = re.compile(r"\\?[A-Za-z]+(?:_\w|_\{\w+\})?'*|[α-ω]")
_NEAR = 80
_MARKS = re.compile(f"{MARK}+")
_TELLING = re.compile(r"\d|[-+*/^=]|\\(?:frac|cdot|sum|odot|times|sqrt)")


def unnamed_values(part: Asked, section: Text) -> list[Value]:
    """Values of a part that names none: alone, else in boxes, in displays, in formulas."""
    for way in (_as_tuple, _as_product, _alone, _in_boxes, _in_displays, _in_formulas):
        found = way(part, section)
        if found:
            return found
    return []


def with_rival(value: Value, section: Text) -> Value:
    """A value that "or" joins to another: which is meant, nobody but a person can say."""
    at = value.position
    _, stands_there, rest = section.text[at : at + len(value.text) + _NEAR].partition(value.text)
    before = _RIVAL_BEFORE.search(section.text[max(at - _NEAR, 0) : at])
    behind = _RIVAL_BEHIND.match(rest) if stands_there else None
    sides = before["value"] if before else "", value.text, behind["value"] if behind else ""
    text = " or ".join(side.strip("$`") for side in sides if side)
    return msgspec.structs.replace(value, text=text) if before or behind else value


def tells(text: str, part: Asked) -> bool:
    """Whether a formula is more than the name of something: `$N$` in a sentence is none."""
    text = last_side(text)
    return bool(_TELLING.search(text)) and text not in part.inputs


def _as_product(part: Asked, section: Text) -> list[Value]:
    """Two values with a sign for times between them: `rows × columns = 5 × 7`, or `5 x 7` alone."""
    if len(part.names) != 2:  # noqa: PLR2004  # a product of two
        return []
    lines = list(_lines(section))
    names = re.compile(rf"\s*(?:{_TIMES.pattern})\s*".join(map(pattern, part.names)), re.IGNORECASE)
    for position, line in lines:
        named = names.search(line)
        if named or len(lines) == 1:
            text = last_side(line[named.end() :] if named else line)
            factors = _parted(text, _TIMES)
            if len(factors) == 2 and all(is_formula(one, part.inputs) for one in factors):  # noqa: PLR2004  # one for each
                return _in_order(part, [(position, one) for one in factors], "factor")
    return []


def _as_tuple(part: Asked, section: Text) -> list[Value]:
    """As many formulas as are asked for, with commas between them, in one pair of brackets."""
    formulas = [(b.start, b.text) for b in section.blocks if b.kind != "fence"]
    for position, text in reversed([*formulas, *_lines(section)]):
        inside = _TUPLE.fullmatch(last_side(text))
        entries = _parted(inside["entries"], _COMMA) if inside and len(part.names) > 1 else []
        if len(entries) == len(part.names) and all(is_formula(e, part.inputs) for e in entries):
            return _in_order(part, [(position, entry) for entry in entries], "entry")
    return []


def _parted(text: str, signs: re.Pattern[str]) -> list[str]:
    """What stands between the signs of a text that are in no brackets."""
    found, start = list[str](), 0
    for sign in signs.finditer(text):
        if is_balanced(text[start : sign.start()]):
            found.append(text[start : sign.start()])
            start = sign.end()
    return [*map(trimmed, found), trimmed(text[start:])]


def _alone(part: Asked, section: Text) -> list[Value]:
    """A section that is one formula and nothing else, or has one fence."""
    if len(part.names) != 1:
        return []
    fences = [b for b in section.blocks if b.kind == "fence"]
    if len(fences) == 1:
        lines = [line for line in fences[0].text.splitlines() if line.strip()]
        return [_only(part, trimmed(" ".join(lines)), fences[0].start)]
    displays = [b for b in joined(section) if b.kind == "display"]
    rest = _EQUATION_NUMBER.sub("", _MARKS.sub(" ", section.prose))
    if section.blocks and not re.search(r"\w", rest):
        formulas = displays or [b for b in section.blocks if _is_inline(b)]
        if len(formulas) == 1 and len(rows(formulas[0].text)) == 1:
            return [_value(part, rows(formulas[0].text), formulas[0].start)]
    text = _EQUATION_NUMBER.sub("", plain(section.text)).strip()
    if not section.blocks and text and "\n" not in text and is_formula(text, part.inputs):
        return [_only(part, chosen(last_side(text)), section.text.find(text[:1]))]
    return []


def _is_inline(block: Block) -> bool:
    """Whether a block is a formula in a line, and not the sign that ends a proof."""
    is_end = re.fullmatch(r"\\(?:blacksquare|square|qed|Box|checkmark)", block.text)
    return block.kind in ("inline", "code") and not is_end


def _value(part: Asked, made: Sequence[str], position: int, guess: str = "") -> Value:
    """The value that the rows of a formula come to."""
    boxes = boxed(made[-1])
    text = boxes[-1][1] if boxes else chained(made, part, part.names[0])
    return Value(part.names[0], text, position, guess)


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
    displays = [block for block in joined(section) if block.kind == "display"]
    if not displays:
        return []
    if len(part.names) == 1:
        general = [block for block in displays if _has_name(last_side(block.text), part)]
        last = (general or displays)[-1]
        made = _without_definitions(rows(last.text), part)
        guess = "the last displayed formula of the part"
        return [_value(part, made, last.start, guess)] if made else []
    sides = [(block.start, last_side(row)) for block in displays for row in rows(block.text)]
    return _in_order(part, sides, "displayed formula")


def _without_definitions(made: Sequence[str], part: Asked) -> list[str]:
    """The equations of a display without those that only say what a letter before them is."""
    kept: list[str] = []
    for row in made:
        if not _explains(row, kept, part):
            kept.append(row)
    return kept


def _explains(row: str, others: Sequence[str], part: Asked) -> bool:
    """Whether an equation only says what a letter in one of the others stands for."""
    name = first_side(row)
    if _LETTER.fullmatch(name) is None or name in part.names:
        return False
    used = re.compile(rf"(?<![A-Za-z\\]){re.escape(name)}(?![A-Za-z])")
    return any(used.search(last_side(other)) for other in others)


def joined(section: Text) -> list[Block]:
    """The blocks, where a display that begins with a sign goes on with the one before."""
    found: list[Block] = []
    for block in section.blocks:
        goes_on = block.kind == "display" and re.match(r"\s*(?:&\s*)?[=+\-]", block.text)
        if goes_on and found and found[-1].kind == "display":
            text = f"{trimmed(found[-1].text)} {block.text}"
            found[-1] = msgspec.structs.replace(found[-1], text=text, end=block.end)
        else:
            found.append(block)
    return found


def _in_formulas(part: Asked, section: Text) -> list[Value]:
    inline = [b for b in section.blocks if _is_inline(b) and tells(b.text, part)]
    telling = [b for b in inline if not _is_denied(section, b)] or inline
    texts = [b.text for b in telling]
    telling = [b for b in telling if not _explains(b.text, texts, part)] or telling
    if len(part.names) > 1:
        in_order = _in_order(part, [(b.start, last_side(b.text)) for b in telling], "formula")
        return in_order or _in_a_row(part, section)
    if telling:
        telling = [b for b in telling if _has_name(last_side(b.text), part)] or telling
        telling = [b for b in telling if _UNIT.match(section.prose, b.end)] or telling
        last = telling[-1]
        made = _without_definitions(rows(last.text), part)
        return [_value(part, made, last.start, "the last formula of the part")]
    return _in_plain_lines(part, section) or _in_numbers(part, section)


def _is_denied(section: Text, block: Block) -> bool:
    """Whether a formula is said not to be meant: "and not $2g$"."""
    return _DENIAL.search(section.prose[max(block.start - 20, 0) : block.start]) is not None


def _in_a_row(part: Asked, section: Text) -> list[Value]:
    """A line of as many numbers as are asked for, and nothing else."""
    names = {normal(name) for name in part.names}
    for position, line in [] if part.inputs else reversed(list(_lines(section))):
        pieces = [_LABELLED.fullmatch(one.strip(" .")) for one in re.split(r",\s|;|\s/\s", line)]
        numbers = [
            one["number"] for one in pieces if one and last_number(one["number"]) == one["number"]
        ]
        words = [one["word"] for one in pieces if one and one["word"]]
        is_all = len(pieces) == len(numbers) == len(part.names)
        if is_all and not any(normal(word) in names for word in words):
            return _in_order(part, [(position, number) for number in numbers], "number")
    return []


def _in_plain_lines(part: Asked, section: Text) -> list[Value]:
    """The last line that is a formula in the part's names, else the last formula in a line."""
    if not part.inputs:
        return []
    lines, stretches = list[Value](), list[Value]()
    for position, line in _lines(section):
        bare = without_remarks(line)
        texts = GAP.split(bare if tells(bare, part) else line)
        for run in (run for text in texts for run in formula_runs(text, part.inputs)):
            text = last_side(run)
            if tells(run, part) and _has_name(text, part):
                is_whole = run == trimmed(line)
                what = "line" if is_whole else "stretch"
                guess = f"the last {what} of the part that is a formula"
                found = Value(part.names[0], text, position, guess)
                (lines if is_whole else stretches).append(found)
    return lines[-1:] or stretches[-1:]


def _has_name(text: str, part: Asked) -> bool:
    return any(re.search(rf"(?<![A-Za-z]){re.escape(n[0])}", text) for n in part.inputs)


def _in_numbers(part: Asked, section: Text) -> list[Value]:
    number = told_number(section.text)
    if not number or part.inputs:
        return []
    position = section.text.rfind(number)
    return [Value(part.names[0], number, position, "the last number of the part")]


def _in_order(part: Asked, found: list[tuple[int, str]], kind: str) -> list[Value]:
    """As many values as are asked for, in their order; the last one where one is asked for."""
    if not found:
        return []
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


def _lines(section: Text) -> Iterator[tuple[int, str]]:
    """The lines that hold something, with their positions."""
    for position, line in section.lines():
        if line.strip():
            yield position, plain(line)
