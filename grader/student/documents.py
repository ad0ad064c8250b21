"""Reads write-ups (Markdown, LaTeX, text, the Markdown cells of notebooks) into answers.

A write-up is split by the labels that the sheet asks for; in each section the part's values are
found in the order of trust. Nothing is executed, included or repaired. Knows what is asked and
nothing of what is right.
"""

import re
from collections.abc import Iterator, Sequence

from grader.student.blocks import Text
from grader.student.choosing import read_choice
from grader.student.extracting import GUESSED, NAMED, read_values
from grader.student.labels import Sheet, read_label
from grader.student.phrases import is_formula, normal, plain, trimmed
from grader.student.scanning import Line, Section, split
from grader.student.wire import Asked, Found, Place, Source, Unread

MAX_BYTES = 2**20
MAX_LINE = 4_000
MAX_LINES = 20_000
MAX_PROSE = 20_000
MAX_UNTOLD = 300

_COMMENT = re.compile(r"(?<!\\)%.*")
_FRAME = re.compile(
    r"^\s*\\(?:(?:begin|end)\s*\{(?:enumerate|itemize|document|center)\}(?:\[.*\])?"
    r"|(?:sub)*section\*?\{[^{}]*\}|newpage|clearpage|bigskip|medskip)\s*$"
)
_MARKED = re.compile(r"^\W*(?:\\textbf\{)?(?:answer|antwort|ans)\b", re.IGNORECASE)
_FIELD = re.compile(r"^(?P<name>[\w\s\-\\]{1,60}?)\s*(?::=|=|:)\s*(?P<value>\S.*)$")


def read_document(source: Source, sheet: Sheet) -> Iterator[Found | Unread]:
    """All answers of one write-up."""
    if len(source.data) > MAX_BYTES:
        message = "is larger than 1 MiB; hand in the text of the answers alone"
        yield Unread(place=Place(file=source.path), message=message)
        return
    text = source.data.decode("utf-8-sig", errors="replace")
    lines = [
        Line(line[:MAX_LINE], Place(file=source.path, line=number))
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n", MAX_LINES + 1), 1)
    ]
    if source.path.endswith(".tex"):
        lines = _body(lines)
    if len(lines) > MAX_LINES:
        message = f"holds more than {MAX_LINES:,} lines; what comes after them was not read"
        yield Unread(place=lines[MAX_LINES].place, message=message)
        lines = lines[:MAX_LINES]
    found = list(read_lines(lines, sheet))
    yield from found
    yield from _untold(lines, sheet, {one.key[0] for one in found})


def read_lines(lines: Sequence[Line], sheet: Sheet) -> Iterator[Found]:
    """All answers in the lines of a write-up: marked ones first, then section by section."""
    rest: list[Line] = []
    answered: set[str] = set()
    for line in lines:
        marked = _marked(line, sheet)
        if marked is None:
            rest.append(line)
        else:
            yield marked
            answered.add(marked.key[0])
            rest.append(Line("", line.place))
    gathered: dict[int, list[Line]] = {}
    for section in split(rest, sheet):
        gathered.setdefault(section.node, []).extend(section.lines)
    for node, under in gathered.items():
        found = list(_section(Section(node, tuple(under)), sheet, set(gathered), answered))
        answered |= {one.key[0] for one in found}
        yield from found


def _body(lines: list[Line]) -> list[Line]:
    """The lines of a LaTeX file without comments and without what stands around its body."""
    bare = [Line(_COMMENT.sub("", line.text), line.place) for line in lines]
    begin = next((k for k, line in enumerate(bare) if r"\begin{document}" in line.text), -1)
    end = next((k for k, line in enumerate(bare) if r"\end{document}" in line.text), len(bare))
    return bare[begin + 1 : end]


# --- answers that say so ------------------------------------------------------------------------


def _marked(line: Line, sheet: Sheet) -> Found | None:
    """`Answer 5.1a total: 542` or `Answer 2.3: $…$`: an answer that was marked as one."""
    if not _MARKED.match(line.text):
        return None
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


def _section(
    section: Section, sheet: Sheet, opened: set[int], answered: set[str]
) -> Iterator[Found]:
    """The answers in a section: of its own part, or of the parts below its question."""
    text = Text(section.lines)
    own = sheet.nodes[section.node].asked
    if own is not None:
        yield from _of_part(own, text, section)
        return
    below = [
        sheet.nodes[child].asked
        for child in sheet.nodes[section.node].children
        if child not in opened
    ]
    parts = [part for part in below if part is not None and part.key not in answered]
    computed = [part for part in parts if part.kind == "computed"]
    taken: set[str] = set()
    for part in parts:
        found = list(_of_part(part, text, section))
        named = {one.key[-1] for one in found}
        is_only = part.kind != "computed" or len(computed) == 1
        if not is_only and (named & taken or not _is_by_name(found)):
            continue
        taken |= named if part.kind == "computed" else set()
        yield from (_shared(one, part, sheet, section) for one in found)


def _is_by_name(found: Sequence[Found]) -> bool:
    """Whether values were found by their own names, so that no other part can be meant."""
    return any(not one.guess or "speaks of" in one.guess for one in found)


def _shared(found: Found, part: Asked, sheet: Sheet, section: Section) -> Found:
    """An answer from a question's section, of which it must be guessed that it is this part's."""
    if part.kind == "text":
        return found
    question = ".".join(sheet.nodes[section.node].path)
    how = f"; it stands under {question}, not under {part.number}"
    return Found(
        kind="text",
        key=found.key,
        place=found.place,
        text=found.text,
        trust=2,
        guess=(found.guess or "by its name") + how,
    )


def _of_part(part: Asked, text: Text, section: Section) -> Iterator[Found]:
    if part.kind == "computed":
        yield from read_values(part, text)
    elif part.kind == "choice":
        yield from read_choice(part, text)
    else:
        prose = _prose(section)
        if re.search(r"\w", prose):
            place = _first(section)
            yield Found(kind="text", key=(part.key,), place=place, text=prose, trust=NAMED)


def _untold(lines: Sequence[Line], sheet: Sheet, answered: set[str]) -> Iterator[Found]:
    """Parts of which something is written, but no value that could be told apart.

    Not asked of notebooks, where the questions themselves stand between the answers.
    """
    for section in split(lines, sheet):
        part, prose = sheet.nodes[section.node].asked, _prose(section)
        if part is not None and part.key not in answered and re.search(r"\w", prose):
            answered.add(part.key)
            yield Found(
                kind="text",
                key=(part.key,),
                place=_first(section),
                text=prose[:MAX_UNTOLD],
                trust=GUESSED,
                guess="no value could be told apart",
            )


def _first(section: Section) -> Place:
    """Where the text of a section begins."""
    filled = (line.place for line in section.lines if line.text.strip())
    return next(filled, section.lines[0].place)


def _prose(section: Section) -> str:
    """What a section says, without the lines that only lay out the document around it."""
    lines = (line.text for line in section.lines if not _FRAME.match(line.text))
    return "\n".join(lines).strip()[:MAX_PROSE]
