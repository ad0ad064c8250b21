"""What the student's side is asked to run for a part, and what could not be read.

Hands out inputs only: expected values stay on this side.
"""

from itertools import chain
from pathlib import PurePosixPath

import msgspec

from grader.model import Assignment, ExpectedPart, Part, plain_label
from grader.student.formats import DOCUMENTS, NOT_READ, TYPED_NAMES
from grader.student.wire import (
    Asked,
    FormulaAnswer,
    FunctionAnswer,
    Notation,
    Place,
    Task,
    TestInputs,
    Unread,
)
from grader.submission import Match, TypedField, field_names

_MAX_QUOTED = 200  # characters of what was typed, in a sentence
_OF_ANY = DOCUMENTS | NOT_READ | {".ipynb"}  # files that may answer a part of any kind


def asked_of(assignment: Assignment) -> tuple[Asked, ...]:
    """The parts as readers of documents look out for them; all of it stands on the sheet."""
    return tuple(
        Asked(
            number=numbered.number,
            key=numbered.part.id,
            kind=numbered.part.kind,
            title=numbered.part.title,
            names=field_names(numbered.part),
            inputs=_inputs(numbered.part),
            aliases=tuple(chain.from_iterable(numbered.part.notation.aliases.values())),
            function=numbered.part.signature.name if numbered.part.signature else "",
            pick=numbered.part.pick,
            question=numbered.part.ask,
            is_scalar=numbered.part.signature is not None and numbered.part.signature.is_scalar,
        )
        for numbered in assignment.numbered
    )


def _inputs(part: Part) -> tuple[str, ...]:
    if part.signature is None:
        return ()
    return tuple(variable.name for variable in part.signature.inputs)


def task_for(part: Part, expected: ExpectedPart, match: Match) -> Task | None:
    """The task of a computed part that is answered, else None."""
    if part.signature is None or match.doubt or match.is_missing:
        return None
    answer: FunctionAnswer | FormulaAnswer
    if match.function is not None:
        answer = FunctionAnswer(place=match.function, call=part.call, provides=match.provides)
    else:
        fields = fields_by_output(part, match.fields)
        answer = FormulaAnswer(
            texts=tuple(f.text if f and not f.is_untold else "" for f in fields),
            places=tuple(field.place if field else Place(file="") for field in fields),
            notation=_all_tried(part.notation),
        )
    tests = tuple(TestInputs(cases=tuple(c.inputs for c in test.cases)) for test in expected.tests)
    return Task(
        part=part.id,
        signature=part.signature,
        answer=answer,
        tests=tests,
        imports=part.imports,
        cpu_s=part.cpu_s,
    )


def _all_tried(notation: Notation) -> Notation:
    """The notation with the layouts that earn a share among those that are evaluated."""
    tried = (*notation.layouts, *notation.shares)
    return msgspec.structs.replace(notation, layouts=tried)


def fields_by_output(part: Part, fields: tuple[TypedField, ...]) -> list[TypedField | None]:
    """The typed field of each output: by its name, or by place in a list; the only one bare."""
    assert part.signature is not None
    outputs = part.signature.outputs
    by_label = {plain_label(field.label): field for field in fields}
    found = []
    for index, variable in enumerate(outputs):
        field = by_label.get(plain_label(variable.name)) or by_label.get(str(index))
        if field is None and len(outputs) == 1:
            field = by_label.get("")
        found.append(field)
    return found


def stray_fields(part: Part, fields: tuple[TypedField, ...]) -> list[TypedField]:
    """The typed fields that belong to no output."""
    used = [field for field in fields_by_output(part, fields) if field is not None]
    return [field for field in fields if field not in used]


def unlabelled(part: Part, match: Match) -> str:
    """Says that typed values belong to no output while outputs have none, or ""."""
    if match.function is not None or all(fields_by_output(part, match.fields)):
        return ""
    stray = stray_fields(part, match.fields)
    found = " and ".join(repr((field.label or field.text)[:_MAX_QUOTED]) for field in stray[:3])
    wanted = ", ".join(field_names(part))
    return f"found {found}; wanted one value for each of {wanted}" if stray else ""


def could_hide(part: Part, unread: tuple[Unread, ...], slugs: tuple[str, ...]) -> Unread | None:
    """The unreadable file that may hold the part's answer, if there is one."""
    for trouble in unread:
        path = PurePosixPath(trouble.place.file)
        if path.name.lower() in TYPED_NAMES:
            return trouble
        if path.suffix.lower() in _OF_ANY and not trouble.place.cell:
            return trouble
        other = path.stem.replace("_", "-") in slugs and path.stem.replace("_", "-") != part.slug
        is_code = path.suffix.lower() in (".py", ".ipynb")
        if is_code and part.kind == "computed" and not other:
            return trouble
    return None
