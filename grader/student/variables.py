"""Reads `answer_5_1 = …` in notebooks and Python files: as text, never run.

A string is the answer itself; a dict or a list holds one answer per value; anything else is taken
as it is typed, with the names in it that stand for plain arithmetic. Of a variable that is set
again the last value counts, as in Python.
"""

import ast
from collections.abc import Iterator

from grader.student.following import Known
from grader.student.sheets import Sheet
from grader.student.wire import Asked, Found, Place

MAX_ANSWER = 20_000
_NOTHING = frozenset({"", "...", "None", "{}", "[]", "()", "dict()", "''"})
_WHOLE = frozenset({"answer", "answers", "solution", "solutions"})
_Key = tuple[str, ...]


class Variables:
    """The answers that the variables of one file give, cell by cell."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._known = Known()
        self._found: dict[_Key, Found] = {}

    def read(self, tree: ast.Module, place: Place, part: Asked | None = None) -> None:
        """Read a file or the next cell.

        Args:
            tree: its statements.
            place: its file and cell.
            part: the part that a tool ties the cell to, whose values may stand under their names.
        """
        for node in tree.body:
            at = Place(
                file=place.file, line=node.lineno, column=node.col_offset + 1, cell=place.cell
            )
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    for key, value in self._answers(target, node.value, part):
                        self._take(key, value, at)
            self._known.learn(node, f"line {at.line}" + (f" of cell {at.cell}" if at.cell else ""))

    def found(self) -> Iterator[Found]:
        """All answers, as the last cell leaves them."""
        yield from self._found.values()

    def _answers(
        self, target: ast.expr, value: ast.expr, part: Asked | None
    ) -> Iterator[tuple[_Key, ast.expr]]:
        """The keys that an assignment answers, each with what it is set to."""
        steps = _steps(target)
        if not steps:
            return
        name, *below = steps
        if part is not None and not below:
            field = next((n for n in part.names if _as_name(n) == name.lower()), None)
            if field is not None:
                yield from _items((part.key, field), value)
                return
        key = self._key(name)
        if key:
            yield from _items((*key, *below), value)
        elif name.lower() in _WHOLE and (below or isinstance(value, ast.Dict)):
            for path, item in _items(tuple(below), value):
                number, rest = path[:1], path[1:]
                key = self._key(f"answer_{number[0]}") if number else ()
                if key:
                    yield from _items((*key, *rest), item)

    def _key(self, name: str) -> _Key:
        """The part's key and perhaps the name of a value, or () where a name speaks of no part."""
        lowered = name.lower()
        if not lowered.startswith(("answer", "ans", "q", "a_", "solution")):
            return ()
        found = self._sheet.named(lowered)
        if found is None:
            return ()
        number, rest = found
        part = self._sheet.nodes[number].asked
        if part is None:
            parts = list(self._sheet.below(number))
            key = parts[0].key if len(parts) == 1 else ".".join(self._sheet.nodes[number].path)
        else:
            key = part.key
        return (key, rest) if rest else (key,)

    def _take(self, key: _Key, value: ast.expr, at: Place) -> None:
        shorter = [old for old in self._found if old == key[: len(old)]]
        for old in (*shorter, *(old for old in [*self._found] if old[: len(key)] == key)):
            self._found.pop(old, None)
        made, notes = self._known.explained(value, self._inputs(key[0]))
        text = _text(made)
        if text.strip() not in _NOTHING:
            note = "; ".join(notes)
            self._found[key] = Found(
                kind="text", key=key, place=at, text=text[:MAX_ANSWER], note=note[:MAX_ANSWER]
            )

    def _inputs(self, key: str) -> frozenset[str]:
        """The names that a formula of the part may use."""
        asked = (part for part in self._sheet.below(0) if part.key == key)
        return frozenset(name for part in asked for name in part.inputs)


def _steps(target: ast.expr) -> list[str]:
    """A name and what is looked up in it: `answers["5.1"]["total"]`; or nothing."""
    below: list[str] = []
    while isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        below.insert(0, str(target.slice.value))
        target = target.value
    return [target.id, *below] if isinstance(target, ast.Name) else []


def _as_name(name: str) -> str:
    return name.replace("-", "_").lower()


def _items(key: _Key, value: ast.expr) -> list[tuple[_Key, ast.expr]]:
    """The values that one variable holds."""
    items: list[tuple[_Key, ast.expr]] = [(key, value)]
    if isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        items = [((*key, _text(k)), v) for k, v in pairs if k is not None]
    elif isinstance(value, ast.List | ast.Tuple):
        items = [((*key, str(k)), v) for k, v in enumerate(value.elts)]
    elif isinstance(value, ast.Call) and ast.unparse(value.func) == "dict" and not value.args:
        items = [((*key, k.arg), k.value) for k in value.keywords if k.arg]
    return items or [(key, value)]


def _text(value: ast.expr) -> str:
    """A string's own text, or what was typed."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    try:
        return ast.unparse(value)
    except (RecursionError, ValueError):
        return ""
