"""Hostile texts, hostile bytes and hostile trees end in a FormulaError, and never in markup."""

import random
import sys
import time
import xml.etree.ElementTree as ET
from contextlib import suppress

import msgspec
import pytest
from hostile_inputs import HOSTILE

from grader.student.formulas import (
    FormulaError,
    decode,
    edits,
    encode,
    evaluate,
    holds,
    read,
    to_mathml,
    to_unicode,
)
from grader.student.formulas.tree import (
    Call,
    Cases,
    Chain,
    Constant,
    Element,
    Fold,
    Formula,
    Index,
    Logic,
    Name,
    Negate,
    Node,
    Number,
    Power,
    Reduce,
    Sum,
    Transpose,
)
from grader.student.signature import parse_signature
from grader.student.wire import Notation

SIGNATURE = parse_signature("f(x, y, D, n: int) -> value")
POINT = {"x": 3, "y": 7, "D": 9, "n": 4}


def run(text):
    formula = read(text, signature=SIGNATURE, notation=Notation(), output="value")
    return evaluate(decode(encode(formula)), POINT, signature=SIGNATURE, notation=Notation())


def test_there_are_seventy():
    assert len(HOSTILE) >= 70


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_ends_in_a_formula_error(name):
    with pytest.raises(FormulaError) as refusal:
        run(HOSTILE[name])
    assert refusal.value.sentence
    assert refusal.value.position >= 0


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_costs_few_steps(name):
    """Counted in calls of Python functions, so that a busy machine changes nothing."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        with pytest.raises(FormulaError):
            run(HOSTILE[name])
    finally:
        sys.setprofile(None)
    assert calls < 200_000


@pytest.mark.benchmark
def test_hostile_texts_take_less_than_50_ms_each():
    for name, text in HOSTILE.items():
        start = time.perf_counter()
        with pytest.raises(FormulaError):
            run(text)
        assert time.perf_counter() - start < 0.05, name


def nested(depth: int) -> Node:
    node: Node = Name("x")
    for _ in range(depth):
        node = Negate(node)
    return node


def packed(tree: Node) -> bytes:
    return encode(Formula(tree=tree, sides=(tree,)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        b"\x80",
        b"\x91" * 5000,
        b"x" * 500_000,
        msgspec.msgpack.encode({"tree": ["name", "x"], "sides": []}),
        msgspec.msgpack.encode({"tree": ["name", 3], "sides": [["name", 3]]}),
        msgspec.msgpack.encode({"tree": ["name", "x", 1], "sides": [["name", "x", 1]]}),
        msgspec.msgpack.encode({"tree": ["exec", "x"], "sides": [["exec", "x"]]}),
        packed(nested(200)),
        packed(nested(900)),
        packed(Name("")),
        packed(Name("x" * 500)),
        packed(Name("x\u202ey")),
        packed(Number("9" * 90)),
        packed(Number("1e999")),
        packed(Number("nan")),
        packed(Number("٣")),
        packed(Chain((), (Name("x"), Name("y")))),
        packed(Chain(("·",), (Name("x"),))),
        packed(Sum((), ())),
        packed(Sum(("+",) * 4000, (Name("x"),) * 4000)),
        encode(Formula(tree=Name("x"), sides=(Name("y"),))),
        encode(Formula(tree=Name("x"), sides=(Name("x"),), warnings=("w",) * 100)),
    ],
    ids=range(24),
)
def test_bytes_that_are_no_sound_formula_are_refused(data):
    with pytest.raises(FormulaError):
        decode(data)


@pytest.mark.parametrize(
    "tree",
    [
        Name("unknown"),
        Fold("sum", "k", None, None, Name("x")),
        Fold("sum", "k", Number("1"), Number("1e9"), Name("x")),
        Fold("sum", "k", Number("0.5"), Number("2"), Name("x")),
    ],
)
def test_a_sound_tree_without_a_value_is_refused_when_evaluated(tree):
    formula = decode(packed(tree))
    with pytest.raises(FormulaError):
        evaluate(formula, POINT, signature=SIGNATURE, notation=Notation())


# Of nodes below, a piece that a reader may never make, and that gets past the check.
PIECES = (
    lambda nodes: Sum(("-",), nodes[:1]),
    lambda nodes: Sum(("+",) * len(nodes), nodes),
    lambda nodes: Chain(("/",) * (len(nodes) - 1), nodes),
    lambda nodes: Call("floor", ()),
    lambda nodes: Call("ceil", nodes),
    lambda nodes: Call("unknown", nodes),
    lambda nodes: Power(nodes[0], Negate(nodes[1])),
    lambda nodes: Reduce("var", nodes[0], axis=3, keep=True),
    lambda nodes: Element("x", nodes),
    lambda nodes: Element("D", ()),
    lambda nodes: Fold("product", "k", nodes[0], None, nodes[1]),
    lambda nodes: Cases(nodes, nodes, None),
    lambda nodes: Logic("or", nodes),
    lambda nodes: Transpose(nodes[0]),
)
ENDS = (Name("x"), Number("0"), Index("k"), Constant("I"))


def odd_tree(draw: random.Random, depth: int = 0) -> Node:
    if draw.randrange(4) < depth:
        return draw.choice(ENDS)
    return draw.choice(PIECES)(tuple(odd_tree(draw, depth + 1) for _ in range(2)))


@pytest.mark.parametrize("is_shaped", [False, True])
def test_trees_that_no_reader_makes_are_printed_edited_and_evaluated(is_shaped):
    """A tree may come from the student's own code; what is made of it then is the judge's work."""
    draw = random.Random(5)
    for _ in range(400):
        tree = odd_tree(draw)
        formula = decode(encode(Formula(tree=tree, sides=(tree,), is_shaped=is_shaped)))
        ET.fromstring(to_mathml(formula))
        assert to_unicode(formula)
        for _, edited in (("", formula), *edits(formula)):
            with suppress(FormulaError):
                evaluate(edited, POINT, signature=SIGNATURE, notation=Notation())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "3", None, 1j])
def test_an_input_that_is_no_finite_number_is_refused(value):
    formula = read("x", signature=SIGNATURE, notation=Notation(), output="value")
    with pytest.raises(FormulaError, match="no finite number"):
        evaluate(formula, {**POINT, "x": value}, signature=SIGNATURE, notation=Notation())


def test_many_large_sums_in_one_tree_are_refused():
    signature = parse_signature("f(x[N,N]) -> value")
    inner = Fold("sum", "j", Number("1"), Number("1000"), Index("j"))
    large = Fold("sum", "i", Number("1"), Number("1000"), inner)
    tree = Sum(("+",) * 100, (Element("x", (Number("1"), Number("1"))), *(large,) * 99))
    inputs = {"x": [[1.0] * 2] * 2}
    with pytest.raises(FormulaError, match="too many terms"):
        evaluate(decode(packed(tree)), inputs, signature=signature, notation=Notation())


def test_an_input_that_is_a_text_disturbs_no_formula():
    signature = parse_signature("f(mode: str, x) -> value")
    formula = read("2x", signature=signature, notation=Notation(), output="value")
    inputs = {"mode": "same", "x": 4}
    assert evaluate(formula, inputs, signature=signature, notation=Notation()) == 8


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x>', "&lt;b&gt;", "]]>"])
def test_hostile_names_in_a_tree_never_become_markup(name):
    tree = Sum(("+", "+"), (Name(name), Chain(("·",), (Name(name), Name(name)))))
    text = to_mathml(decode(packed(tree)))
    elements = {element.tag for element in ET.fromstring(text).iter()}
    assert elements <= {"math", "mrow", "mi", "mo"}
    assert name in to_unicode(decode(packed(tree)))


@pytest.mark.parametrize("text", ["K >", "K == x", "__import__('os')", "", "K = 1 = "])
def test_a_condition_that_can_not_be_read_is_an_error(text):
    with pytest.raises(FormulaError):
        holds(text, {"K": 1})
