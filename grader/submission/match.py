"""Finds which answer belongs to which part, from the index that the student's side gives.

Where a part is answered in several places, the file named after the problem counts, then
answers.yaml; otherwise the part is ambiguous. The best-scoring answer is never sought: nothing here
knows what is right.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from grader.model import Assignment, NumberedPart, Part, Record
from grader.student.formats import TYPED_NAMES
from grader.student.wire import UNTOLD, Found, Index, Place, Source
from grader.submission.functions import Functions, needed_names

_MAX_NOTES, _MAX_KEY = 50, 200


class TypedField(Record, frozen=True, kw_only=True):
    """One typed answer, or one field of it.

    Attributes:
        label: what stands below the part's key ("total"), or "".
        trust: as in `Found`: 0 typed as the answer, 1 under its name in a document, 2 guessed.
        guess: for a guess, how it was made.
        note: what else the text rests on.
    """

    label: str
    text: str
    place: Place
    trust: int = 0
    guess: str = ""
    note: str = ""

    @property
    def is_untold(self) -> bool:
        """Whether it is a text in which no value was found: nothing to evaluate."""
        return UNTOLD in self.guess


class Match(Record, frozen=True, kw_only=True):
    """What answers one part: a function, or typed fields, or nothing.

    Attributes:
        function: where the function is defined; with several names that a call needs, the first.
        provides: the names that are needed from that file.
        doubt: why it can not be said which answer counts, or "".
    """

    part: str
    function: Place | None = None
    provides: tuple[str, ...] = ()
    fields: tuple[TypedField, ...] = ()
    doubt: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def is_missing(self) -> bool:
        """Whether nothing answers the part."""
        return self.function is None and not self.fields and not self.doubt


class Matching(Record, frozen=True, kw_only=True):
    """The matches of all parts, by id, and notes on keys that answer nothing."""

    matches: dict[str, Match]
    notes: tuple[str, ...] = ()


def match_answers(index: Index, assignment: Assignment) -> Matching:
    """Match an index to an assignment's parts."""
    typed, notes = _Keys(assignment).assigned(index)
    code = Functions(index, assignment)
    matches = {
        numbered.part.id: _match(numbered, code, typed.get(numbered.part.id, []))
        for numbered in assignment.numbered
    }
    return Matching(matches=matches, notes=tuple(notes))


def unread_files(sources: Iterable[Source], index: Index) -> tuple[str, ...]:
    """A note for each file that looks like typed answers and is called something else."""
    read = {found.place.file for found in index.found}
    return tuple(
        f"{source.path} was not read: typed answers are looked for in answers.yaml"
        for source in sources
        if (path := PurePosixPath(source.path)).suffix.lower() in {".yaml", ".yml"}
        and path.name.lower() not in TYPED_NAMES
        and source.path not in read
    )


# --- one part -----------------------------------------------------------------------------------


def _match(numbered: NumberedPart, code: Functions, fields: list[TypedField]) -> Match:
    part = numbered.part
    names = needed_names(part)
    files = code.files_with_all(names) if names else {}
    has_code = any(not code.is_empty(file, names) for file in files)
    named = [f for f in files if f in _named_after(part.slug)]
    if named and (has_code or not fields):
        return _by_function(part, names, files[named[0]], code)
    fields = _trusted(part, fields, has_code=has_code)
    cut = _cut_off(fields)
    if cut is not None:
        doubt = (
            f"{cut.place}: the comma before {cut.label!r} ends the answer before it; write a "
            "decimal point, or put the answer in quotes"
        )
        return Match(part=part.id, fields=tuple(fields), doubt=doubt)
    fields = [field for field in fields if not _is_empty(field.text)]
    if fields and part.kind != "text" and all(f.is_untold for f in fields):
        doubt = untold(numbered, fields[0], next(iter(field_names(part)), ""))
        return Match(part=part.id, fields=tuple(fields), doubt=doubt)
    if fields:
        return _by_fields(part, fields)
    if len(files) > 1 and not code.are_copies(names, files):
        places = " and ".join(str(found[-1].place) for found in files.values())
        return Match(
            part=part.id,
            doubt=f"{names[0]} is defined in {places}; keep one, or name the file "
            f"{part.slug.replace('-', '_')}.py",
        )
    if files:
        return _by_function(part, names, next(iter(files.values())), code)
    return Match(part=part.id, remarks=tuple(code.nearly(names)))


def untold(numbered: NumberedPart, field: TypedField, name: str) -> str:
    """What to say of a text in which no value was found for a name."""
    several = f" {name}" if len(field_names(numbered.part)) > 1 else ""
    return (
        f"something stands here, at {field.place}, but {UNTOLD}; a person will look at it. To be"
        f" read, write a line `Answer {numbered.number}{several}: …`"
    )


def _trusted(part: Part, fields: list[TypedField], *, has_code: bool) -> list[TypedField]:
    """The fields that count: what was typed as an answer, and what documents add to it.

    A document speaks for a value only where nothing was typed for it, and for a part that has a
    function only where it was marked as its answer.
    """
    typed = [field for field in fields if field.trust == 0]
    read = [field for field in fields if field.trust]
    known = set(field_names(part))
    can_add = all(field.label in known for field in typed)
    if has_code or not can_add or (typed and not known):
        return typed
    for trust in (1, 2):
        labels = {field.label for field in typed}
        if labels:
            labels.add("")  # a document's text as a whole speaks only where nothing else does
        found = [field for field in read if field.trust == trust and field.label not in labels]
        typed += _without_copies(found)
    return typed


def _without_copies(fields: list[TypedField]) -> list[TypedField]:
    """The fields without those that say the same again, as a .tex beside its text does."""
    seen = {(field.label, "".join(field.text.split())): field for field in reversed(fields)}
    return [field for field in fields if seen[field.label, "".join(field.text.split())] is field]


def _by_function(
    part: Part, names: tuple[str, ...], definitions: list[Found], code: Functions
) -> Match:
    *earlier, last = definitions
    lines = ", ".join(str(found.place.line) for found in earlier)
    remark = f"{names[0]} is also defined on line {lines}; Python uses the last definition"
    return Match(
        part=part.id,
        function=last.place,
        provides=names,
        remarks=(*((remark,) if earlier else ()), *code.starters(names)),
    )


def _by_fields(part: Part, fields: list[TypedField]) -> Match:
    places: dict[str, Place] = {}
    for field in fields:
        if field.label in places:
            what = f"{field.label!r} of this part" if field.label else "this part"
            both = f"{places[field.label]} and at {field.place}"
            doubt = f"{what} is answered at {both}; keep one"
            return Match(part=part.id, fields=tuple(fields), doubt=doubt)
        places[field.label] = field.place
    return Match(part=part.id, fields=tuple(fields))


def _cut_off(fields: list[TypedField]) -> TypedField | None:
    """What a decimal comma leaves in braces: `{a: 0,5}` is read as 0 for a, and nothing for 5."""
    is_in_braces = any(not field.label.isdigit() for field in fields)
    empty = (field for field in fields if _is_empty(field.text) and field.label.isdigit())
    return next(empty, None) if is_in_braces else None


def _named_after(slug: str) -> tuple[str, str]:
    return f"{slug.replace('-', '_')}.py", f"{slug}.py"


# --- typed keys ---------------------------------------------------------------------------------


class _Keys:
    """Resolves the keys of answers.yaml: the sheet's numbers, slugs, slug/part, field names."""

    def __init__(self, assignment: Assignment) -> None:
        self.top: dict[str, list[NumberedPart]] = defaultdict(list)
        for numbered in assignment.numbered:
            for key in _keys_of(numbered):
                self.top[key].append(numbered)

    def assigned(self, index: Index) -> tuple[dict[str, list[TypedField]], list[str]]:
        """Typed fields per part id, and a note for each key that names nothing."""
        fields: dict[str, list[TypedField]] = defaultdict(list)
        strays: list[Found] = []
        for found in index.found:
            if found.kind != "text":
                continue
            resolved = self._resolve(found.key)
            if resolved is None:
                strays.append(found)
            elif not _is_empty(found.text) or found.key[-1].isdigit():
                part, label = resolved
                field = TypedField(
                    label=label,
                    text=found.text,
                    place=found.place,
                    trust=found.trust,
                    guess=found.guess,
                    note=found.note,
                )
                fields[part].append(field)
        notes = list(dict.fromkeys(map(self._note, strays[:_MAX_NOTES])))
        more = len(strays) - _MAX_NOTES
        return fields, notes if more <= 0 else [*notes, f"{more:,} more keys name no part"]

    def _resolve(self, key: tuple[str, ...]) -> tuple[str, str] | None:
        candidates = self.top.get(_normal(key[0]), [])
        if len(candidates) == 1:
            return candidates[0].part.id, "/".join(key[1:])
        if len(key) < 2:  # noqa: PLR2004  # a key of several parts needs one below it
            return None
        below = [n for n in candidates if _normal(key[1]) in _keys_below(n)]
        if len(below) == 1:
            return below[0].part.id, "/".join(key[2:])
        owners = [n for n in candidates if key[1] in field_names(n.part)]
        return (owners[0].part.id, "/".join(key[1:])) if len(owners) == 1 else None

    def _note(self, found: Found) -> str:
        key = "/".join(found.key)[:_MAX_KEY]
        near = difflib.get_close_matches(_normal(found.key[0][:_MAX_KEY]), list(self.top), n=1)
        advice = f"; did you mean {near[0]!r}?" if near and near[0] != _normal(found.key[0]) else ""
        if not advice and self.top.get(_normal(found.key[0])):
            names = ", ".join(n.part.name for n in self.top[_normal(found.key[0])])
            advice = f"; below it, name one of {names}"
        return f"{found.place}: the key {key!r} names no part{advice}"


def field_names(part: Part) -> tuple[str, ...]:
    """The labels that a typed answer to the part may have: its outputs, or its claims."""
    if part.signature is not None:
        return tuple(variable.name for variable in part.signature.outputs)
    return tuple(claim.id for claim in part.claims)


def _keys_of(numbered: NumberedPart) -> Iterator[str]:
    """What may stand at the top of answers.yaml for this part."""
    base = re.sub(r"(?<=\d)[a-z]$", "", numbered.number)
    keys = (numbered.number, base, numbered.part.id, numbered.part.slug)
    yield from dict.fromkeys(map(_normal, keys))


def _keys_below(numbered: NumberedPart) -> tuple[str, ...]:
    letter = re.search(r"(?<=\d)[a-z]$", numbered.number)
    keys = (numbered.part.name, numbered.number, letter.group() if letter else "")
    return tuple(_normal(key) for key in keys if key)


def _normal(key: str) -> str:
    return key.strip().rstrip(".:)").replace("_", "-").lower()


def _is_empty(text: str) -> bool:
    return text.strip() in ("", "~", "null")
