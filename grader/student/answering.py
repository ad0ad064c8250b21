"""Finds where the answer begins in a part: behind a copy of the question, or behind "Answer:".

Students copy the question, with its formulas, before they answer it. What is left out is never the
last thing that a part holds. Knows the question's words and nothing of what is right.
"""

import re
from collections.abc import Iterator, Sequence

from grader.student.texts import Line

_MARK = re.compile(
    r"[\s>*_#|\-•]{0,40}(?:\\(?:text(?:bf|it)|emph|underline|paragraph|(?:sub)*section)\*?\{\s?)?"
    r"(?:my\s|our\s|final\s)?(?:answer|ans|solution|response|lösung|antwort)\b"
    r"(?:\s?[:.)\]}*_=]|\s*$)[\s:.)\]}*_]{0,20}"
    r"|\s{0,40}\\begin\{(?:solution|answer|proof)\}(?:\[[^\]]{0,80}\])?\s?"
    r"|\s{0,40}(?-i:A)\s?:\s",
    re.IGNORECASE,
)
_END = re.compile(r"\s*\\end\{(?:solution|answer|proof)\}\s*$")
_SENTENCE_END = re.compile(r"(?<=[.?!:])\s+")
_TOKEN = re.compile(r"[^\W_]+")
_RUN = 3
"""Words in a row by which a copy is recognised."""
_ALIKE = 0.7
_MAX_WORDS = 400


def behind_marks(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines from the first word for an answer on, and those from the last one on."""
    bare = [Line("", line.place) if _END.match(line.text) else line for line in lines]
    marks = [k for k, line in enumerate(bare) if _mark(line) is not None]
    marks = [k for k in marks if any(re.search(r"\w", text) for text in _texts(bare, k))]
    if not marks:
        return bare, bare
    return _from(bare, marks[0]), _from(bare, marks[-1])


def _mark(line: Line) -> re.Match[str] | None:
    return _MARK.match(line.text[:300])


def _texts(lines: Sequence[Line], k: int) -> Iterator[str]:
    """What stands behind a mark: the rest of its line, and the next lines that say something."""
    found = _mark(lines[k])
    yield lines[k].text[found.end() if found else 0 :]
    yield from (line.text for line in lines[k + 1 : k + 20])


def _from(lines: list[Line], k: int) -> list[Line]:
    found = _mark(lines[k])
    rest = lines[k].text[found.end() if found else 0 :]
    return [Line(rest, lines[k].place), *lines[k + 1 :]]


def without_question(lines: Sequence[Line], question: str) -> list[Line]:
    """The lines without a quotation at their head and without copies of the question."""
    unquoted = [line for line in lines if not line.text.lstrip().startswith(">")]
    if _says_something(unquoted):
        lines = unquoted
    bare = [
        Line(line.text.lstrip(" >"), line.place) if ">" in line.text[:20] else line
        for line in lines
    ]
    words = _words(question)
    left = list(_not_copied(bare, words)) if len(words) >= _RUN else bare
    return left if _says_something(left) else bare


def _says_something(lines: Sequence[Line]) -> bool:
    return any(re.search(r"\w", line.text) for line in lines)


def _not_copied(lines: Sequence[Line], question: list[str]) -> Iterator[Line]:
    """The lines without the sentences that stand in the question."""
    runs = {tuple(question[k : k + _RUN]) for k in range(len(question))}
    known = set(question)
    was_copied = False
    for line in lines:
        kept: list[str] = []
        for sentence in _SENTENCE_END.split(line.text) if line.text.strip() else ():
            words = _words(sentence)
            was_copied = _is_copied(words, runs) or (
                was_copied and bool(words) and len(words) <= _RUN and known.issuperset(words)
            )
            if not was_copied:
                kept.append(sentence)
        yield Line(" ".join(kept), line.place)


def _is_copied(words: list[str], runs: set[tuple[str, ...]]) -> bool:
    if len(words) <= _RUN:
        return False
    own = [tuple(words[k : k + _RUN]) for k in range(len(words) - _RUN + 1)]
    return sum(run in runs for run in own) >= _ALIKE * len(own)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _TOKEN.findall(text[:4_000])][:_MAX_WORDS]
