"""Finds values in sentences that speak of them: "the pointwise layer has 128 · 4 = 512 weights".

All of them are guesses. Knows the names that are asked for and nothing of what is right.
"""

import re
from collections.abc import Iterator
from itertools import zip_longest

import msgspec

from grader.student.blocks import MARK, Text
from grader.student.chains import can_be_read
from grader.student.guessing import tells
from grader.student.naming import Value, chosen
from grader.student.phrases import (
    formula_runs,
    last_number,
    last_side,
    pattern,
    rows,
    told_number,
)
from grader.student.wire import Asked

_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-Z\\(\x1a])|(?<!:)\n\s*\n|\n(?=\s*(?:[-*•]\s|\\item))")
LONG_NAME = 6
"""The letters of a name that other words may be made of."""
_BREAK = re.compile(r"[,;]|\b(?:and|while|but|whereas)\b")


def spoken_values(part: Asked, section: Text) -> Iterator[Value]:
    """Values in sentences that speak of one name: "the pointwise layer has … = 512"."""
    names = [name for name in part.names if len(name) > 2]  # noqa: PLR2004  # shorter ones are too common
    if not names:
        return
    ordered = sorted(names, key=len, reverse=True)
    either = re.compile(
        rf"(?<![A-Za-z])(?:{'|'.join(f'({_stem(name)})' for name in ordered)})(?![A-Za-z])",
        re.IGNORECASE,
    )
    found: dict[str, Value] = {}
    for start, sentence in _sentences(section):
        for at, stretch, number in _stretches(either, start, sentence):
            name = ordered[number - 1]
            value = _of_sentence(part, name, section, at, stretch)
            if value:
                found[name] = Value(name, value, max(section.text.find(value, at), at))
    for name, one in found.items():
        yield msgspec.structs.replace(one, guess=f"from the sentence that speaks of {name}")


def _stem(name: str) -> str:
    """A pattern for a name and for words that are made of it: "projection" for `project`."""
    is_long = len(name) >= LONG_NAME and name.isalpha()
    return rf"{pattern(name[:-1])}[a-z]{{0,5}}" if is_long else pattern(name)


def _stretches(names: re.Pattern[str], start: int, sentence: str) -> Iterator[tuple[int, str, int]]:
    """The stretches of a sentence that speak of one name each, with the names' numbers.

    A whole sentence, or its clauses, or what stands behind each name up to the next one.
    """
    hits = list(names.finditer(sentence))
    if len({hit.lastindex for hit in hits}) == 1:
        yield start, sentence, hits[0].lastindex or 0
        return
    clauses = [(at, clause, [*names.finditer(clause)]) for at, clause in _clauses(sentence)]
    telling = [
        one for one in clauses if len(one[2]) == 1 and (MARK in one[1] or last_number(one[1]))
    ]
    if hits and len(telling) == len(hits):
        yield from ((start + at, clause, said[0].lastindex or 0) for at, clause, said in telling)
        return
    for hit, after in zip_longest(hits, hits[1:]):
        end = after.start() if after else len(sentence)
        yield start + hit.end(), sentence[hit.end() : end], hit.lastindex or 0


def _clauses(sentence: str) -> Iterator[tuple[int, str]]:
    position = 0
    for cut in _BREAK.finditer(sentence):
        yield position, sentence[position : cut.start()]
        position = cut.end()
    yield position, sentence[position:]


def _sentences(section: Text) -> Iterator[tuple[int, str]]:
    position = 0
    for cut in _SENTENCE.finditer(section.prose):
        yield position, section.prose[position : cut.start()]
        position = cut.end()
    yield position, section.prose[position:]


def _of_sentence(part: Asked, name: str, section: Text, start: int, sentence: str) -> str:
    """The last formula of a stretch of prose, else its last number, or ""."""
    inside = section.blocks_within(start, start + len(sentence))
    telling = [b for b in inside if b.kind in ("inline", "code", "display") and tells(b.text, part)]
    if telling:
        made = rows(telling[-1].text)
        return chosen(last_side(made[-1])) if made else ""
    if not part.inputs:
        return told_number(sentence)
    runs = [
        run for run in formula_runs(sentence.replace(MARK, " "), part.inputs) if tells(run, part)
    ]
    read = [run for run in runs if can_be_read(last_side(run), part, name)]
    return last_side((read or runs)[-1]) if runs else ""
