"""Hypothesis strategies for trees in the reader's normal form, and printers of their own.

The printers are independent of the product's: ASCII and LaTeX, with every operand in brackets.
"""

from typing import ClassVar

from hypothesis import strategies as st

from grader.student.formulas.tree import (
    Call,
    Cases,
    Chain,
    Compare,
    Constant,
    Element,
    Fold,
    Index,
    Logic,
    Name,
    Negate,
    Number,
    Power,
    Sum,
    Transpose,
)
from grader.student.signature import parse_signature
from grader.student.wire import Notation

SCALARS = parse_signature("f(K, N, d_1, d_2, alpha, C_in, eps) -> value")
ARRAYS = parse_signature("f(X[B,D], W_1[D,H], g[B,D], s) -> Y[B,D]")
NOTATION = Notation(functions={"f'": "tanh_prime"})
INDICES = ("i", "j")

numbers = st.one_of(
    st.integers(0, 10**6).map(str), st.sampled_from(["0.5", "1.25", "1.2e6", "3e-4", "0.001"])
).map(Number)
comparisons = st.sampled_from(["=", "≠", "<", ">", "≤", "≥"])


def sums(node):
    def build(parts):
        signs, terms = zip(*parts, strict=True)
        if signs[0] == "+" and isinstance(terms[0], Negate):
            signs = ("-", *signs[1:])
        return Sum(signs, terms)

    return st.lists(st.tuples(st.sampled_from("+-"), node), min_size=2, max_size=4).map(build)


def chains(node, operators):
    return st.lists(st.tuples(st.sampled_from(operators), node), min_size=2, max_size=4).map(
        lambda parts: Chain(tuple(o for o, _ in parts[1:]), tuple(n for _, n in parts))
    )


def conditions(node):
    compare = st.tuples(node, comparisons, node).map(lambda t: Compare((t[1],), (t[0], t[2])))
    logic = st.tuples(st.sampled_from(["and", "or"]), compare, compare).map(
        lambda t: Logic(t[0], t[1:])
    )
    return st.one_of(compare, logic, compare.map(lambda c: Logic("not", (c,))))


def cases(node):
    rows = st.lists(st.tuples(node, conditions(node)), min_size=1, max_size=3)
    return st.tuples(rows, node).map(
        lambda t: Cases(tuple(v for v, _ in t[0]), tuple(c for _, c in t[0]), t[1])
    )


def folds(node):
    index = st.sampled_from(INDICES)
    return st.tuples(st.sampled_from(["sum", "product"]), index, node, node).map(
        lambda t: Fold(t[0], t[1], Number("1"), t[2], Sum(("+", "+"), (t[3], Index(t[1]))))
    )


def members():
    return st.sampled_from(INDICES).map(
        lambda i: Fold("sum", i, Number("1"), Number("2"), Element("d", (Index(i),)))
    )


def scalar_trees():
    names = st.sampled_from(["K", "N", "d_1", "d_2", "alpha", "C_in", "eps"]).map(Name)
    leaves = st.one_of(numbers, names, members(), st.just(Constant("π")))
    return st.recursive(
        leaves,
        lambda node: st.one_of(
            sums(node),
            chains(node, ["·", "/", "//", "%", "·", "·"]),
            node.map(Negate),
            st.tuples(node, node).map(lambda t: Power(*t)),
            node.map(lambda n: Power(Constant("e"), n)),
            st.tuples(
                st.sampled_from(["exp", "log", "sqrt", "floor", "ceil", "abs", "tanh"]), node
            ).map(lambda t: Call(t[0], (t[1],))),
            st.tuples(st.sampled_from(["max", "min"]), node, node).map(lambda t: Call(t[0], t[1:])),
            cases(node),
            folds(node),
        ),
        max_leaves=12,
    )


def array_trees():
    names = st.sampled_from(["X", "W_1", "g", "s", "B", "D"]).map(Name)
    return st.recursive(
        st.one_of(names, names, names, numbers),
        lambda node: st.one_of(
            sums(node),
            chains(node, ["·", "⊙", "@", "⊙", "@", "/"]),
            node.map(Transpose),
            node.map(Negate),
            node.map(lambda n: Call("f'", (n,))),
            node.map(lambda n: Power(n, Number("2"))),
        ),
        max_leaves=12,
    )


class Spelling:
    """One way of writing: subclasses give the words."""

    names: ClassVar[dict[str, str]]
    constants: ClassVar[dict[str, str]]
    operators: ClassVar[dict[str, str]]
    comparisons: ClassVar[dict[str, str]]

    def __call__(self, node):
        p = self
        match node:
            case Number(text):
                return text
            case Constant(name):
                return p.constants[name]
            case Name(name) | Index(name):
                return p.names.get(name, name)
            case Element(name, indices):
                return f"{name}{p.index(', '.join(map(p, indices)))}"
            case Negate(body):
                return p.group(f"-{p.group(p(body))}")
            case Sum(signs, terms):
                first = "-" if signs[0] == "-" else ""
                rest = "".join(
                    f" {s} {p.group(p(t))}" for s, t in zip(signs[1:], terms[1:], strict=True)
                )
                return p.group(f"{first}{p.group(p(terms[0]))}{rest}")
            case Chain(operators, factors):
                rest = "".join(
                    f" {p.operators[o]} {p.group(p(f))}"
                    for o, f in zip(operators, factors[1:], strict=True)
                )
                return p.group(p.group(p(factors[0])) + rest)
            case Power(base, exponent):
                below = p(base) if base == Constant("e") else p.group(p(base))
                return p.group(p.power(below, p(exponent)))
            case Transpose(body):
                return p.group(p.transpose(p.group(p(body))))
            case Call(name, arguments):
                return p.call(name, ", ".join(map(p, arguments)))
            case Fold(kind, index, low, high, body):
                return p.group(p.fold(kind, index, p(low), p(high), p.group(p(body))))
            case Cases():
                return p.cases(node)
            case Compare(operators, operands):
                return p.group(f"{p(operands[0])} {p.comparisons[operators[0]]} {p(operands[1])}")
            case Logic("not", (operand,)):
                return p.group(f"not {p(operand)}")
            case Logic(operator, operands):
                return p.group(f" {operator} ".join(map(p, operands)))
        raise AssertionError(node)

    def cases(self, node):
        rows = [
            f"{self(v)} if {self(c)}" for v, c in zip(node.values, node.conditions, strict=True)
        ]
        if len(rows) == 1:
            return self.group(f"{rows[0]} else {self(node.otherwise)}")
        return self.group(f"{', '.join(rows)}, {self(node.otherwise)} otherwise")


class Ascii(Spelling):
    names: ClassVar = {"C_in": "Cin", "d_1": "d1", "eps": "epsilon", "W_1": "W1"}
    constants: ClassVar = {"π": "np.pi", "e": "e"}
    operators: ClassVar = {"·": "*", "⊙": "⊙", "@": "@", "/": "/", "//": "//", "%": "%"}
    comparisons: ClassVar = {"=": "==", "≠": "!=", "<": "<", ">": ">", "≤": "<=", "≥": ">="}

    def group(self, text):
        return f"({text})"

    def index(self, text):
        return f"[{text}]"

    def power(self, base, exponent):
        return f"{base}**({exponent})"

    def transpose(self, body):
        return f"{body}.T"

    def call(self, name, arguments):
        return f"{name}({arguments})"

    def fold(self, kind, index, low, high, body):
        if kind == "sum" and low == "1":
            return f"sum_{{{index}=1}}^({high}) {body}"
        return f"∏_({index}={low})^({high}) {body}"


class Latex(Spelling):
    names: ClassVar = {
        "C_in": r"C_{\text{in}}",
        "d_1": "d_{1}",
        "alpha": r"\alpha",
        "eps": r"\varepsilon",
        "W_1": r"\mathbf{W}_1",
    }
    constants: ClassVar = {"π": r"\pi", "e": "e"}
    operators: ClassVar = {
        "·": r"\cdot",
        "⊙": r"\odot",
        "@": "@",
        "/": "/",
        "//": "//",
        "%": r"\bmod",
    }
    comparisons: ClassVar = {
        "=": "==",
        "≠": r"\neq",
        "<": r"\lt",
        ">": ">",
        "≤": r"\leq",
        "≥": r"\ge",
    }

    def group(self, text):
        return rf"\left( {text} \right)"

    def index(self, text):
        return f"_{{{text}}}"

    def power(self, base, exponent):
        return f"{base}^{{{exponent}}}"

    def transpose(self, body):
        return rf"{body}^\top"

    def call(self, name, arguments):
        match name:
            case "floor":
                return rf"\lfloor {arguments} \rfloor"
            case "ceil":
                return rf"\left\lceil {arguments} \right\rceil"
            case "abs":
                return rf"\left| {arguments} \right|"
            case "sqrt":
                return rf"\sqrt{{{arguments}}}"
            case "f'":
                return rf"f'\left( {arguments} \right)"
        return rf"\{name}\left({arguments}\right)"

    def fold(self, kind, index, low, high, body):
        sign = r"\sum" if kind == "sum" else r"\prod"
        return rf"{sign}_{{{index}={low}}}^{{{high}}} {body}"
