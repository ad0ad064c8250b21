"""Turns students' files into syntax trees, and finds the file that a module's name means.

A notebook is one tree per cell, a write-up one per program in it. Runs nothing.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from grader.student.formats import is_document
from grader.student.listings import parsed_listings
from grader.student.notebooks import (
    Cell,
    cell_path,
    code_of,
    is_notebook,
    parse_cell,
    read_cells,
    written_file,
)
from grader.student.scopes import nodes_of, waits


def trees_of(path: str, sources: dict[str, bytes]) -> list[tuple[str, ast.Module]]:
    """The syntax trees of a file, each with the name that its lines go by.

    Args:
        path: the file.
        sources: all files; a notebook's cells, and the files that they write, are added.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `ast.parse`.
    """
    if is_notebook(path):
        cells = read_cells(sources[path])
        return [
            tree for cell in cells if cell.kind == "code" for tree in _cell(path, cell, sources)
        ]
    if is_document(path):
        return [(path, tree) for tree in parsed_listings(path, sources[path])]
    return [(path, ast.parse(sources[path], path))]


def _cell(path: str, cell: Cell, sources: dict[str, bytes]) -> Iterator[tuple[str, ast.Module]]:
    file = cell_path(path, cell.number)
    sources[file] = code_of(cell).encode(errors="replace")
    written = written_file(cell)
    if written is not None:
        sources.setdefault(str(PurePosixPath(path).parent / written), sources[file])
    try:
        tree = parse_cell(path, cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # the index names it; the other cells count all the same
    tree.body = [node for node in tree.body if not waits(node)]
    yield file, tree


def place_of(
    parts: Sequence[str], folders: Sequence[PurePosixPath], sources: Mapping[str, bytes]
) -> str | None:
    """The file that a module's name means, or the folder, which ends in a slash.

    Args:
        parts: of the name, between its dots.
        folders: where it is looked for, in this order.
        sources: all files.
    """
    for folder in folders:
        place = folder.joinpath(*parts)
        for path in (str(place / "__init__.py"), f"{place}.py", f"{place}.ipynb"):
            if path in sources:
                return path
        if any(path.startswith(f"{place}/") for path in sources):
            return f"{place}/"
    # Students add folders to the path when their file runs, which is not followed here.
    end = f"/{'/'.join(parts)}.py"
    found = [path for path in sources if path.endswith(end)]
    return found[0] if len(found) == 1 else None


def source_line(sources: Mapping[str, bytes], path: str, line: int) -> str:
    """A line of a file, stripped and cut, or ""."""
    lines = sources.get(path, b"").splitlines()
    return lines[line - 1].decode(errors="replace").strip()[:200] if 0 < line <= len(lines) else ""


def lines_in_try(tree: ast.Module) -> Iterator[int]:
    """The lines whose imports the student expects to fail: bodies of `try` with handlers."""
    for node in nodes_of(tree):
        if isinstance(node, ast.Try) and node.handlers:
            last = node.body[-1]
            yield from range(node.body[0].lineno, (last.end_lineno or last.lineno) + 1)
