"""Says of which parts of a write-up something was written that could not be read.

What stands under a part's label, or before the first one, waits for a person. Knows nothing of what
is right.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

import msgspec

from grader.student.extracting import GUESSED, MAX_UNTOLD
from grader.student.scanning import Section
from grader.student.sheets import Sheet
from grader.student.texts import Line
from grader.student.wire import UNTOLD, Asked, Found, Place, Unread

MAX_PROSE = 20_000
MIN_SENTENCE = 8
"""The words of a line that is more than a title, a name or a line of a log."""

_FRAME = re.compile(
    r"^\s*\\(?:(?:begin|end)\s*\{(?:enumerate|itemize|document|center|solution|answer|parts|subparts"
    r"|questions)\}(?:\[.*\])?"
    r"|(?:sub)*section\*?\{[^{}]*\}|newpage|clearpage|bigskip|medskip)\s*$"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_NO_WRITE_UP = re.compile(r"readme|requirements|licen[sc]e|changelog|environment", re.IGNORECASE)


def untold(sections: Sequence[Section], sheet: Sheet, answered: set[str]) -> Iterator[Found]:
    """Parts of which something is written, but no value that could be told apart.

    A question counts for the parts below it where none of them has a label of its own. Not asked
    of notebooks, where the questions themselves stand between the answers.
    """
    opened = {section.node for section in sections}
    for section in sections:
        node = sheet.nodes[section.node]
        parts: list[Asked | None] = [node.asked] if node.asked else []
        if not parts and not opened.intersection(node.children):
            parts = [sheet.nodes[child].asked for child in node.children]
        own = section.lines if node.asked or not section.is_heading else section.lines[1:]
        prose = said_in(own)
        for part in parts if re.search(r"\w", prose) else ():
            if part is not None and part.key not in answered and not _is_code(part, prose):
                answered.add(part.key)
                yield _told(part, section, prose)


def unlabelled(
    lines: Sequence[Line], sections: Sequence[Section], sheet: Sheet, answered: set[str]
) -> Iterator[Found | Unread]:
    """What stands before the first label may answer the parts before it; without any label, all."""
    first = sections[0].lines[0].place if sections else None
    before = list(takewhile(lambda line: line.place != first, lines))
    said = next((line for line in before if len(_WORD.findall(line.text)) >= MIN_SENTENCE), None)
    if said is None or _NO_WRITE_UP.match(said.place.file.rpartition("/")[2]):
        return
    if first is None and not answered:
        message = "has no number of the sheet at the head of a line; put one before each answer"
        yield Unread(place=said.place, message=message)
    parts = sheet.below(0) if first else ()
    under = Section(0, tuple(before))
    for part in takewhile(lambda part: part.key not in answered, parts):
        yield _told(part, under, said_in(before))


def unmarked(
    sections: Sequence[Section], sheet: Sheet, marked: Sequence[Found], found: Sequence[Found]
) -> Iterator[Found]:
    """Values of a part of which others were marked, where the part says something else."""
    known = {one.key for one in found}
    for section in sections:
        part, prose = sheet.nodes[section.node].asked, said_in(section.lines)
        is_marked = part is not None and any(one.key[0] == part.key for one in marked)
        if part is None or not is_marked or not re.search(r"\w", prose):
            continue
        if part.kind == "text" or (part.kind == "choice" and part.pick != "each"):
            continue  # what was marked is all of it
        for key in {(part.key, name): None for name in part.names if (part.key, name) not in known}:
            known.add(key)
            told = _told(part, section, prose)
            yield msgspec.structs.replace(told, key=key, guess=f"{UNTOLD} for {key[1]}")


def _is_code(part: Asked, prose: str) -> bool:
    """Whether the part is answered by a function that stands there."""
    return bool(part.function) and f"def {part.function}(" in prose


def _told(part: Asked, section: Section, prose: str) -> Found:
    return Found(
        kind="text",
        key=(part.key,),
        place=begin_of(section),
        text=prose[:MAX_UNTOLD],
        trust=GUESSED,
        guess=UNTOLD,
    )


def begin_of(section: Section) -> Place:
    """Where the text of a section begins."""
    filled = (line.place for line in section.lines if line.text.strip())
    return next(filled, section.lines[0].place)


def said_in(lines: Sequence[Line]) -> str:
    """What a section says, without the lines that only lay out the document around it."""
    texts = (line.text for line in lines if not _FRAME.match(line.text))
    return "\n".join(texts).strip()[:MAX_PROSE]
