"""Reads `answers.yaml` into typed answers: every key and every value is the text that was typed.

So `2.10`, `no` and `1e6` mean what was written. Works on the events of the YAML parser and never
builds a tree, so that neither depth nor aliases can hurt. Knows nothing of parts.
"""

from collections.abc import Iterable, Iterator
from string import ascii_lowercase
from typing import TypeAlias

import msgspec
import yaml

from grader.student.extracting import GUESSED
from grader.student.wire import Asked, Found, Place, Source, Unread

MAX_TYPED_BYTES = 512 * 2**10
MAX_TYPED = 5_000
MAX_DEPTH = 8

_ADVICE = (
    "put the answer in quotes, '…', or behind `|` on lines of its own, if it holds a colon, a #"
    " or starts with one of * & ! % @ [ {"
)
_ADVICE_ON_TABS = "write spaces in place of the tab"
_Event: TypeAlias = yaml.Event


class _TypedError(Exception):
    """The file is YAML of a kind that answers are not written in."""

    def __init__(self, event: _Event, message: str) -> None:
        super().__init__(message)
        self.line = _line(event)


def read_typed(source: Source) -> Iterator[Found | Unread]:
    """All answers typed in one file; what stands before a mistake is still read."""
    if len(source.data) > MAX_TYPED_BYTES:
        yield _unread(source, 0, "is larger than 512 KiB; type answers only")
        return
    try:
        text = source.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.data.count(b"\n", 0, error.start) + 1
        yield _unread(source, line, "is not UTF-8 text here; save the file as UTF-8")
        return
    try:
        for count, found in enumerate(_walk(text, source.path)):
            if count == MAX_TYPED:
                yield _unread(source, 0, f"holds more than {MAX_TYPED:,} answers")
                return
            yield found
    except _TypedError as error:
        yield _unread(source, error.line, str(error))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = error.problem or error.context or "can not be read"
        advice = _ADVICE_ON_TABS if repr("\t") in said else _ADVICE
        yield _unread(source, mark.line + 1 if mark else 0, f"{said}; {advice}")
    except yaml.YAMLError as error:
        yield _unread(source, 0, f"can not be read as YAML: {str(error).splitlines()[0][:200]}")


def read_misnamed(source: Source, asked: Iterable[Asked]) -> Iterator[Found]:
    """The answers in a YAML file of another name, as guesses.

    Such files may be about anything: what stands under a number of the sheet alone is taken.
    """
    numbers = {part.number.lower() for part in asked}
    numbers |= {number.rstrip(ascii_lowercase) for number in numbers}
    guess = "in a file that is not called answers.yaml"
    for item in read_typed(source):
        if isinstance(item, Found) and item.key[0].strip().lower() in numbers:
            yield msgspec.structs.replace(item, trust=GUESSED, guess=guess)


def _walk(text: str, file: str) -> Iterator[Found]:
    """Follow the parser's events; documents beyond the first are refused."""
    walk = _Walk(file)
    documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        _refuse_strange(event)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _TypedError(event, "a second document begins here; remove the line `---`")
        elif isinstance(event, yaml.CollectionStartEvent):
            walk.enter(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            walk.leave()
        elif isinstance(event, yaml.ScalarEvent):
            yield from walk.scalar(event)


class _Walk:
    """Where in the file we are: per open mapping or list a key and a count.

    In a mapping the key is None where the next scalar is a key; in a list it is the number of the
    next item, as text.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._keys: list[str | None] = []
        self._counts: list[int | None] = []

    def enter(self, event: _Event) -> None:
        """A mapping or list begins."""
        is_list = isinstance(event, yaml.SequenceStartEvent)
        if not self._keys and is_list:
            raise _TypedError(event, "found a list; wanted lines like `key: answer`")
        if self._keys and self._keys[-1] is None:
            raise _TypedError(event, f"a list or mapping stands where a key should; {_ADVICE}")
        if len(self._keys) >= MAX_DEPTH:
            raise _TypedError(event, f"nested deeper than {MAX_DEPTH} levels")
        self._keys.append("0" if is_list else None)
        self._counts.append(0 if is_list else None)

    def leave(self) -> None:
        """It ends; for what is around it a value has ended."""
        self._keys.pop()
        self._counts.pop()
        self._advance()

    def scalar(self, event: yaml.ScalarEvent) -> Iterator[Found]:
        """A key, or a value, which is an answer."""
        if not self._keys:
            if event.value:
                raise _TypedError(event, "found plain text; wanted lines like `key: answer`")
        elif self._keys[-1] is None:
            self._keys[-1] = event.value
        else:
            yield self._found(event)
            self._advance()

    def _advance(self) -> None:
        if not self._keys:
            return
        count = self._counts[-1]
        self._counts[-1] = None if count is None else count + 1
        self._keys[-1] = None if count is None else str(count + 1)

    def _found(self, event: yaml.ScalarEvent) -> Found:
        is_block = event.style in ("|", ">")
        return Found(
            kind="text",
            key=tuple(key for key in self._keys if key is not None),
            place=Place(file=self._file, line=_line(event), column=_column(event)),
            text=event.value.removesuffix("\n") if is_block else event.value,
        )


def _refuse_strange(event: _Event) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise _TypedError(event, f"`*{event.anchor}` refers to another place; {_ADVICE}")
    if isinstance(event, yaml.NodeEvent) and event.anchor:
        raise _TypedError(event, f"`&{event.anchor}` names a place; {_ADVICE}")
    if getattr(event, "tag", None) not in (None, "!"):
        raise _TypedError(event, f"`!` gives a type to a value; {_ADVICE}")


def _line(event: _Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _column(event: _Event) -> int:
    return event.start_mark.column + 1 if event.start_mark else 0


def _unread(source: Source, line: int, message: str) -> Unread:
    place = Place(file=source.path, line=line)
    return Unread(place=place, message=f"line {line}: {message}" if line else message)
