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
    *[
        "x",
        "y",
        "D",
        "K",
        "I",
        "N",
        "(",
        ")",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "+",
        "-",
        "*",
        "/",
        "^",
        "_",
        "=",
        ",",
        ".",
        "|",
        "²",
        "₁",
        "·",
        "⊙",
        "√",
        "∑",
        "⌊",
        "⌋",
        "<",
        ">",
        "'",
        "&",
        "@",
        "%",
        "1",
        "2",
        "3",
        "0.5",
        "1e3",
    ],
    *[
        "**",
        "//",
        "==",
        "<=",
        "if",
        "else",
        "for",
        "in",
        "and",
        "not",
        "otherwise",
        "range",
        "sum",
        "max",
        "min",
        "exp",
        "log",
        "sqrt",
        "f'",
        "d_1",
        "d_2",
        "d_k",
    ],
    *[
        r"\frac",
        r"\sqrt",
        r"\sum",
        r"\max",
        r"\log",
        r"\tanh",
        r"\left(",
        r"\right)",
        r"\lfloor",
        r"\rfloor",
        r"\text{if}",
        r"\cdot",
        r"\odot",
        r"\hat",
    ],
    *[
        r"\begin{cases}",
        r"\end{cases}",
        r"\\",
        r"\partial",
        r"\alpha",
        r"^T",
        r".T",
        r"ᵀ",
        r".sum(0)",
        r"_{k=1}",
        r"^{n}",
        r"x_{i,j}",
        r"e^",
        r"1,234",
    ],
    *("\n", "  ", "dL/dW", "½", "−", "∂", "𝟙", "1_{", "O(", "=>", "\u200b"),
)
QUESTION = {}
SCALARS, ARRAYS, PLAIN = QUESTIONS = ("scalars", "arrays", "plain")
QUESTION[SCALARS] = (
    parse_signature("f(x, y, D, K, I, N, d_1, d_2, alpha, n: int) -> value"),
    Notation(functions={"f'": "tanh_prime"}),
    {"x": 2, "y": -3, "D": 4, "K": 3, "I": 9, "N": 2, "d_1": 2, "d_2": 5, "alpha": 0.5, "n": 3},
)
QUESTION[ARRAYS] = (
    parse_signature("f(x[N,D], y[N,K], D_1[D,K], alpha) -> dW[D,K]"),
    Notation(functions={"f'": "tanh_prime"}, aliases={"D_1": ("W",), "dW": ("dL/dW",)}),
    {
        "x": [[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]],
        "y": [[1.0] * 5, [2.0] * 5],
        "D_1": [[1.0] * 5] * 3,
        "alpha": 2.0,
    },
)
QUESTION[PLAIN] = (parse_signature("f() -> total"), Notation(), {})
SOUND = {
    SCALARS: (
        "D(I-(K-1)N)²",
        r"\left\lfloor\frac{I-K}{N}\right\rfloor + 1",
        "max(0, x) if x > 0 else y",
        r"1 + \sum_{k=1}^{2} d_k (K - 1)",
        "sum(d_k*x for k in range(1, 3))",
        "2·n²·D - y/x",
        r"\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}",
        r"-\tanh^2(x) + |y|",
    ),
    ARRAYS: (
        "dW = x.T @ (y ⊙ f'(y))",
        r"dW_{a,b} = \sum_n x_{n,a} y_{n,b}",
        "x^T f'(y) + alpha W",
        "(x/alpha)ᵀ y - W",
    ),
    PLAIN: ("30 + 512 = 542", "1.2e6", r"3{,}584", "2^10 - 3·(4 + 5)", r"\frac12 \cdot 3"),
}


def strung(draw: random.Random) -> str:
    """Pieces in a row."""
    return "".join(
        draw.choice(PIECES) + draw.choice(("", "", " ")) for _ in range(draw.randint(1, 14))
    )


def changed(draw: random.Random, text: str) -> str:
    """A sound formula with one to three slips of the pen."""
    for _ in range(draw.randint(1, 3)):
        at, end = sorted(draw.randint(0, len(text)) for _ in range(2))
        end = min(end, at + 4)
        slips = (text[:at] + text[end:], text[:at] + draw.choice(PIECES) + text[at:])
        moved = text[:at] + text[end : end + 3] + text[at:end] + text[end + 3 :]
        text = draw.choice((*slips, moved))
    return text


def once(draw: random.Random) -> str:
    """Read one random text in one of three questions; returns what came of it."""
    question = draw.choice(QUESTIONS)
    signature, notation, inputs = QUESTION[question]
    text = changed(draw, draw.choice(SOUND[question])) if draw.random() < 0.5 else strung(draw)
    output = signature.outputs[0].name
    try:
        formula = read(text, signature=signature, notation=notation, output=output)
    except FormulaError as refusal:
        return "refused" if refusal.sentence and 0 <= refusal.position <= len(text) else text
    assert isinstance(formula, Formula)
    assert decode(encode(formula)) == formula
    assert to_mathml(formula).startswith("<math>")
    printed = read(
        to_unicode(formula),
        signature=signature,
        notation=notation_with(notation, formula),
        output=output,
    )
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
