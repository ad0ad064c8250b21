"""Pairs of formulas that are equal everywhere, or differ somewhere, decided at random points."""

import math
import random
from fractions import Fraction

import pytest

from grader.student.formulas import FormulaError, evaluate, holds, read
from grader.student.signature import parse_signature
from grader.student.wire import Notation

POINTS = 40
INTEGERS, REALS, CHANCES = (2, 60), (-6, 6), (0, 1)

# (names, range, condition, one, other, whether they are equal)
PAIRS = (
    ("D N K I", INTEGERS, "", "D(I-(K-1)N)^2", "D I^2 - 2 D I (K-1) N + D (K-1)^2 N^2", True),
    ("D N K I", INTEGERS, "", "D(I-(K-1)N)^2", "D(I-(K-1)N+1)^2", False),
    ("D N K I", INTEGERS, "", "D(I-(K-1)N)^2", "D(I-K N)^2", False),
    ("D N K I", INTEGERS, "", "D(I-(K-1)N)^2", "N(I-(K-1)D)^2", False),
    ("x y", REALS, "", "(x-y)^20", "(y-x)^20", True),
    ("x y", REALS, "", "(x-y)^3", "x^3 - 3x^2 y + 3x y^2 - y^3", True),
    ("x y", REALS, "", "(x+y)^2", "x^2 + y^2", False),
    ("I K S P", INTEGERS, "", "⌊(I+2P-K)/S⌋ + 1", "⌈(I+2P-K+1)/S⌉", True),
    ("I K S P", INTEGERS, "", "⌊(I+2P-K)/S⌋ + 1", "⌊(I+2P-K+S)/S⌋", True),
    ("I K S P", INTEGERS, "", "⌊(I+2P-K)/S⌋ + 1", "(I+2P-K)/S + 1", False),
    ("I K S P", INTEGERS, "", "⌊(I+2P-K)/S⌋ + 1", "⌈(I+2P-K)/S⌉", False),
    ("I K S P", INTEGERS, "", "⌊(I+2P-K)/S⌋ + 1", "⌊(I+P-K)/S⌋ + 1", False),
    ("K", INTEGERS, "K % 2 == 1", "(K-1)/2", "⌊K/2⌋", True),
    ("K", INTEGERS, "", "(K-1)/2", "⌊K/2⌋", False),
    (
        "r_1 r_2 d_1 d_2",
        INTEGERS,
        "",
        "1 + ∑_{k=1}^2 d_k(r_k-1)",
        "r_1 + (d_1-1)(r_1-1) + d_2(r_2-1)",
        True,
    ),
    (
        "r_1 r_2 d_1 d_2",
        INTEGERS,
        "",
        "1 + ∑_{k=1}^2 d_k(r_k-1)",
        "r_1 + (d_1-1)(r_1-1) + (r_2-1)r_1",
        False,
    ),
    ("q n", (2, 9), "", "∑_{k=0}^n q^k", "(q^(n+1)-1)/(q-1)", True),
    ("q n", (2, 9), "", "∑_{k=0}^n q^k", "(q^n-1)/(q-1)", False),
    ("n", INTEGERS, "", "∑_{k=1}^n k", "n(n+1)/2", True),
    ("C r", INTEGERS, "", "2C^2/r", "C/r·C + C·C/r", True),
    ("C r", INTEGERS, "", "2C^2/r", "2C^2·r", False),
    ("x", REALS, "", "max(0,x)", "(x+|x|)/2", True),
    ("x", REALS, "", "max(0,x)", "x if x > 0 else 0", True),
    ("x", REALS, "", "max(0,x)", "|x|", False),
    ("x", REALS, "", "1/(1+e^(-x))", "½(1+tanh(x/2))", True),
    ("x", REALS, "", "1/(1+e^(-x))", "e^x/(1+e^x)", True),
    ("x", REALS, "", "1-tanh(x)^2", "4/(e^x+e^(-x))^2", True),
    ("x", REALS, "", "log(1+e^x)", "x + log(1+e^(-x))", True),
    ("z y", CHANCES, "", "-y·log(sigmoid(z)) - (1-y)·log(1-sigmoid(z))", "log(1+e^z) - y·z", True),
    ("n d h", INTEGERS, "", "4d^2 + 2n·d", "4 d·d + n·d + d·n", True),
    ("a b", REALS, "", "a·b + 10^(-12)", "a·b", False),
    ("n", INTEGERS, "", "138357544 n", "138357545 n", False),
    ("a b", REALS, "", "(a^2-b^2)/(a-b)", "a+b", True),
)


def values(names, bounds, condition, seed):
    """Points of the domain: integers, or fractions where the domain is small."""
    draw = random.Random(seed)
    found = []
    while len(found) < POINTS:
        if bounds is INTEGERS or bounds == (2, 9):
            point = {name: draw.randint(*bounds) for name in names}
        else:
            point = {
                name: Fraction(draw.randint(64 * bounds[0] + 1, 64 * bounds[1] - 1), 64)
                for name in names
            }
        if not condition or holds(condition, point):
            found.append(point)
    return found


def is_equal(one, other):
    if isinstance(one, float) or isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return one == other


def values_of(text, names, points):
    signature = parse_signature(f"f({', '.join(names)}) -> value")
    formula = read(text, signature=signature, notation=Notation(), output="value")
    for point in points:
        try:
            yield evaluate(formula, point, signature=signature, notation=Notation())
        except FormulaError:
            yield None


@pytest.mark.parametrize(("names", "bounds", "condition", "one", "other", "equal"), PAIRS)
def test_a_pair_is_told_equal_or_different(names, bounds, condition, one, other, equal):
    points = values(names.split(), bounds, condition, seed=3)
    pairs = zip(
        values_of(one, names.split(), points), values_of(other, names.split(), points), strict=True
    )
    defined = [(a, b) for a, b in pairs if a is not None and b is not None]
    assert len(defined) >= POINTS // 2
    assert all(is_equal(a, b) for a, b in defined) == equal


def test_there_are_33_pairs():
    assert len(PAIRS) == 33
