"""Random strings of plausible pieces: each is read and evaluated, or refused; nothing else happens."""

import random

import pytest

from grader.student.formulas import (
    Formula,
    FormulaError,
    decode,
    encode,
    evaluate,
    read,
    to_mathml,
    to_unicode,
)
from grader.student.signature import parse_signature
from grader.student.wire import Notation

PIECES = (
    *"x y D K I N ( ) ( ) [ ] { } + - * / ^ _ = , . | ² ₁ · ⊙ √ ∑ ⌊ ⌋ < > ' & @ % 1 2 3 0.5 1e3".split(),
    *"** // == <= if else for in and not otherwise range sum max min exp log sqrt f' d_1 d_2 d_k".split(),
    *r"\frac \sqrt \sum \max \log \tanh \left( \right) \lfloor \rfloor \text{if} \cdot \odot \hat".split(),
    *r"\begin{cases} \end{cases} \\ \partial \alpha ^T .T ᵀ .sum(0) _{k=1} ^{n} x_{i,j} e^ 1,234".split(),
    *("\n", "  ", "dL/dW", "½", "−", "∂", "𝟙", "1_{", "O(", "=>", "\u200b"),
)
SCALARS = (
    parse_signature("f(x, y, D, K, I, N, d_1, d_2, alpha, n: int) -> value"),
    Notation(functions={"f'": "tanh_prime"}),
    {"x": 2, "y": -3, "D": 4, "K": 3, "I": 9, "N": 2, "d_1": 2, "d_2": 5, "alpha": 0.5, "n": 3},
)
ARRAYS = (
    parse_signature("f(x[N,D], y[N,K], D_1[D,K], alpha) -> dW[D,K]"),
    Notation(functions={"f'": "tanh_prime"}, aliases={"D_1": ("W",), "dW": ("dL/dW",)}),
    {
        "x": [[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]],
        "y": [[1.0] * 5, [2.0] * 5],
        "D_1": [[1.0] * 5] * 3,
        "alpha": 2.0,
    },
)
PLAIN = (parse_signature("f() -> total"), Notation(), {})


def once(draw: random.Random) -> str:
    """Read one random text in one of three questions; returns what came of it."""
    text = "".join(
        draw.choice(PIECES) + draw.choice(("", "", " ")) for _ in range(draw.randint(1, 14))
    )
    signature, notation, inputs = draw.choice((SCALARS, ARRAYS, PLAIN))
    output = signature.outputs[0].name
    try:
        formula = read(text, signature=signature, notation=notation, output=output)
    except FormulaError as refusal:
        assert refusal.sentence
        assert 0 <= refusal.position <= len(text)
        return "refused"
    assert isinstance(formula, Formula)
    assert decode(encode(formula)) == formula
    assert to_mathml(formula).startswith("<math>")
    printed = read(to_unicode(formula), signature=signature, notation=notation_with(notation, formula), output=output)
    assert printed.tree == formula.tree, (text, to_unicode(formula))
    try:
        evaluate(formula, inputs, signature=signature, notation=notation)
    except FormulaError:
        return "no value"
    return "value"


def notation_with(notation: Notation, formula: Formula) -> Notation:
    """The notation with the indices that stood on the left side."""
    return Notation(
        aliases=notation.aliases,
        functions=notation.functions,
        indices={formula.output: formula.left} if formula.left else {},
    )


def test_five_thousand_random_texts_are_read_or_refused():
    draw = random.Random(20)
    outcomes = [once(draw) for _ in range(5_000)]
    assert {"refused", "no value", "value"} == set(outcomes)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.timeout(3600)
def test_a_million_random_texts_are_read_or_refused(seed):
    draw = random.Random(1_000 + seed)
    for _ in range(100_000):
        once(draw)
