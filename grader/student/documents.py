"""Reads write-ups (Markdown, LaTeX, text, the Markdown cells of notebooks) into answers.

A write-up is split by the labels that the sheet asks for; in each section the part's values are
found in the order of trust. Nothing is executed or included. Knows what is asked and nothing of
what is right.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from grader.student.answering import behind_marks, without_question
from grader.student.blocks import Text
from grader.student.choosing import read_choice
from grader.student.columns import in_one_column
from grader.student.extracting import GUESSED, NAMED, read_values
from grader.student.labels import read_label
from grader.student.latex import printed
from grader.student.listings import without_programs
from grader.student.macros import expanded
from grader.student.markup import without_html
from grader.student.pages import without_page_edges
from grader.student.phrases import is_formula, normal, plain, trimmed
from grader.student.scanning import Section, split
from grader.student.sheets import Sheet
from grader.student.texts import (
    MAX_BYTES,
    MAX_LINES,
    Line,
    as_read,
    decoded,
    lines_of,
    without_images,
)
from grader.student.untold import begin_of, said_in, unlabelled, unmarked, untold
from grader.student.wire import UNTOLD, Asked, Found, Place, Source, Unread

MAX_PART = 16_000
"""The characters of a part in which values are sought; of a longer one its two ends."""
MAX_MARKED = 500

_MARKED = re.compile(r"^\W*(?:\\textbf\{)?(?:answer|antwort|ans)\b", re.IGNORECASE)
_FIELD = re.compile(r"^(?P<name>[\w\s\-\\]{1,60}?)\s*(?::=|=|:)\s*(?P<value>\S.*)$")


def read_document(
    source: Source, sheet: Sheet, beside: frozenset[str] = frozenset()
) -> Iterator[Found | Unread]:
    """All answers of one write-up.

    Args:
        source: the write-up.
        sheet: the parts that are asked for.
        beside: the names of all files that were handed in.
    """
    data = without_images(source.data)
    if len(data) > MAX_BYTES:
        message = "is larger than 1 MiB; hand in the text of the answers alone"
        yield Unread(place=Place(file=source.path), message=message)
        return
    lines, is_cut = lines_of(decoded(data), source.path)
    if is_cut:
        message = f"holds more than {MAX_LINES:,} lines; what comes after them was not read"
        yield Unread(place=lines[-1].place, message=message)
    if source.path.lower().endswith(".tex"):
        lines, included = printed(as_read(lines))
        yield from _not_followed(included, beside)
    else:
        lines = without_page_edges(in_one_column(_plain(lines)))
    marked, rest = _marked_out(lines, sheet)
    sections = split(rest, sheet)
    found = [*marked, *_read(sections, sheet, {one.key[0] for one in marked})]
    yield from found
    answered = {one.key[0] for one in found}
    yield from untold(sections, sheet, answered)
    yield from unlabelled(rest, sections, sheet, answered)
    yield from unmarked(sections, sheet, marked, found)


def read_lines(lines: Sequence[Line], sheet: Sheet) -> Iterator[Found]:
    """All answers in the Markdown of a notebook."""
    marked, rest = _marked_out(_plain(lines), sheet)
    yield from marked
    yield from _read(split(rest, sheet), sheet, {one.key[0] for one in marked})


def _plain(lines: Sequence[Line]) -> list[Line]:
    """Lines of Markdown or text with what they would show in place of what was typed."""
    return expanded(as_read(without_html(lines)))


def _not_followed(included: Sequence[tuple[Line, str]], beside: frozenset[str]) -> Iterator[Unread]:
    """A sentence for each file that a document includes and that was not handed in."""
    names = {name.rpartition("/")[2].removesuffix(".tex") for name in beside}
    for line, name in included:
        if name.rpartition("/")[2].removesuffix(".tex") not in names:
            where = f"line {line.place.line}"
            message = f"{where}: \\input{{{name}}} is not followed; hand that file in as well"
            yield Unread(place=line.place, message=message)


def _read(sections: Sequence[Section], sheet: Sheet, answered: set[str]) -> Iterator[Found]:
    """The answers of a write-up, label by label, of the parts that are not answered yet."""
    gathered: dict[int, list[Section]] = {}
    for node, group in groupby(sections, key=lambda section: section.node):
        together = tuple(group)
        under = tuple(line for section in together for line in section.lines)
        section = Section(node, under, is_heading=together[0].is_heading)
        gathered.setdefault(node, []).append(section)
    for places in gathered.values():
        found = list(_sections(places, sheet, set(gathered), answered))
        answered |= {one.key[0] for one in found}
        yield from found


# --- answers that say so ------------------------------------------------------------------------


def _marked_out(lines: Sequence[Line], sheet: Sheet) -> tuple[list[Found], list[Line]]:
    """The answers that are marked as such, and the lines with nothing in place of these."""
    found: list[Found] = []
    rest: list[Line] = []
    tried = 0
    for line in lines:
        is_tried = tried < MAX_MARKED and _MARKED.match(line.text) is not None
        marked = _marked(line, sheet) if is_tried else None
        tried += is_tried
        found += [marked] if marked else []
        rest.append(Line("", line.place) if marked else line)
    return found, rest


def _marked(line: Line, sheet: Sheet) -> Found | None:
    """`Answer 5.1a total: 542` or `Answer 2.3: $…$`: an answer that was marked as one."""
    label = read_label(line.text)
    node = sheet.down(0, label.tokens) if label is not None and label.is_full else None
    part = sheet.nodes[node].asked if node else None
    if label is None or part is None or part.kind == "text":
        return None
    rest = trimmed(plain(line.text[label.end :]))
    field = _FIELD.match(rest)
    names = {normal(name): name for name in part.names}
    if field is not None and normal(field["name"]) in names:
        key = (part.key, names[normal(field["name"])])
        return _typed(key, trimmed(field["value"]), line)
    is_answer = rest and (part.kind == "choice" or is_formula(rest, part.inputs))
    if not is_answer or (part.kind == "computed" and len(part.names) > 1):
        return None
    if part.kind == "choice":
        section = Text([Line(rest, line.place)])
        chosen = next(read_choice(part, section), None)
        return _typed(chosen.key, chosen.text, line) if chosen and not chosen.guess else None
    return _typed((part.key, part.names[0]), rest, line)


def _typed(key: tuple[str, ...], text: str, line: Line) -> Found:
    return Found(kind="text", key=key, place=line.place, text=text)


# --- section by section -------------------------------------------------------------------------


def _sections(
    sections: Sequence[Section], sheet: Sheet, opened: set[int], answered: set[str]
) -> Iterator[Found]:
    """The answers under one label; where it stands in several places, the last answer counts."""
    each = [list(_section(section, sheet, opened, answered)) for section in sections]
    filled = [found for found in each if found]
    if len(filled) < 2:  # noqa: PLR2004  # nothing is answered twice
        yield from (one for found in filled for one in found)
        return
    last: dict[tuple[str, ...], Found] = {}
    others: dict[tuple[str, ...], set[str]] = {}
    for one in (one for found in filled for one in found):
        others.setdefault(one.key, set()).add(normal(one.text))
        is_told = one.key not in last or UNTOLD in last[one.key].guess or UNTOLD not in one.guess
        if is_told:
            last[one.key] = one
    for key, one in last.items():
        is_text = sheet.kind_of(key[0]) == "text"
        yield (
            one
            if is_text or len(others[key]) == 1
            else _guessed(one, "the last of several answers")
        )


def _guessed(found: Found, how: str) -> Found:
    guess = f"{found.guess}; {how}" if found.guess else how
    return msgspec.structs.replace(found, trust=GUESSED, guess=guess)


def _section(
    section: Section, sheet: Sheet, opened: set[int], answered: set[str]
) -> Iterator[Found]:
    """The answers in a section: of its own part, or of the parts below its question."""
    own = sheet.nodes[section.node].asked
    if own is not None:
        yield from _of_part(own, section)
        return
    children = sheet.nodes[section.node].children
    below = [sheet.nodes[child].asked for child in children if child not in opened]
    parts = [part for part in below if part is not None and part.key not in answered]
    has_own = not opened.isdisjoint(children)
    if section.is_heading and has_own:  # what stands behind the label is a title
        section = msgspec.structs.replace(section, lines=section.lines[1:])
    computed = [part for part in parts if part.kind == "computed"]
    taken: set[str] = set()
    for part in parts:
        every = list(_of_part(part, section))
        found = [one for one in every if UNTOLD not in one.guess]
        named = {one.key[-1] for one in found}
        is_only = not has_own and (part.kind != "computed" or len(computed) == 1)
        if not is_only and (named & taken or not _is_by_name(found)):
            continue
        taken |= named if part.kind == "computed" else set()
        yield from (_shared(one, part, sheet, section) for one in every if found)


def _is_by_name(found: Sequence[Found]) -> bool:
    """Whether values were found by their own names, so that no other part can be meant."""
    return any(not one.guess or "speaks of" in one.guess for one in found)


def _shared(found: Found, part: Asked, sheet: Sheet, section: Section) -> Found:
    """An answer from a question's section, of which it must be guessed that it is this part's."""
    if part.kind == "text":
        return found
    question = ".".join(sheet.nodes[section.node].path)
    how = f"; it stands under {question}, not under {part.number}"
    guess = (found.guess or "by its name") + how
    return msgspec.structs.replace(found, trust=GUESSED, guess=guess)


def _of_part(part: Asked, section: Section) -> Iterator[Found]:
    if part.kind == "text":
        prose = said_in(behind_marks(section.lines)[0])
        if re.search(r"\w", prose):
            place = begin_of(section)
            yield Found(kind="text", key=(part.key,), place=place, text=prose, trust=NAMED)
        return
    read = read_values if part.kind == "computed" else read_choice
    lines = without_programs(_bounded(section.lines), part.names)
    answer, last = behind_marks(lines)
    if part.kind == "computed":
        answer = without_question(answer, part.question)
    found = {one.key: one for one in read(part, Text(answer))}
    for one in read(part, Text(last)) if len(last) < len(answer) else ():
        before = found.get(one.key)
        if before is None or one.trust <= before.trust:
            found[one.key] = one
    if not found and len(answer) < len(lines):
        how = "it stands before the word for the answer"
        found = {one.key: _guessed(one, how) for one in read(part, Text(lines))}
    yield from found.values()


def _bounded(lines: Sequence[Line]) -> list[Line]:
    """The lines of a part, or of a very long one those at its two ends."""
    if sum(len(line.text) + 1 for line in lines) <= MAX_PART:
        return list(lines)
    head, tail = list[Line](), list[Line]()
    for kept, ordered in ((head, lines), (tail, lines[::-1])):
        size = 0
        for line in ordered:
            size += len(line.text) + 1
            if size > MAX_PART // 2:
                break
            kept.append(line)
    return [*head, *tail[::-1]]
