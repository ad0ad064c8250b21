"""What a student begins with: a Python file per problem, and answers.yaml to fill in.

A function stands in a starter only where nothing else can answer its part: one that is there would
be taken for the answer, and a formula beside it left aside.
"""

import json
import textwrap
from collections.abc import Iterator

from grader.model import Assignment, NumberedPart, Part, Problem, counted
from grader.student.signature import Variable

_WIDTH = 88
_TYPES = {"int": "a whole number", "float": "a number", "bool": "True or False", "str": "a text"}


def starter(problem: Problem, numbered: tuple[NumberedPart, ...]) -> str:
    """The Python file of a problem, or "" where no part needs one."""
    wanted = [n for n in numbered if needs_function(n.part)]
    others = [n for n in numbered if _may_be_function(n.part) and not needs_function(n.part)]
    if not wanted:
        return ""
    pieces = [f'"""{problem.title}."""\n\nimport numpy as np\n']
    pieces += [_function(n) for n in wanted]
    if others:
        names = ", ".join(f"{_called(n.part)} ({n.number})" for n in others)
        told = f"These may be functions here, or formulas in answers.yaml: {names}."
        pieces.append("\n".join(f"# {line}" for line in textwrap.wrap(told, _WIDTH)) + "\n")
    return "\n\n".join(pieces)


def answers_template(assignment: "Assignment") -> str:
    """answers.yaml with a key for each part that can be typed."""
    lines = [
        f"# {assignment.title}: numbers, formulas, claims and texts.",
        "# Write behind the colon; a key without an answer counts as not handed in.",
    ]
    for number in assignment.numbered:
        if not needs_function(number.part):
            lines += ["", *_typed(number)]
    return "\n".join(lines) + "\n"


def needs_function(part: Part) -> bool:
    """Whether a part is answered by a function and by nothing else."""
    if part.signature is None or not part.signature.inputs:
        return False
    formulas = part.notation.layouts or part.notation.indices
    return bool(part.call) or not (part.signature.is_scalar or formulas)


def _may_be_function(part: Part) -> bool:
    return part.signature is not None and bool(part.signature.inputs)


def _called(part: Part) -> str:
    assert part.signature is not None
    return f"{part.signature.name}({', '.join(v.name for v in part.signature.inputs)})"


def _function(numbered: NumberedPart) -> str:
    """A function that does nothing yet, with the shapes of all that it takes and returns."""
    part = numbered.part
    assert part.signature is not None
    if part.call:
        return _by_call(numbered)
    lines = [f"def {_called(part)}:"]
    lines += [f'    """{part.title} ({numbered.number}).', "", "    Args:"]
    lines += [f"        {v.name}: {_described(v)}" for v in part.signature.inputs]
    lines += ["", "    Returns:"]
    lines += [f"        {v.name}: {_described(v)}" for v in part.signature.outputs]
    lines += ['    """', '    raise NotImplementedError("not answered yet")', ""]
    return "\n".join(lines)


def _by_call(numbered: NumberedPart) -> str:
    """What a part needs that is asked for through statements of its own."""
    part = numbered.part
    assert part.signature is not None
    shapes = [
        f"{v.name}: {_described(v)}" for v in (*part.signature.inputs, *part.signature.outputs)
    ]
    lines = [
        f"{part.title} ({numbered.number}). It is called in this way:",
        "",
        *part.call.splitlines(),
    ]
    return "\n".join(f"# {line}".rstrip() for line in [*lines, "", *shapes]) + "\n"


def _described(variable: Variable) -> str:
    """Type and shape in words."""
    if variable.is_scalar:
        return _TYPES[variable.type]
    shapes = " or ".join(
        f"({', '.join(map(str, form))}{',' if len(form) == 1 else ''})" for form in variable.forms
    )
    kind = "" if variable.type == "float" else f" of {variable.type}"
    return f"an array{kind} of shape {shapes}"


# --- answers.yaml -------------------------------------------------------------------------------


def _typed(numbered: NumberedPart) -> Iterator[str]:
    part = numbered.part
    marks = counted(part.marks, "mark")
    yield f"# {numbered.number} {part.title} ({marks}): {_wanted(part)}"
    key = json.dumps(numbered.number)
    if part.kind == "choice" and part.pick == "each":
        yield f"{key}:"
        yield from (f"  {claim.id}:" for claim in part.claims)
    elif part.signature is not None and len(part.signature.outputs) > 1:
        yield f"{key}:"
        yield from (f"  {variable.name}:" for variable in part.signature.outputs)
    else:
        yield f"{key}:"


def _wanted(part: Part) -> str:
    if part.kind == "text":
        return "a text"
    if part.kind == "choice":
        return "true or false for each" if part.pick == "each" else _picks(part)
    assert part.signature is not None
    if not part.signature.inputs:
        return "a number, or a calculation"
    names = ", ".join(variable.name for variable in part.signature.inputs)
    return f"a formula in {names}"


def _picks(part: Part) -> str:
    names = ", ".join(claim.id for claim in part.claims)
    return f"one of {names}" if part.pick == "one" else f"a list of those that belong: {names}"
