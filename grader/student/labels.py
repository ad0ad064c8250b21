r"""The labels by which a sheet numbers its parts, as students write them at the head of a line.

`2.3`, `## Q2.3:`, `\subsection*{2.3}`, `2-3)`, `Problem 2` and below it `(c)`, `Part c` or `3.`: a
label is read only where it can name a part that was asked for. Knows nothing of answers.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec

from grader.student.wire import Asked

_TOKEN = re.compile(r"\d+|[a-z]+")
_ROMAN = {
    name: k
    for k, name in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), 1)
}


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
        for part in asked:
            self._add(part)

    def _add(self, part: Asked) -> None:
        path = tuple(_TOKEN.findall(part.number.lower()))
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

    def of_label(self, label: "Label") -> tuple[int | None, int]:
        """The node of a label that begins at the sheet, and where the text behind it begins."""
        if label.deeper:
            deeper = self.down(0, (*label.tokens, label.deeper))
            if deeper:
                return deeper, label.deeper_end
        return self.down(0, label.tokens), label.end

    def down(self, number: int, tokens: Sequence[str]) -> int | None:
        """The node that tokens lead to from a node, or None."""
        for token in tokens:
            found = self._step(number, token)
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
        place = _ROMAN.get(token, 0) or (ord(token) - 96 if len(token) == 1 else 0)
        has_letters = any(not self.nodes[child].path[-1].isdigit() for child in children)
        if has_letters and token not in _ROMAN:
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


_PREFIXES = frozenset(
    {"answer", "answers", "ans", "solution", "question", "part", "q", "a", "ex", "exercise"}
    | {"problem", "task", "cell", "response"}
)


# --- labels at the head of a line ---------------------------------------------------------------


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What may be a label at the head of a line.

    Attributes:
        tokens: the steps that it names, one below the other.
        is_full: whether they begin at the sheet; else at any level that is open.
        style: how it is written; the labels of one level look alike.
        weight: how much it looks like a label.
        is_heading: whether it stands in a heading, in bold, or behind a word for a question.
        is_marked: whether a heading, a word or a sign sets it off from the text.
        end: where the text behind it begins.
        is_open: whether the next label of its last level may be written in any way, since this
            one stands behind the others ("1.2 (a)", and then "(b)").
        deeper: a further step that may follow at once, as in `2.3 (a)`, or "".
        deeper_end: where the text behind that begins.
    """

    tokens: tuple[str, ...]
    is_full: bool
    style: str
    weight: float
    is_heading: bool
    is_marked: bool
    end: int
    is_open: bool = False
    deeper: str = ""
    deeper_end: int = 0


_WORD = (
    r"problem|question|exercise|task|part|answer(?:\s+to)?|solution(?:\s+to)?|aufgabe|frage|q|ex"
)
_HEAD = re.compile(
    r"""(?P<open>\s*(?:
        [#>]+\s*
      | [-*•]\s+(?=\S)
      | \\(?:sub)*(?:section|paragraph|part|chapter)\*?\s*\{\s*
      | \\(?:textbf|textit|emph|underline|noindent|large|Large|bf|item)\b\s*[{\[]?\s*
      | (?:\*\*|__)\s*
    )*)""",
    re.VERBOSE,
)
_NAMED = re.compile(rf"(?P<word>{_WORD})\b\.?\s*(?:no\.|\#|:)?\s*", re.IGNORECASE)
_GLUED_Q = re.compile(r"(?P<word>q|ex)\.?\s*(?=\d)", re.IGNORECASE)
_FULL = re.compile(
    r"""\(?(?P<numbers>\d{1,2}(?:[.\-–—]\d{1,2})*)(?!\d)(?![.,]\d)
    (?P<letter>
        [.\-]?(?P<plain>[a-z])(?![a-z0-9_^'])
      | [.,]?\s?\((?P<bracket>[a-z]|[ivx]+)\)
      | \s(?P<spaced>[a-z])(?=[).:])
    )?""",
    re.VERBOSE,
)
_RELATIVE = re.compile(
    r"""(?: \((?P<both>[a-z]|[ivx]+|\d{1,2})\)
          | (?P<half>[a-z]|[ivx]+|\d{1,2})\)
          | (?P<dot>[a-z]|[ivx]+|\d{1,2})\.(?=\s|$|\*|\}) )""",
    re.VERBOSE | re.IGNORECASE,
)
_BARE = re.compile(r"(?P<bare>[a-z]|[ivx]+|\d{1,2})(?![A-Za-z0-9])", re.IGNORECASE)
_THEN = re.compile(rf"[\s,]*(?:part\s+)?{_RELATIVE.pattern}", re.VERBOSE | re.IGNORECASE)
_CLOSE = re.compile(r"(?:\*\*|__|[}\]:.)]|\s?[–—:-](?=\s))*\s*")
_STRONG = re.compile(r"[#{\[]|\*\*|__|\\")
MAX_HEAD = 200


def read_label(line: str) -> Label | None:
    """The label at the head of a line, if there may be one; the order decides whether it is."""
    text = line[:MAX_HEAD]
    head = _HEAD.match(text)
    assert head is not None  # it may match nothing
    start, is_strong = head.end(), bool(_STRONG.search(head.group()))
    named = _NAMED.match(text, start) or _GLUED_Q.match(text, start)
    if named is not None:
        return _after_word(text, named, is_strong=is_strong)
    full = _FULL.match(text, start)
    if full is not None and (full["letter"] or not full["numbers"].isdigit()):
        style = f"{'head ' if is_strong else ''}full"
        return _label(text, full.end(), _tokens(full), style=style, is_full=True, strong=is_strong)
    relative = _RELATIVE.match(text, start)
    if relative is not None:
        return _relative(text, relative, "", is_strong=is_strong)
    if is_strong and full is not None:  # `## 2` or `## 2. Dilation`
        return _label(text, full.end(), _tokens(full), style="head", is_full=True, strong=True)
    return None


def _after_word(text: str, named: re.Match[str], *, is_strong: bool) -> Label | None:
    word, start = named["word"].lower(), named.end()
    full = _FULL.match(text, start)
    if full is not None:
        tokens, end = _tokens(full), full.end()
        then = _THEN.match(text, end)
        if then is not None and len(tokens) == 1:
            tokens, end = (*tokens, _one(then)), then.end()
        is_full = word != "part" or len(tokens) > 1
        return _label(text, end, tokens, style=f"word {word}", is_full=is_full, strong=True)
    relative = _RELATIVE.match(text, start) or _BARE.match(text, start)
    if relative is None or (word in ("answer", "q", "ex") and "bare" in relative.re.groupindex):
        return None
    return _relative(text, relative, word, is_strong=is_strong)


def _relative(text: str, found: re.Match[str], word: str, *, is_strong: bool) -> Label | None:
    token = _one(found)
    shape = next(name for name, value in found.groupdict().items() if value)
    if shape == "both" and token.isdigit() and not text[found.end() :].strip():
        return None  # "(2)" alone on its line is the number of an equation
    kind = "number" if token.isdigit() else "letter"
    style = f"{word} {'head ' if is_strong else ''}{shape} {kind}"
    strong = is_strong or bool(word)
    return _label(text, found.end(), (token,), style=style, is_full=False, strong=strong)


def _label(
    text: str, end: int, tokens: tuple[str, ...], *, style: str, is_full: bool, strong: bool
) -> Label:
    close = _CLOSE.match(text, end)
    assert close is not None  # it may match nothing
    rest, sign = text[close.end() :], text[end - 1 : close.end()]
    then = _RELATIVE.match(text, close.end()) if is_full else None
    is_marked = strong or ":" in sign or ")" in sign
    weight = 2.0 if is_full else 1.0
    weight += 2.0 * strong
    if not rest.strip() or is_marked:
        weight += 1.0
    elif rest[0].islower() and not close.group().strip() and is_full:
        weight -= 1.5
    elif text[end : end + 1] in tuple("%×*/+=^"):
        weight -= 3.0  # a calculation goes on
    return Label(
        tokens=tokens,
        is_full=is_full,
        style=style,
        weight=weight,
        is_heading=strong,
        is_marked=is_marked,
        end=close.end(),
        is_open=bool(then) or (is_full and len(tokens) > 1 and text[end - 1] == ")"),
        deeper=_one(then) if then else "",
        deeper_end=_behind(text, then.end()) if then else 0,
    )


def _behind(text: str, end: int) -> int:
    close = _CLOSE.match(text, end)
    return close.end() if close else end


def _tokens(found: re.Match[str]) -> tuple[str, ...]:
    letter = found["plain"] or found["bracket"] or found["spaced"]
    return (*re.findall(r"\d+", found["numbers"]), *([letter.lower()] if letter else []))


def _one(found: re.Match[str]) -> str:
    return next(value for value in found.groupdict().values() if value).lower()
