"""The questions behind the typed variants: a signature, the truth as plain Python, and points.

Every variant of a group means the group's truth; a variant that means something else stands in a
group of its own. The truths are code, not formulas, so that they share nothing with the reader.
"""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple


class Group(NamedTuple):
    """One question: `points` are values of the inputs in the order of the signature."""

    signature: str
    truth: Callable
    points: tuple[tuple, ...]
    aliases: Mapping[str, tuple[str, ...]] = MappingProxyType({})


_REALS = ((0.7,), (-1.3,), (2.5,))
_INDICES = ((1,), (2,), (7,), (10,))

GROUPS: dict[str, Group] = {
    "dilated": Group(
        "output(D: int, N: int, K: int, I: int) -> size: int",
        lambda d, n, k, i: d * (i - (k - 1) * n) ** 2,  # the question's own name
        ((2, 3, 4, 29), (5, 2, 3, 17), (3, 4, 5, 41)),
    ),
    "conv": Group(
        "output(I: int, K: int, S: int, P: int, d: int) -> size: int",
        lambda i, k, s, p, d: (i + 2 * p - d * (k - 1) - 1) // s + 1,  # as above
        ((32, 3, 2, 1, 2), (28, 5, 3, 0, 1), (31, 4, 2, 2, 3)),
    ),
    "field": Group(
        "field(r_1: int, d_1: int, r_2: int, d_2: int) -> rows: int",
        lambda r1, d1, r2, d2: 1 + d1 * (r1 - 1) + d2 * (r2 - 1),
        ((3, 2, 5, 3), (4, 1, 2, 5), (7, 3, 3, 2)),
    ),
    "parameters": Group(
        "parameters(C_in: int, C_out: int, K: int) -> count: int",
        lambda ci, co, k: co * (ci * k * k + 1),
        ((3, 16, 5), (7, 4, 3), (12, 30, 2)),
    ),
    "squeeze": Group(
        "parameters(C: int, r: int) -> count",
        lambda C, r: Fraction(2 * C * C, r),
        ((256, 16), (30, 7), (11, 2)),
    ),
    "relu": Group(
        "relu(x) -> y", lambda x: max(x, 0), ((Fraction(3, 2),), (Fraction(-7, 3),), (4,))
    ),
    "normalise": Group(
        "normalise(x, mu, sigma, epsilon) -> xhat",
        lambda x, m, s, e: (x - m) / math.sqrt(s * s + e),
        ((1.5, 0.25, 2.0, 0.125), (-3.0, 1.0, 0.5, 0.75), (0.1, 0.7, 1.3, 0.01)),
    ),
    "sigmoid": Group("sigmoid(x) -> y", lambda x: 1 / (1 + math.exp(-x)), _REALS),
    "tanh slope": Group("slope(x) -> y", lambda x: 1 - math.tanh(x) ** 2, _REALS),
    "cross entropy": Group(
        "loss(y, p) -> L",
        lambda y, p: -(y * math.log(p) + (1 - y) * math.log(1 - p)),
        ((1, 0.3), (0, 0.8), (0.25, 0.6)),
    ),
    "factor": Group(
        "factor(alpha) -> f", lambda a: 1 / Fraction(a), ((3,), (Fraction(1, 2),), (-4,))
    ),
    "attention": Group(
        "work(n: int, d: int) -> count: int", lambda n, d: 2 * n * n * d, ((5, 3), (8, 64), (2, 7))
    ),
    "half up": Group("block(i: int) -> k: int", lambda i: (i + 1) // 2, _INDICES),
    "cosine": Group(
        "rate(eta_0, t, T) -> eta",
        lambda e, t, T: e / 2 * (1 + math.cos(math.pi * t / T)),
        ((0.1, 3, 10), (2.0, 7, 9), (0.5, 0.25, 4)),
    ),
    "adam": Group(
        "step(m, beta_1, t) -> m_hat",
        lambda m, b, t: m / (1 - b**t),
        ((0.5, Fraction(9, 10), 3), (2, Fraction(1, 2), 1), (-1, Fraction(1, 4), 2)),
    ),
    "softplus": Group("softplus(x) -> y", lambda x: math.log(1 + math.exp(x)), _REALS),
    "542": Group("parameters() -> total: int", lambda: 542, ((),)),
    "3584": Group("parameters() -> total: int", lambda: 3584, ((),)),
    "138357544": Group("parameters() -> total: int", lambda: 138_357_544, ((),)),
    "1200000": Group("parameters() -> total: int", lambda: 1_200_000, ((),)),
    "0.55": Group("probability() -> p", lambda: Fraction(55, 100), ((),)),
    "noise": Group("noise(B) -> s", lambda B: B**-0.5, ((4.0,), (9.0,), (2.0,))),
    "gradient scale": Group(
        "scale(g, alpha) -> dW",
        lambda g, a: Fraction(g) / Fraction(a),
        ((3, 2), (Fraction(-1, 3), 5), (7, Fraction(1, 2))),
        aliases={"dW": ("dL/dW",)},
    ),
    "geometric": Group(
        "geometric(q, n: int) -> s",
        lambda q, n: sum(Fraction(q) ** k for k in range(n + 1)),
        ((2, 3), (Fraction(1, 2), 5), (-3, 2)),
    ),
    "softmax": Group(
        "softmax(x_1, x_2, x_3) -> p",
        lambda a, b, c: math.exp(a) / (math.exp(a) + math.exp(b) + math.exp(c)),
        ((0.1, 0.5, -1.0), (2.0, 1.0, 0.0), (-0.3, 0.3, 0.9)),
    ),
}
