"""Reads a submission into an index of what it holds: definitions, typed answers, write-ups.

Parses and never executes. Definitions and keys are told as they stand, whether a name is wanted is
the judge's business; write-ups are read with the labels that the sheet asks for.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

import msgspec

from grader.student.documents import MAX_BYTES, read_document, read_lines
from grader.student.formats import not_read
from grader.student.listings import listings, parsed
from grader.student.notebooks import (
    Cell,
    NotebookError,
    parse_cell,
    read_cells,
    tied_cells,
    unread_notebook,
)
from grader.student.sheets import Sheet
from grader.student.slicing import is_main_guard
from grader.student.texts import MAX_LINE, Line
from grader.student.typed import read_typed
from grader.student.variables import fields_in, typed_variables
from grader.student.wire import DOCUMENTS, TYPED_NAMES, Asked, Found, Index, Place, Source, Unread

MAX_FOUND = 20_000
MAX_PYTHON_BYTES = 2 * 2**20

_PYTHON_2 = re.compile(r"Missing parentheses in call to '(print|exec)'|multiple exception types")


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
    return msgspec.structs.replace(item, key=tuple(map(_unicode, item.key)), text=_unicode(item.text))


def _unicode(text: str) -> str:
    """Surrogates in pairs are one character, as JSON writes them; a lone one is none."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _read(source: Source, sheet: Sheet, beside: frozenset[str]) -> Iterator[Found | Unread]:
    path = PurePosixPath(source.path)
    if path.suffix == ".py":
        yield from _read_python(source, sheet)
    elif path.suffix == ".ipynb":
        yield from _read_notebook(source, sheet)
    elif path.name.lower() in TYPED_NAMES:
        yield from read_typed(source)
    elif path.suffix.lower() in DOCUMENTS:
        yield from read_document(source, sheet, beside)
        yield from _read_listings(source, sheet)
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
        yield _syntax_error(source, error)
    except (ValueError, RecursionError, MemoryError) as error:
        yield _unread(source, f"can not be read as Python: {str(error) or 'nested too deep'}")
    else:
        place = Place(file=source.path)
        yield from _functions(tree.body, place)
        yield from typed_variables(tree, place, sheet)


def _functions(body: list[ast.stmt], place: Place) -> Iterator[Found]:
    """The definition of each name that Python keeps, behind those that it replaces."""
    replaced = defaultdict[str, list[ast.stmt]](list)
    for node in body:
        if isinstance(node, ast.FunctionDef):
            replaced[node.name].append(node)
    for name, last in dict(_definitions(body)).items():
        for node in (*(earlier for earlier in replaced[name] if earlier is not last), last):
            at = Place(
                file=place.file, line=node.lineno, column=node.col_offset + 1, cell=place.cell
            )
            yield Found(kind="function", key=(name,), place=at)


def _definitions(body: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """Functions, classes and assigned callables of a module, also inside `if`, `try`, `with`."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from ((name, node) for name in _assigned(node))
        elif isinstance(node, ast.If) and not is_main_guard(node):
            yield from _definitions([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            handled = [statement for handler in node.handlers for statement in handler.body]
            yield from _definitions([*node.body, *handled, *node.orelse, *node.finalbody])
        elif isinstance(node, ast.With):
            yield from _definitions(node.body)


def _assigned(node: ast.Assign | ast.AnnAssign) -> list[str]:
    """The names that are bound to something that may be callable."""
    if not isinstance(node.value, ast.Lambda | ast.Name | ast.Attribute | ast.Call):
        return []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


# --- programs in write-ups ----------------------------------------------------------------------


def _read_listings(source: Source, sheet: Sheet) -> Iterator[Found]:
    """The functions that a write-up's programs define; the last of each name counts."""
    functions: dict[tuple[str, ...], Found] = {}
    for listing in listings(source.data):
        place = Place(file=source.path, line=listing.line)
        try:
            tree = parsed(listing, source.path)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            yield from _unparsed(listing.text, place, sheet, error)
        else:
            place = Place(file=source.path)
            functions.update((found.key, found) for found in _functions(tree.body, place))
    yield from functions.values()


def _unparsed(text: str, place: Place, sheet: Sheet, error: Exception) -> Iterator[Found]:
    """For each function that is asked for and stands in a program which is no Python, an answer.

    It can not be read, and says why.
    """
    said = _said(error) if isinstance(error, SyntaxError) else "can not be read as Python"
    for part in sheet.below(0):
        if part.function and re.search(rf"\bdef {part.function}\b", text):
            key = (part.key, part.names[0])
            guess = f"the program that begins there {said}"
            yield Found(kind="text", key=key, place=place, text=text[:500], trust=2, guess=guess)


# --- notebooks ----------------------------------------------------------------------------------


def _read_notebook(source: Source, sheet: Sheet) -> Iterator[Found | Unread]:
    try:
        cells = read_cells(source.data)
    except NotebookError as error:
        yield unread_notebook(source, error)
        return
    functions: dict[tuple[str, ...], Found] = {}
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
            functions.update((found.key, found) for found in _functions(tree.body, place))
            yield from typed_variables(tree, place, sheet)
            part = sheet.nodes[tied.get(cell.number, 0)].asked
            if part is not None:
                yield from fields_in(tree, place, part.key, part.names)
    yield from functions.values()


def _write_up(path: str, cells: list[Cell], tied: dict[int, int], sheet: Sheet) -> list[Line]:
    """The Markdown of a notebook as one write-up; cells that are tied to a part get its label."""
    lines: list[Line] = []
    for cell in cells:
        if cell.kind != "markdown":
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
    return f"{message}; this looks like Python 2" if _PYTHON_2.search(said) else message


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
