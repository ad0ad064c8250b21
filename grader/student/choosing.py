"""Finds the answers to claims and picks in a section of a write-up.

Knows nothing of what is true.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec

from grader.student.blocks import Text
from grader.student.extracting import as_found, untold_values
from grader.student.naming import Value
from grader.student.phrases import normal, pattern, plain, trimmed
from grader.student.wire import Asked, Found

_TRUE = ("true", "t", "yes", "y", "right", "correct", "wahr", "richtig", "ja", "vrai", "✓")
_FALSE = ("false", "f", "no", "n", "wrong", "incorrect", "falsch", "nein", "faux", "✗")
_AND = " and "
_WORDS = {**dict.fromkeys(_TRUE, "true"), **dict.fromkeys(_FALSE, "false")}
_HEAD = re.compile(
    r"^\s*(?:[-*•+]\s+|\\item\b\s*)?(?:\(?[a-z\d]{1,2}[.):]\s*)?(?P<word>[A-Za-z✓✗]+)\b(?!-)"
)
_BOX = re.compile(r"\s*(?:[-*•+]\s)?\s?\[(?P<tick>[ xX✓])\]\s?(?P<rest>.*)")
_DENIED = re.compile(
    r"(?:\b(?:not|never|nicht|kein\w*|pas|ni|instead of|rather than|unlike)|n't)"
    r"\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;.]\s|\b(?:and|but|while|und|aber)\b")
_PLAIN = re.compile(r"\b(?:true|false|wahr|falsch|vrai|faux)\b", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:not|never|nicht|kein\w*|if)\b|n't", re.IGNORECASE)
_COUNTED = re.compile(r"\(?\b(?:[ivx]{1,4}|[a-h]|\d)[).]")
_JOINING = re.compile(
    r"\b(?:and|or|over|the|axes|axis|option|options|answer|is|i|it|pick)\b|[\s,;:.&|]+"
)


def read_choice(part: Asked, section: Text) -> Iterator[Found]:
    """The claims that are judged, or the options that are picked."""
    values = _claims(part, section) if part.pick == "each" else _picked(part, section)
    for value in values:
        yield as_found(part, value, section)
    if values and part.pick == "each":
        yield from untold_values(part, section, values)


def _claims(part: Asked, section: Text) -> list[Value]:
    named: dict[str, list[Value]] = {}
    for value in (*_ticked(part, section), *_by_name(part, section)):
        named.setdefault(value.name, []).append(value)
    if named:
        for value in _spoken(part, section):
            named.setdefault(value.name, [value])
        return list(map(_only, named.values()))
    judged: list[tuple[int, str]] = []
    for position, line in _lines(section):
        head = _HEAD.match(line)
        word = head["word"].lower() if head else ""
        if word in _WORDS:
            judged.append((position, _WORDS[word]))
    if len(judged) != len(part.names):
        judged = _in_a_row(section)
    if len(judged) != len(part.names):
        return []
    guess = "in the order of the claims"
    return [Value(n, w, at, guess) for n, (at, w) in zip(part.names, judged, strict=True)]


def _spoken(part: Asked, section: Text) -> Iterator[Value]:
    """Claims with the word for true or false in their clause: "I think that size is false"."""
    by_name = {normal(name): name for name in part.names}
    names = re.compile("|".join(rf"\b{pattern(name)}\b" for name in part.names), re.IGNORECASE)
    for position, line in _lines(section):
        for clause in _CLAUSE_END.split(line):
            spoken, words = names.findall(clause), _PLAIN.findall(clause)
            if len(spoken) == len(words) == 1 and not _NEGATED.search(clause):
                name = by_name[normal(spoken[0])]
                yield Value(name, _WORDS[words[0].lower()], position, "from a clause that says so")


def _only(values: Sequence[Value]) -> Value:
    """What is said of a claim; where it is said to be both, nobody but a person can tell."""
    said = dict.fromkeys(word for value in values for word in value.text.split(_AND))
    return msgspec.structs.replace(values[-1], text=_AND.join(said))


def _in_a_row(section: Text) -> list[tuple[int, str]]:
    """The words of the last line that is nothing but words for true and false."""
    for position, line in reversed(list(_lines(section))):
        words = [word.lower() for word in re.findall(r"\w+|[✓✗]", _COUNTED.sub("", line))]
        if len(words) > 1 and all(word in _WORDS for word in words):
            return [(position, _WORDS[word]) for word in words]
    return []


def _ticked(part: Asked, section: Text) -> Iterator[Value]:
    """Claims or options with a box that is ticked or not; what no tick stands at is a guess."""
    by_name = {normal(name): name for name in part.names}
    boxes = [(at, found) for at, line in _lines(section) if (found := _BOX.match(line))]
    if not any(found["tick"].strip() for _, found in boxes):
        return
    for position, found in boxes:
        words = normal(found["rest"])
        name = next((by_name[n] for n in sorted(by_name, key=len)[::-1] if words.startswith(n)), "")
        if name:
            is_ticked = bool(found["tick"].strip())
            guess = "" if is_ticked else "from a box that is not ticked"
            yield Value(name, "true" if is_ticked else "false", position, guess)


def _by_name(part: Asked, section: Text) -> Iterator[Value]:
    """`claim: true`, `claim — false, because …` and rows of tables."""
    ordered = sorted(part.names, key=len, reverse=True)
    field = re.compile(
        rf"(?<![\w-])(?P<name>{'|'.join(map(pattern, ordered))})\b"
        r"(?:\s(?:is|are)\s|\W{1,8})(?P<word>[A-Za-z✓✗]+)"
        r"(?:(?=\s?(?:\bor\b|\boder\b|/)\s?(?P<other>[A-Za-z✓✗]+)))?",
        re.IGNORECASE,
    )
    by_name = {normal(name): name for name in part.names}
    for position, line in _lines(section):
        for found in field.finditer(line):
            word = _WORDS.get(found["word"].lower())
            guess = (
                "" if not re.search(r"\w", line[: found.start()]) else "from the middle of a line"
            )
            other = _WORDS.get((found["other"] or "").lower()) or word
            if word and other:
                said = word if word == other else f"{word}{_AND}{other}"
                yield Value(by_name[normal(found["name"])], said, position, guess)


def _picked(part: Asked, section: Text) -> list[Value]:
    """A line of nothing but options, else the one option that the section speaks of."""
    by_name = {normal(name): name for name in part.names}
    ticked = [value for value in _ticked(part, section) if not value.guess]
    if ticked:
        return [Value("", ", ".join(value.name for value in ticked), ticked[0].position)]
    lines = [(position, line) for position, line in _lines(section) if line.strip()]
    for position, line in reversed(lines):
        words = [normal(word) for word in _JOINING.sub(" ", line).split()]
        if words and all(word in by_name for word in words):
            text = ", ".join(dict.fromkeys(by_name[word] for word in words))
            return [Value("", text, position, "" if len(lines) == 1 else "from its last line")]
    long = [name for name in part.names if len(name) > 2]  # noqa: PLR2004  # shorter ones are too common
    spoken = [n for n in long if _is_said(n, section.text)]
    if len(spoken) != 1:
        return []
    position = section.text.lower().find(spoken[0].lower())
    return [Value("", spoken[0], max(position, 0), "the only option that is spoken of")]


def _is_said(name: str, text: str) -> bool:
    """Whether a text speaks of an option other than to deny it."""
    said = re.finditer(rf"\b{pattern(name)}\b", text, re.IGNORECASE)
    return any(_DENIED.search(text[max(one.start() - 40, 0) : one.start()]) is None for one in said)


def _lines(section: Text) -> Iterator[tuple[int, str]]:
    """The lines as they are read, with their positions."""
    for position, line in section.lines():
        yield position, trimmed(plain(line.replace(r"\item", "-")))
