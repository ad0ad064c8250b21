"""The formulas one edit away from a formula, each with the kind of the edit.

Whoever holds the truth evaluates them: if exactly one edit makes an answer right, its kind is a
hint that does not give the place away. Knows the tree only.
"""

from collections.abc import Iterator

from grader.student.formulas.tree import (
    Call,
    Chain,
    Element,
    Fold,
    Formula,
    Index,
    Name,
    Negate,
    Node,
    Number,
    Operator,
    Power,
    Sign,
    Sum,
    Transpose,
    children,
    replaced,
    walk,
)

MAX_EDITS = 600

TRANSPOSE = "one transpose"
FACTOR = "one factor"
TERM = "one term"
SKIP_TERM = "the skip term"
SWAP = "a swap of two names"
NAME = "one name"
INDICES = "a swap of two indices"
SIGN = "one sign"
PRODUCT = "the kind of one product"
CONSTANT = "one constant"
ROUNDING = "one rounding"
POWER = "one power"


def edits(formula: Formula) -> Iterator[tuple[str, Formula]]:
    """All single-edit neighbours, at most `MAX_EDITS` of them, none twice."""
    seen = {formula.tree}
    for kind, tree in _edits(formula):
        if tree in seen:
            continue
        seen.add(tree)
        yield kind, formula.of(tree)
        if len(seen) > MAX_EDITS:
            return


def _edits(formula: Formula) -> Iterator[tuple[str, Node]]:
    tree = formula.tree
    yield from _swaps(tree)
    if formula.is_shaped:
        yield from _new_terms(tree)
    yield from _below(tree, formula)


def _below(node: Node, formula: Formula) -> Iterator[tuple[str, Node]]:
    """The edits of a node itself, then those of each of its children in its place."""
    yield from _local(node, formula)
    for place, child in enumerate(children(node)):
        for kind, edited in _below(child, formula):
            yield kind, replaced(node, place, edited)


def _local(node: Node, formula: Formula) -> Iterator[tuple[str, Node]]:  # noqa: C901  # one line per kind of node
    if formula.is_shaped:
        yield from _transposes(node)
        yield from _products(node)
        yield from _new_factors(node, formula.tree)
    match node:
        case Sum():
            yield from _of_sum(node, SKIP_TERM if formula.is_shaped else TERM)
        case Chain():
            yield from _of_chain(node)
        case Number(text) if text.isdigit():
            yield CONSTANT, Number(str(int(text) + 1))
            if int(text) > 0:
                yield CONSTANT, Number(str(int(text) - 1))
        case Power(base, exponent):
            yield POWER, base
            yield (
                SIGN,
                Power(base, exponent.body if isinstance(exponent, Negate) else Negate(exponent)),
            )
        case Negate(body):
            yield SIGN, body
        case Call("floor" | "ceil" as name, (body,)):
            yield ROUNDING, body
            yield ROUNDING, Call("ceil" if name == "floor" else "floor", (body,))
        case Call(_, (body,)):
            yield FACTOR, body
        case _:
            pass


def _transposes(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Transpose):
        yield TRANSPOSE, node.body
    elif isinstance(node, Name | Chain | Sum):
        yield TRANSPOSE, Transpose(node)


def _products(node: Node) -> Iterator[tuple[str, Node]]:
    if not isinstance(node, Chain):
        return
    for place, operator in enumerate(node.operators):
        others: tuple[Operator, ...] = ("@", "⊙")
        for other in others:
            if operator not in {other, "/", "//", "%"}:
                operators = (*node.operators[:place], other, *node.operators[place + 1 :])
                yield PRODUCT, Chain(operators, node.factors)


def _new_factors(node: Node, tree: Node) -> Iterator[tuple[str, Node]]:
    """A slope that occurs elsewhere, at every place of a product."""
    if not isinstance(node, Chain):
        return
    for call in dict.fromkeys(n for n, _ in walk(tree) if isinstance(n, Call)):
        for place in range(1, len(node.factors) + 1):
            operators = (*node.operators[: place - 1], "⊙", *node.operators[place - 1 :])
            factors = (*node.factors[:place], call, *node.factors[place:])
            yield FACTOR, Chain(operators, factors)


def _new_terms(tree: Node) -> Iterator[tuple[str, Node]]:
    """A product, or the beginning of one, that occurs inside, added to the whole."""
    candidates: dict[Node, None] = {}
    for node, _ in walk(tree):
        if isinstance(node, Chain):
            for end in range(1, len(node.factors) + (node != tree)):
                candidates[node.part(0, end)] = None
        elif isinstance(node, Name) and node != tree:
            candidates[node] = None
    signs, terms = (tree.signs, tree.terms) if isinstance(tree, Sum) else (("+",), (tree,))
    for candidate in candidates:
        yield SKIP_TERM, Sum((*signs, "+"), (*terms, candidate))


def _of_sum(node: Sum, kind: str) -> Iterator[tuple[str, Node]]:
    for place, sign in enumerate(node.signs):
        flipped: Sign = "-" if sign == "+" else "+"
        yield SIGN, Sum((*node.signs[:place], flipped, *node.signs[place + 1 :]), node.terms)
        signs = node.signs[:place] + node.signs[place + 1 :]
        terms = node.terms[:place] + node.terms[place + 1 :]
        if len(terms) > 1:
            yield kind, Sum(signs, terms)
        elif terms:
            yield kind, terms[0] if signs[0] == "+" else Negate(terms[0])


def _of_chain(node: Chain) -> Iterator[tuple[str, Node]]:
    for place in range(len(node.factors)):
        factors = node.factors[:place] + node.factors[place + 1 :]
        dropped = max(0, place - 1)
        operators = node.operators[:dropped] + node.operators[dropped + 1 :]
        if place > 0 or node.operators[0] not in {"/", "//", "%"}:
            yield FACTOR, Chain(operators, factors) if operators else factors[0]


def _swaps(tree: Node) -> Iterator[tuple[str, Node]]:
    """Two names or two indices exchanged everywhere, or one name in one place for another."""
    names = tuple(dict.fromkeys(n.name for n, _ in walk(tree) if isinstance(n, Name | Element)))
    indices = tuple(dict.fromkeys(n.name for n, _ in walk(tree) if isinstance(n, Index)))
    for kind, words in ((SWAP, names), (INDICES, indices)):
        for first in range(len(words)):
            for second in range(first + 1, len(words)):
                one, other = words[first], words[second]
                yield kind, _renamed(tree, {one: other, other: one}, is_index=kind == INDICES)
    yield from _single_names(tree, names)


def _single_names(node: Node, names: tuple[str, ...]) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Name):
        yield from ((NAME, Name(name)) for name in names if name != node.name)
    for place, child in enumerate(children(node)):
        for kind, edited in _single_names(child, names):
            yield kind, replaced(node, place, edited)


def _renamed(node: Node, names: dict[str, str], *, is_index: bool) -> Node:
    for place, child in enumerate(children(node)):
        node = replaced(node, place, _renamed(child, names, is_index=is_index))
    match node:
        case Name(name) if not is_index:
            return Name(names.get(name, name))
        case Element(name, indices) if not is_index:
            return Element(names.get(name, name), indices)
        case Index(name) if is_index:
            return Index(names.get(name, name))
        case Fold(kind, index, low, high, body) if is_index:
            return Fold(kind, names.get(index, index), low, high, body)
        case _:
            return node
