"""Finds the values of a part in its section of a write-up, in the order of trust.

Values under their names count; then what stands alone, then guesses. A value that is not found
waits for a person where the part says something that could not be placed. Knows the names that are
asked for and nothing of what is right.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec

from grader.student.blocks import Text
from grader.student.guessing import unnamed_values, with_rival
from grader.student.letters import with_letters
from grader.student.naming import Value, named_values
from grader.student.phrases import pattern, plain
from grader.student.speaking import spoken_values
from grader.student.wire import UNTOLD, Asked, Found

MAX_VALUE = 4_000
MAX_UNTOLD = 300
NAMED, GUESSED = 1, 2
_REMARK = re.compile(r"(?P<number>[-−]?\d[\d,.]{0,40})\s{1,3}\([^()]{1,200}\)")
_VALUE = re.compile(r"[^\W\d_]{2,}\s?=\s?[-−]?\d")
_LAYOUT = re.compile(r"\s*(?:\|[\s|:\-]*\||```|~~~|\\(?:begin|end)\{|\\item\s*$|#+\s)")


def read_values(part: Asked, section: Text) -> Iterator[Found]:
    """The values of a computed part, each at most once."""
    values = {value.name: value for value in named_values(part, section)}
    if not values:
        values = {value.name: value for value in unnamed_values(part, section)}
    if len(values) < len(part.names):
        spoken = spoken_values(part, section)
        values |= {v.name: v for v in spoken if v.name not in values}
    found = [with_rival(_bare(part, value), section) for value in values.values() if value.text]
    for value in found:
        yield as_found(part, with_letters(part, value, section), section)
    if found:
        yield from untold_values(part, section, found)


def _bare(part: Asked, value: Value) -> Value:
    """A number without the remark in brackets behind it, which is no factor: `542 (30 + 512)`."""
    remark = _REMARK.fullmatch(value.text) if not part.inputs else None
    if remark is None:
        return value
    guess = value.guess or "without what stands in brackets behind it"
    return msgspec.structs.replace(value, text=remark["number"], guess=guess)


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


def untold_values(part: Asked, section: Text, found: Sequence[Value]) -> Iterator[Found]:
    """For each name without a value, the text of the part that no value was found in, if any."""
    missing = [name for name in part.names if name not in {value.name for value in found}]
    rest = _left(section, found, missing) if missing else ""
    if re.search(r"\w", rest):
        position = section.text.find(rest.split("\n", 1)[0])
        for name in missing:
            untold = Value(name, rest[:MAX_UNTOLD], max(position, 0), f"{UNTOLD} for {name}")
            yield as_found(part, untold, section)


def _left(section: Text, found: Sequence[Value], missing: Sequence[str]) -> str:
    """The lines of a section in which no value was found, and that say more than they lay out.

    A line in which a value was found may still speak of a name that is missing, or hold another
    value.
    """
    short = (rf"\b{name[:3]}" for name in missing if len(name) > 3)  # noqa: PLR2004  # "cols"
    words = (word for name in missing for word in re.findall(r"[A-Za-z]{5,}", name))  # "+ biases"
    speaks = re.compile("|".join((*map(pattern, missing), *short, *words)), re.IGNORECASE)
    used = {section.place(value.position) for value in found}
    lines = list(section.lines())
    is_ruler = [line.lstrip().startswith("|") and not re.search(r"\w", line) for _, line in lines]
    kept = []
    for (position, line), is_head in zip(lines, [*is_ruler[1:], False], strict=True):
        block = section.block_at(position)
        places = {section.place(position), section.place(block.start if block else position)}
        rest = _without(plain(line), [value.text for value in found])
        is_placed = places & used and not speaks.search(line) and not _VALUE.search(rest)
        if line.strip() and not is_placed and not is_head and not _LAYOUT.match(line):
            kept.append(line.strip())
    return "\n".join(kept)


def _without(line: str, texts: Sequence[str]) -> str:
    for text in texts:
        line = line.replace(text, "")
    return line
