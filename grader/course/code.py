"""Looks over the code that a problem's public file holds: call, forward pass, condition.

Nothing is run here. Each function returns what is wrong, in words, or "".
"""

import ast
import sys
from collections.abc import Iterator

from grader.errors import did_you_mean
from grader.student.formulas import FormulaError, holds
from grader.student.signature import Signature

_TRIED = ((1, 1), (2, 3), (97, -1))  # first value and step: a condition may fail for some of them


def trouble_in_forward(code: str, signature: Signature | None, imports: tuple[str, ...]) -> str:
    """The public forward pass is a function that students' own checks can run and differentiate."""
    body = _parsed(code)
    if isinstance(body, str):
        return body
    if not code or signature is None:
        return ""
    functions = [node for node in body.body if isinstance(node, ast.FunctionDef)]
    if len(functions) != 1:
        return "wanted Python that defines one function"
    for name in _imported(body):
        if name not in sys.stdlib_module_names and name not in imports:
            return f"imports {name!r}, which students need not have: numpy stands as np"
    return _trouble_in_parameters(functions[0].args, signature)


def _trouble_in_parameters(taken: ast.arguments, signature: Signature) -> str:
    """Positional parameters have gradients or are inputs; the others are inputs, or `gradient`."""
    inputs = {variable.name for variable in signature.inputs}
    gradients = {v.name[1:] for v in signature.outputs if v.name[0] in "dg"}
    for name in (argument.arg for argument in (*taken.posonlyargs, *taken.args)):
        if name not in inputs | gradients:
            return f"takes {name!r}, which is no input, and whose gradient d{name} is no output"
    for name in (argument.arg for argument in taken.kwonlyargs):
        if name not in inputs | {"gradient"}:
            return f"takes {name!r}, which is no input{did_you_mean(name, inputs)}"
    return ""


def _imported(body: ast.Module) -> Iterator[str]:
    """The packages that code imports anywhere."""
    for node in ast.walk(body):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


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
