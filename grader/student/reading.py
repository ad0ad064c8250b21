"""Reads a submission into an index of what it holds: definitions, typed answers, write-ups.

Parses and never executes. Definitions and keys are told as they stand, whether a name is wanted is
the judge's business; write-ups are read with the labels that the sheet asks for.
"""

import ast
import codecs
import hashlib
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath

import msgspec

from grader.student.definitions import STARTER, Definition, definitions, that_count
from grader.student.documents import read_document, read_lines
from grader.student.extracting import GUESSED
from grader.student.formats import DOCUMENTS, TYPED_NAMES, is_misnamed, not_read
from grader.student.listings import listings, parsed
from grader.student.notebooks import (
    Cell,
    NotebookError,
    code_of,
    is_notebook,
    is_prompt,
    parse_cell,
    read_cells,
    tied_cells,
)
from grader.student.sheets import Sheet
from grader.student.texts import MAX_BYTES, MAX_LINE, Line
from grader.student.typed import read_misnamed, read_typed
from grader.student.variables import Variables
from grader.student.wire import Asked, Found, Index, Place, Source, Unread

_WIDE = "is UTF-16 text; save the file as UTF-8"
MAX_FOUND = 20_000
MAX_PYTHON_BYTES = 2 * 2**20

_PYTHON = re.compile(r"\.py(?:\.txt)?$", re.IGNORECASE)
_PYTHON_2 = re.compile(
    r"Missing parentheses in call to '(print|exec)'|multiple exception types|leading zeros"
)
_NEWER_PYTHON = re.compile(r"^type\s+\w+|^(?:async\s+)?(?:def|class)\s+\w+\[")
_PYTHON_2_LINE = re.compile(r"<>|`[^`]+`|\braise\s+[\w.]+\s*,|\b\d+[lL]\b|\bur['\"]")


def read_submission(
    sources: tuple[Source, ...],
    asked: tuple[Asked, ...] = (),
    *,
    starting: Callable[[int], None] = lambda _: None,
) -> Index:
    """Index all files of a submission.

    Args:
        sources: the submission's regular files.
        asked: the parts that write-ups and notebooks may answer.
        starting: told the index of each file before it is read, so that a reader that dies names
            the file it died of.
    """
    found: list[Found] = []
    unread: list[Unread] = []
    sheet = Sheet(asked)
    beside = frozenset(source.path for source in sources)
    for number, source in enumerate(sources):
        starting(number)
        for item in map(_crossing, _read(source, sheet, beside)):
            (found if isinstance(item, Found) else unread).append(item)  # type: ignore[arg-type]  # picked by type
        if len(found) > MAX_FOUND:
            unread.append(
                Unread(
                    place=Place(file=source.path),
                    message=f"the submission holds more than {MAX_FOUND:,} definitions and answers;"
                    " what comes after them was not read",
                )
            )
            break
    return Index(found=tuple(found[:MAX_FOUND]), unread=tuple(unread))


def _crossing(item: Found | Unread) -> Found | Unread:
    """The item with texts that can cross the wire, whatever escapes the student typed."""
    if isinstance(item, Unread):
        return msgspec.structs.replace(item, message=_unicode(item.message))
    return msgspec.structs.replace(
        item, key=tuple(map(_unicode, item.key)), text=_unicode(item.text)
    )


def _unicode(text: str) -> str:
    """Surrogates in pairs are one character, as JSON writes them; a lone one is none."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _read(source: Source, sheet: Sheet, beside: frozenset[str]) -> Iterator[Found | Unread]:
    path = PurePosixPath(source.path)
    if _PYTHON.search(path.name):
        yield from _read_python(source, sheet)
    elif is_notebook(path.name):
        yield from _read_notebook(source, sheet)
    elif path.name.lower() in TYPED_NAMES:
        yield from read_typed(source)
    elif path.suffix.lower() in DOCUMENTS:
        yield from read_document(source, sheet, beside)
        yield from _read_listings(source, sheet)
    elif is_misnamed(source.path, beside):
        yield from read_misnamed(source, sheet.below(0))
    elif (unread := not_read(source, beside)) is not None:
        yield unread


# --- Python -------------------------------------------------------------------------------------


def _read_python(source: Source, sheet: Sheet) -> Iterator[Found | Unread]:
    if len(source.data) > MAX_PYTHON_BYTES:
        yield _unread(source, "is larger than 2 MiB; hand in code without data inside it")
        return
    try:
        tree = ast.parse(source.data, source.path)
    except SyntaxError as error:
        is_wide = source.data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        yield _unread(source, _WIDE) if is_wide else _syntax_error(source, error)
    except (ValueError, RecursionError, MemoryError) as error:
        yield _unread(source, f"can not be read as Python: {str(error) or 'nested too deep'}")
    else:
        place = Place(file=source.path)
        yield from _functions([_Code(tree.body, place, source.data.splitlines())])
        variables = Variables(sheet)
        variables.read(tree, place)
        yield from variables.found()


class _Code(msgspec.Struct, frozen=True):
    """The statements of a file, or of one cell, with its place and its lines."""

    body: list[ast.stmt]
    place: Place
    lines: list[bytes]

    def found(self, one: Definition, trust: int) -> Found:
        """What the index says of a definition; equal texts show that two are the same."""
        first, last = one.node.lineno, one.node.end_lineno
        text = (
            one.inside
            or hashlib.blake2b(
                b"\n".join(map(bytes.rstrip, self.lines[first - 1 : last])), digest_size=16
            ).hexdigest()
        )
        place = Place(
            file=self.place.file,
            line=first,
            column=one.node.col_offset + 1,
            cell=self.place.cell,
        )
        return Found(kind="function", key=(one.name,), place=place, text=text, trust=trust)


def _functions(codes: Iterable[_Code]) -> Iterator[Found]:
    """The definition of each name that counts, those that it replaces, and the starter's."""
    by_name = defaultdict[str, list[tuple[Definition, _Code]]](list)
    for code in codes:
        for one in definitions(code.body):
            by_name[one.name].append((one, code))
    for every in by_name.values():
        counting = that_count([one for one, _ in every])
        trust = min(one.rank for one in counting)
        for one, code in every:
            is_replaced = isinstance(one.node, ast.FunctionDef) and not code.place.cell
            if one is counting[-1] or (one in counting and is_replaced):
                yield code.found(one, trust)
            elif one.rank == STARTER:
                yield code.found(one, STARTER)


# --- programs in write-ups ----------------------------------------------------------------------


def _read_listings(source: Source, sheet: Sheet) -> Iterator[Found]:
    """The functions that a write-up's programs define, as those of one file."""
    codes: list[_Code] = []
    lines = source.data.splitlines()
    for listing in listings(source.data):
        place = Place(file=source.path, line=listing.line)
        try:
            tree = parsed(listing, source.path)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            yield from _unparsed(listing.text, place, sheet, error)
        else:
            codes.append(_Code(tree.body, Place(file=source.path), lines))
    yield from _functions(codes)


def _unparsed(text: str, place: Place, sheet: Sheet, error: Exception) -> Iterator[Found]:
    """For each function that is asked for and stands in a program which is no Python, an answer.

    It can not be read, and says why.
    """
    said = _said(error) if isinstance(error, SyntaxError) else "can not be read as Python"
    for part in sheet.below(0):
        if part.function and re.search(rf"\bdef {part.function}\b", text):
            key = (part.key, part.names[0])
            guess = f"the program that begins there {said}"
            yield Found(
                kind="text", key=key, place=place, text=text[:500], trust=GUESSED, guess=guess
            )


# --- notebooks ----------------------------------------------------------------------------------


def _read_notebook(source: Source, sheet: Sheet) -> Iterator[Found | Unread]:
    try:
        cells = read_cells(source.data)
    except NotebookError as error:
        yield _unread(source, str(error))
        return
    codes: list[_Code] = []
    variables = Variables(sheet)
    tied = tied_cells(cells, sheet)
    yield from read_lines(_write_up(source.path, cells, tied, sheet), sheet)
    for cell in cells:
        place = Place(file=source.path, cell=cell.number)
        tree = None
        if cell.kind == "code":
            try:
                tree = parse_cell(source.path, cell)
            except SyntaxError as error:
                yield _unread_cell(place, error)
            except (ValueError, RecursionError, MemoryError) as error:
                message = f"can not be read as Python: {str(error) or 'nested too deep'}"
                yield Unread(place=place, message=f"cell {cell.number}: {message}")
        if tree is not None:
            codes.append(
                _Code(tree.body, place, code_of(cell).encode(errors="replace").splitlines())
            )
            part = sheet.nodes[tied.get(cell.number, 0)].asked
            variables.read(tree, place, part)
    yield from variables.found()
    yield from _functions(codes)


def _write_up(path: str, cells: list[Cell], tied: dict[int, int], sheet: Sheet) -> list[Line]:
    """The Markdown of a notebook as one write-up; cells that are tied to a part get its label."""
    lines: list[Line] = []
    for cell in cells:
        if cell.kind != "markdown" or is_prompt(cell):
            continue
        if cell.number in tied:
            label = f"# {sheet.label(tied[cell.number])}"
            lines.append(Line(label, Place(file=path, cell=cell.number)))
        for number, text in enumerate(cell.text[:MAX_BYTES].split("\n"), 1):
            lines.append(Line(text[:MAX_LINE], Place(file=path, line=number, cell=cell.number)))
        lines.append(Line("", Place(file=path, cell=cell.number)))
    return lines


def _unread_cell(place: Place, error: SyntaxError) -> Unread:
    where = f"cell {place.cell} line {error.lineno or 0}"
    at = Place(
        file=place.file,
        line=error.lineno or 0,
        column=max(error.offset or 0, 0),
        cell=place.cell,
    )
    return Unread(place=at, message=f"{where}: {_said(error)}")


def _syntax_error(source: Source, error: SyntaxError) -> Unread:
    line = _undecodable_line(source.data)
    if line and "codec" in str(error):
        return _unread(source, "is not UTF-8 text here; save the file as UTF-8", line)
    return _unread(source, _said(error), error.lineno or 0, error.offset or 0)


def _said(error: SyntaxError) -> str:
    said = str(error.msg).splitlines()[0][:200] if error.msg else "invalid syntax"
    shown = (error.text or "").strip()[:120]
    where = f" in `{shown}`" if shown else ""
    message = f"can not be read as Python 3: {said}{where}"
    is_old = _PYTHON_2.search(said) or _PYTHON_2_LINE.search(shown)
    if is_old:
        return f"{message}; this looks like Python 2"
    is_new = _NEWER_PYTHON.search(shown) or said.startswith("f-string:")
    runs = f"Python {sys.version_info.major}.{sys.version_info.minor} runs here"
    return f"{message}; {runs}, which may be older than yours" if is_new else message


def _undecodable_line(data: bytes) -> int:
    """The line of the first byte that is not UTF-8, or 0."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return 0


def _unread(source: Source, message: str, line: int = 0, column: int = 0) -> Unread:
    return Unread(
        place=Place(file=source.path, line=line, column=max(column, 0)),
        message=f"line {line}: {message}" if line else message,
    )
