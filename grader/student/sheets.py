"""The numbering of a sheet as a tree: problems, questions and the parts that are asked for.

Knows what is asked and how it is numbered; nothing of documents.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec

from grader.student.labels import ROMAN, Label
from grader.student.wire import Asked

_TOKEN = re.compile(r"\d+|[a-z]+")
_PREFIXES = frozenset(
    {"answer", "answers", "ans", "solution", "question", "part", "q", "a", "ex", "exercise"}
    | {"problem", "task", "cell", "response"}
)


class Node(msgspec.Struct, kw_only=True):
    """One level of a sheet's numbering: a problem, a question, or a part.

    Attributes:
        path: its tokens ("5", "1", "a").
        order: its place among all nodes, as the sheet has them.
        asked: the part that has exactly this number, if there is one.
    """

    path: tuple[str, ...]
    order: int
    parent: int
    children: list[int] = []
    asked: Asked | None = None


class Sheet:
    """All parts that are asked for, as a tree of labels; node 0 is the sheet itself."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self.nodes = [Node(path=(), order=0, parent=0)]
        self._by_path: dict[tuple[str, ...], int] = {(): 0}
        self._steps: dict[tuple[int, str], int | None] = {}
        self._kinds = {part.key: part.kind for part in asked}
        for part in asked:
            self._add(part)

    def _add(self, part: Asked) -> None:
        path = tuple(_TOKEN.findall(part.number.lower()))
        while len(path) > 1 and path[0] in _PREFIXES:
            path = path[1:]
        parent = 0
        for depth in range(1, len(path) + 1):
            parent = self._child(parent, path[:depth])
        self.nodes[parent].asked = part

    def _child(self, parent: int, path: tuple[str, ...]) -> int:
        if path not in self._by_path:
            number = len(self.nodes)
            self.nodes.append(Node(path=path, order=number, parent=parent))
            self.nodes[parent].children.append(number)
            self._by_path[path] = number
        return self._by_path[path]

    def kind_of(self, key: str) -> str:
        """The kind of a part."""
        return self._kinds[key]

    def chain(self, number: int) -> list[int]:
        """A node and all above it, the sheet last."""
        chain = [number]
        while chain[-1]:
            chain.append(self.nodes[chain[-1]].parent)
        return chain

    def below(self, number: int) -> Iterator[Asked]:
        """The parts at and below a node, in order."""
        part = self.nodes[number].asked
        if part is not None:
            yield part
        for child in self.nodes[number].children:
            yield from self.below(child)

    def of_label(self, label: Label) -> tuple[int | None, int]:
        """The node of a label that begins at the sheet, and where the text behind it begins."""
        number, end = self.down(0, label.tokens), label.end
        if number is None and label.is_heading:
            number = self._counted(label.tokens)
        if number is None and label.letter_at:  # `1.4 (i) false (ii) true` is all about 1.4
            whole = self.down(0, label.tokens[:-1])
            is_part = bool(whole) and self.nodes[whole or 0].asked is not None
            return (whole, label.letter_at) if is_part else (None, end)
        for token, behind in label.steps if number else ():
            deeper = self.down(number or 0, (token,))
            if deeper is None:
                break
            number, end = deeper, behind
        if number and not label.steps and label.rest[:1].isalpha():
            return self._unglued(number, label)
        return number, end

    def _counted(self, tokens: Sequence[str]) -> int | None:
        """The second part of a problem that a heading calls 1.2 and the sheet 1b."""
        problem = self.down(0, tokens[:1])
        if not problem or len(tokens) != 2 or not tokens[1].isdigit():  # noqa: PLR2004  # as 1.2
            return None
        children = self.nodes[problem].children
        is_lettered = not any(self.nodes[child].path[-1].isdigit() for child in children)
        place = int(tokens[1])
        return children[place - 1] if is_lettered and 0 < place <= len(children) else None

    def _unglued(self, number: int, label: Label) -> tuple[int, int]:
        """`4.2aweights = …` is about 4.2a, which has weights; other letters belong to the text."""
        deeper = self.down(number, (label.rest[0],))
        part = self.nodes[deeper].asked if deeper else None
        if deeper and part and label.rest[1:].lower().startswith(tuple(map(str.lower, part.names))):
            return deeper, label.end + 1
        return number, label.end

    def down(self, number: int, tokens: Sequence[str]) -> int | None:
        """The node that tokens lead to from a node, or None."""
        for token in tokens:
            if (number, token) not in self._steps:
                self._steps[number, token] = self._step(number, token)
            found = self._steps[number, token]
            if found is None:
                return None
            number = found
        return number

    def _step(self, number: int, token: str) -> int | None:
        """A child by its own token, or by its place: the third question is also `c` or `iii`."""
        children = self.nodes[number].children
        for child in children:
            if self.nodes[child].path[-1] == token:
                return child
        if token.isdigit():
            return None  # a numbered list among lettered parts is no label
        if not number and token not in ROMAN:
            return None  # problems are not lettered where they are numbered
        place = ROMAN.get(token, 0) or (ord(token) - 96 if len(token) == 1 else 0)
        has_letters = any(not self.nodes[child].path[-1].isdigit() for child in children)
        if has_letters and token not in ROMAN:
            return None
        return children[place - 1] if 0 < place <= len(children) else None

    def label(self, number: int) -> str:
        """A node's label as a heading would have it: `5.1(a)`."""
        path = self.nodes[number].path
        numbers = ".".join(token for token in path if token.isdigit())
        return numbers + "".join(f"({token})" for token in path if not token.isdigit())

    def named(self, words: str) -> tuple[int, str] | None:
        """The part that a name such as `q5_1_a_total` begins with, and what is left of the name."""
        tokens = re.findall(r"\d+|[A-Za-z]+", words)
        while tokens and tokens[0].lower() in _PREFIXES:
            tokens.pop(0)
        for count in range(len(tokens), 0, -1):
            number = self.down(0, [token.lower() for token in tokens[:count]])
            if number and tokens[0].isdigit():
                return number, "_".join(tokens[count:])
        return None
