"""Reads Jupyter notebooks (`.ipynb`) into cells, without Jupyter and without running anything.

Lines meant for the notebook alone (`%matplotlib`, `!pip install`) become blank comments, so that
line numbers stay. Knows how tools tie cells to questions of the sheet; nothing of answers.
"""

import ast
import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from grader.student.sheets import Sheet

MAX_CELLS = 2_000
MAX_CELL_CHARACTERS = 400_000
_KEEPING = ("%%time", "%%timeit", "%%capture", "%%prun")
_MAGIC = re.compile(
    r"^(?P<indent>\s*)(?:%{1,2}[A-Za-z_(]|[!?]|[\w.]+\?{1,2}\s*$"
    r"|(?:cd|ls|ll|pwd|mkdir|rm|cp|mv|cat|pip|pip3|conda|wget)\s+[\w./~-])"
)
_CHECK = re.compile(r"""\bgrader\.check\(\s*["'](?P<name>[^"']{1,80})["']""")
_MAGIC_ASSIGNED = re.compile(r"^(?P<indent>\s*)[\w, ]+=\s*[%!]")
_RUN = re.compile(r"^%run\s+(?:-\w+\s+)*[\"']?(?:\./)?(?P<path>[\w/]+)\.(?:py|ipynb)\b")
_WRITTEN = re.compile(r"\s*%%(?:write)?file\s+(?:-a\s+)?[\"']?(?:\./)?(?P<path>[\w/ -]+\.py)\b")
_BEGINS = re.compile(r"\bBEGIN QUESTION\b[^\0]{0,400}?^\W*name\W+(?P<name>[\w.-]+)", re.MULTILINE)
_MARK = re.compile(r"\b(?P<end>BEGIN|END) (?P<what>QUESTION|SOLUTION|TESTS|PROMPT)\b")
_PROMPTS = re.compile(
    r"[\s_*]*(?:your answer here|type your answer here[\w, ]*|write your answer here"
    r"|double[- ]click to edit[\w, ]*)[\s_*.:!]*",
    re.IGNORECASE,
)
_NOTEBOOK = re.compile(r"\.ipynb(?:\.txt|\.json)?$", re.IGNORECASE)


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of a notebook.

    Attributes:
        number: from 1, all kinds of cells counted, as people count them.
        grade_id: the name that nbgrader gave the cell, or "".
        is_answer: whether otter marks the cell as one for an answer.
    """

    kind: str
    number: int
    text: str
    grade_id: str = ""
    is_answer: bool = False


class NotebookError(ValueError):
    """The file is no notebook that can be read; the text is the sentence."""


class _RawCell(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] | None = ""
    input: str | list[str] | None = ""  # where version 3 has the code
    metadata: dict[str, Any] | None = None


class _Worksheet(msgspec.Struct):
    cells: list[_RawCell] = []


class _Raw(msgspec.Struct):
    cells: list[_RawCell] = []
    worksheets: list[_Worksheet] = []


def is_notebook(path: str) -> bool:
    """Whether a file is a notebook by its name, which browsers may lengthen."""
    return _NOTEBOOK.search(path) is not None


def read_cells(data: bytes) -> list[Cell]:
    """The cells of a notebook, outputs left out.

    Raises:
        NotebookError: this is no notebook.
    """
    try:
        raw = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NotebookError(f"can not be read as a notebook: {str(error)[:200]}") from None
    cells = [*raw.cells, *(cell for sheet in raw.worksheets for cell in sheet.cells)]
    if len(cells) > MAX_CELLS:
        raise NotebookError(f"has more than {MAX_CELLS:,} cells; hand in the answers alone")
    if not cells:
        raise NotebookError("has no cells; wanted a notebook (.ipynb) with answers")
    return [_cell(number, cell) for number, cell in enumerate(cells, 1)]


def cell_path(path: str, number: int) -> str:
    """The name under which a cell's lines appear in tracebacks and messages."""
    return f"{path} cell {number}"


def code_of(cell: Cell) -> str:
    """The Python of a code cell; where it is none as it stands, without magic lines."""
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        ast.parse(cell.text)
        return cell.text
    lines = cell.text.splitlines()
    first = next((line.strip() for line in lines if line.strip()), "")
    is_kept = first.startswith(_KEEPING) or written_file(cell) is not None
    if first.startswith("%%") and not is_kept:
        return ""
    return "\n".join(_without_magic(lines)) + "\n"


def written_file(cell: Cell) -> str | None:
    """The Python file that a cell writes (`%%writefile utils.py`), or None."""
    found = _WRITTEN.match(cell.text)
    return found["path"] if found else None


def parse_cell(path: str, cell: Cell) -> ast.Module:
    """The syntax tree of a code cell.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `ast.parse`.
    """
    return ast.parse(code_of(cell), cell_path(path, cell.number))


def tied_cells(cells: Sequence[Cell], sheet: Sheet) -> dict[int, int]:
    """Per cell that a tool ties to a question, by its number, the question's node.

    nbgrader names cells (`grade_id`); otter marks cells for answers and checks them by name in a
    cell behind them (`grader.check("q5_1")`), or has raw cells around them (`# BEGIN QUESTION`).
    """
    tied = dict(_between_marks(cells, sheet))
    waiting: list[int] = []
    for cell in cells:
        found = sheet.named(cell.grade_id) if cell.grade_id else None
        if found is not None:
            tied[cell.number] = found[0]
        elif cell.is_answer:
            waiting.append(cell.number)
        checked = _CHECK.search(cell.text) if cell.kind == "code" else None
        named = sheet.named(checked.group("name")) if checked else None
        if named is not None:
            tied.update((number, named[0]) for number in waiting)
        if checked is not None:
            waiting = []
    return tied


def is_prompt(cell: Cell) -> bool:
    """Whether a cell still asks for an answer, as the tools put it."""
    return _PROMPTS.fullmatch(cell.text) is not None


def _between_marks(cells: Sequence[Cell], sheet: Sheet) -> Iterator[tuple[int, int]]:
    """The cells that otter's source format puts into a question: its code, and its solutions."""
    node, inside = 0, "QUESTION"
    for cell in cells:
        begins = _BEGINS.search(cell.text) if cell.kind != "code" else None
        mark = _MARK.search(cell.text) if cell.kind != "code" else None
        if begins is not None:
            named = sheet.named(begins["name"])
            node, inside = named[0] if named else 0, "QUESTION"
        elif mark is not None:
            inside = mark["what"] if mark["end"] == "BEGIN" else "QUESTION"
            node = 0 if mark[0] == "END QUESTION" else node
        elif node and (inside == "SOLUTION" or (inside == "QUESTION" and cell.kind == "code")):
            yield cell.number, node


def _cell(number: int, raw: _RawCell) -> Cell:
    source = raw.source or raw.input or ""
    text = source if isinstance(source, str) else "".join(source)
    metadata = raw.metadata or {}
    nbgrader = metadata.get("nbgrader")
    grade_id = nbgrader.get("grade_id", "") if isinstance(nbgrader, dict) else ""
    tags = metadata.get("tags")
    return Cell(
        kind=raw.cell_type,
        number=number,
        text=text[:MAX_CELL_CHARACTERS],
        grade_id=grade_id if isinstance(grade_id, str) else "",
        is_answer=isinstance(tags, list) and "otter_answer_cell" in tags,
    )


def _without_magic(lines: Sequence[str]) -> Iterator[str]:
    """The lines, with `pass` in place of those that speak to the notebook alone."""
    goes_on = False
    for line in lines:
        found = _MAGIC.match(line) or _MAGIC_ASSIGNED.match(line)
        run = _RUN.match(line)
        if run is not None:
            yield f"from {run['path'].replace('/', '.')} import *"
        elif found is not None or goes_on:
            yield f"{found['indent'] if found else ''}pass" if not goes_on else ""
        else:
            yield line
        goes_on = (found is not None or goes_on) and line.endswith("\\")
