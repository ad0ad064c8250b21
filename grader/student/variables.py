"""Reads `answer_5_1 = …` in notebooks and Python files: as text, never run.

A string is the answer itself; a dict or a list holds one answer per value; anything else is taken
as it is typed.
"""

import ast
from collections.abc import Iterator

from grader.student.sheets import Sheet
from grader.student.wire import Found, Place

MAX_ANSWER = 20_000


def typed_variables(tree: ast.Module, place: Place, sheet: Sheet) -> Iterator[Found]:
    """The answers that variables at the top of a file or cell give.

    Args:
        tree: the file or cell.
        place: its file and cell.
        sheet: the parts that are asked for.
    """
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                name = target.id if isinstance(target, ast.Name) else ""
                key = _key(name, sheet)
                if key:
                    at = Place(
                        file=place.file,
                        line=node.lineno,
                        column=node.col_offset + 1,
                        cell=place.cell,
                    )
                    yield from _answers(node.value, key, at)


def fields_in(tree: ast.Module, place: Place, key: str, names: tuple[str, ...]) -> Iterator[Found]:
    """Variables of a cell that belongs to one part, by the names of the part's values."""
    known = {name.replace("-", "_").lower(): name for name in names}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id.lower() in known:
                at = Place(
                    file=place.file, line=node.lineno, column=node.col_offset + 1, cell=place.cell
                )
                yield from _answers(node.value, (key, known[target.id.lower()]), at)


def _key(name: str, sheet: Sheet) -> tuple[str, ...]:
    """The part's key and perhaps the name of a value, or () where the name speaks of no part."""
    lowered = name.lower()
    if not lowered.startswith(("answer", "ans", "q", "a_", "solution")):
        return ()
    found = sheet.named(lowered)
    if found is None:
        return ()
    number, rest = found
    part = sheet.nodes[number].asked
    if part is None:
        parts = list(sheet.below(number))
        key = parts[0].key if len(parts) == 1 else ".".join(sheet.nodes[number].path)
    else:
        key = part.key
    return (key, rest) if rest else (key,)


def _answers(value: ast.expr, key: tuple[str, ...], place: Place) -> Iterator[Found]:
    items: list[tuple[tuple[str, ...], ast.expr]] = []
    if isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        items = [((_text(k),), v) for k, v in pairs if k is not None]
    elif isinstance(value, ast.List | ast.Tuple):
        items = [((str(k),), v) for k, v in enumerate(value.elts)]
    elif isinstance(value, ast.Call) and ast.unparse(value.func) == "dict" and not value.args:
        items = [((k.arg,), k.value) for k in value.keywords if k.arg]
    for below, item in items or [((), value)]:
        text = _text(item)
        if text.strip() not in ("", "...", "None"):
            yield Found(kind="text", key=(*key, *below), place=place, text=text[:MAX_ANSWER])


def _text(value: ast.expr) -> str:
    """A string's own text, or what was typed."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    try:
        return ast.unparse(value)
    except (RecursionError, ValueError):
        return ""
