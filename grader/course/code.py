"""Looks over the code that a problem's public file holds: call, forward pass, condition.

Nothing is run here. Each function returns what is wrong, in words, or "".
"""

import ast

from grader.student.formulas import FormulaError, holds
from grader.student.signature import Signature

_TRIED = ((1, 1), (2, 3), (97, -1))  # first value and step: a condition may fail for some of them


def trouble_in_forward(code: str) -> str:
    """The public forward pass is Python that defines one function."""
    body = _parsed(code)
    if isinstance(body, str):
        return body
    if code and sum(isinstance(node, ast.FunctionDef) for node in body.body) != 1:
        return "wanted Python that defines one function"
    return ""


def trouble_in_call(code: str, signature: Signature | None) -> str:
    """A call is Python that gives each output of the signature its value."""
    body = _parsed(code)
    if isinstance(body, str):
        return body
    if not code or signature is None:
        return ""
    names = (node for node in ast.walk(body) if isinstance(node, ast.Name))
    given = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    for output in signature.outputs:
        if output.name not in given:
            return f"nothing is assigned to the output {output.name}; end with {output.name} = …"
    return ""


def trouble_in_condition(text: str, signature: Signature | None) -> str:
    """A condition speaks of sizes and of inputs that are numbers."""
    if not text or signature is None:
        return ""
    numbers = [v.name for v in signature.inputs if v.is_scalar and v.type != "str"]
    said = []
    for first, step in _TRIED:
        known = {n: first + step * i for i, n in enumerate((*signature.sizes, *numbers))}
        try:
            holds(text, known)
        except FormulaError as error:
            said.append(error.sentence)
    return f"{text!r} can not be read: {said[0]}" if len(said) == len(_TRIED) else ""


def _parsed(code: str) -> ast.Module | str:
    try:
        return ast.parse(code)
    except SyntaxError as error:
        return f"is not valid Python: {error.msg} (line {error.lineno})"
