"""The values of formulas, and the other questions that a formula can answer about itself.

Picks who evaluates a formula: in numbers, over indices or in whole arrays. Knows no truth.
"""

from collections.abc import Mapping
from functools import lru_cache

from grader.student.formulas import mathml, printing
from grader.student.formulas.errors import Budget, FormulaError, listed
from grader.student.formulas.evaluate_arrays import evaluate_arrays
from grader.student.formulas.evaluate_indexed import evaluate_indexed
from grader.student.formulas.evaluate_scalar import evaluate_scalar, exact
from grader.student.formulas.functions import Real
from grader.student.formulas.reading import read_condition
from grader.student.formulas.shapes import case_of
from grader.student.formulas.tree import Element, Fold, Formula, Index, Name, Node, children, walk
from grader.student.formulas.vocabulary import scalar_names
from grader.student.packing import Value
from grader.student.signature import Signature
from grader.student.wire import Notation


def evaluate(
    formula: Formula,
    inputs: Mapping[str, Value],
    *,
    signature: Signature,
    notation: Notation,
    layout: str = "",
    budget: Budget | None = None,
) -> Value:
    """The value of a formula on one case.

    Args:
        formula: as read or decoded.
        inputs: the case's inputs by declared name.
        signature: the part's names and shapes.
        notation: the part's functions, bases and borders.
        layout: for arrays "row", "column" or "jacobian".
        budget: what it may take, where it shares that with others.

    Returns:
        An int, a Fraction or (behind exp, log and the like) a float; for arrays a float64 array,
        laid out as the signature declares whatever the layout of the formula.

    Raises:
        FormulaError: there is no value; the sentence says why, in the student's terms.
    """
    if free := free_indices(formula):
        verb = "is" if len(free) == 1 else "are"
        raise FormulaError(f"{listed(free)} {verb} neither summed over nor on the left")
    budget = budget or Budget()
    numbers = _numbers(signature, inputs)
    output = next((v for v in signature.outputs if v.name == formula.output), signature.outputs[0])
    if output.is_scalar and not _uses_arrays(formula.tree, signature):
        sizes = {} if signature.is_scalar else case_of(signature, inputs, output.name).sizes
        return evaluate_scalar(formula.tree, {**sizes, **numbers}, notation, budget)
    case = case_of(signature, inputs, output.name)
    floats = {name: float(value) for name, value in numbers.items()}
    try:
        if formula.left or _is_indexed(formula.tree):
            value = evaluate_indexed(formula, case, floats, notation, budget)
        else:
            value = evaluate_arrays(formula.tree, case, floats, notation, layout)
    except RecursionError:
        raise FormulaError("the formula is nested too deep") from None
    return float(value) if output.is_scalar else value


def _numbers(signature: Signature, inputs: Mapping[str, Value]) -> dict[str, Real]:
    """The inputs that are numbers; texts are none, and no formula can use them."""
    texts = {v.name for v in signature.inputs if v.type == "str"}
    names = [name for name in scalar_names(signature) if name in inputs and name not in texts]
    return {name: exact(inputs[name], name) for name in names}


@lru_cache(maxsize=256)  # as `free_indices`
def _uses_arrays(tree: Node, signature: Signature) -> bool:
    arrays = {v.name for v in signature.inputs if not v.is_scalar}
    return bool(arrays) and any(
        isinstance(n, Name | Element) and n.name in arrays for n, _ in walk(tree)
    )


def _is_indexed(tree: Node) -> bool:
    return any(isinstance(node, Fold | Element | Index) for node, _ in walk(tree))


def to_unicode(formula: Formula) -> str:
    """The formula as read, in plain unicode."""
    return printing.to_unicode(formula.tree)


def to_mathml(formula: Formula) -> str:
    """The formula as read, as one `<math>` element of MathML Core."""
    return mathml.to_mathml(formula.tree)


def names_used(formula: Formula) -> frozenset[str]:
    """The declared names that occur; of a family that is indexed, the stem."""
    return frozenset(
        node.name for node, _ in walk(formula.tree) if isinstance(node, Name | Element)
    )


@lru_cache(maxsize=256)  # a formula is evaluated on many cases
def free_indices(formula: Formula) -> tuple[str, ...]:
    """The indices that are neither summed over nor on the left, in order of appearance."""
    found: dict[str, None] = {}
    _collect_free(formula.tree, frozenset(formula.left), found)
    return tuple(found)


def _collect_free(node: Node, bound: frozenset[str], found: dict[str, None]) -> None:
    if isinstance(node, Index) and node.name not in bound:
        found[node.name] = None
    if isinstance(node, Fold):
        for limit in (node.low, node.high):
            if limit is not None:
                _collect_free(limit, bound, found)
        _collect_free(node.body, bound | {node.index}, found)
        return
    for child in children(node):
        _collect_free(child, bound, found)


# --- what authors write in problem files --------------------------------------------------------


def holds(condition: str, values: Mapping[str, Value]) -> bool:
    """Whether an author's condition holds, such as `I >= (K-1)*N+1 and K % 2 == 1`.

    Raises:
        FormulaError: the condition can not be read, or has no value.
    """
    return bool(evaluate_text(condition, values))


def evaluate_text(text: str, values: Mapping[str, Value]) -> Real:
    """The exact value of an author's formula in the given names, such as `depthwise + pointwise`.

    Raises:
        FormulaError: the formula can not be read, or has no value.
    """
    numbers = {name: exact(value, name) for name, value in values.items()}
    return evaluate_scalar(_author_tree(text, tuple(values)), numbers, Notation(), Budget())


@lru_cache(maxsize=256)
def _author_tree(text: str, names: tuple[str, ...]) -> Node:
    return read_condition(text, names)
