"""Realistic wrong solutions of common exercises, each with the diagnoses that would be right.

`RIGHT` says which kinds point at the mistake that was really made. A solution whose mistake leaves
no trace that the arrays could tell has none; then silence is right and any diagnosis is wrong.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.student.signature import Signature, parse_signature

SIZES = ({"N": 4, "C": 6}, {"N": 7, "C": 3}, {"N": 5, "C": 8})


@dataclass(frozen=True)
class Problem:
    signature: Signature
    inputs: Any  # rng and case number to inputs by name
    truth: Any


def problem(line, inputs, truth):
    return Problem(parse_signature(line), inputs, truth)


def normal(rng, *shape):
    return rng.standard_normal(shape)


def size(case):
    return tuple(SIZES[case].values())


# --- batch norm and layer norm ------------------------------------------------------------------


def bn_inputs(rng, case):
    n, c = size(case)
    x = normal(rng, n, c) * 2 + 1
    return {"dy": normal(rng, n, c), "x": x, "gamma": normal(rng, c), "eps": 1e-5}


def bn_parts(x, eps):
    inv = 1 / np.sqrt(x.var(0) + eps)
    return inv, (x - x.mean(0)) * inv


def bn_dx(dy, x, gamma, eps):
    inv, xh = bn_parts(x, eps)
    return gamma * inv * (dy - dy.mean(0) - xh * (dy * xh).mean(0))


BN_DX = problem("bn(dy[N,C], x[N,C], gamma[C], eps) -> dx[N,C]", bn_inputs, bn_dx)
BN_DG = problem(
    "bn(dy[N,C], x[N,C], gamma[C], eps) -> dgamma[C]",
    bn_inputs,
    lambda dy, x, gamma, eps: (dy * bn_parts(x, eps)[1]).sum(0),
)
BN_DB = problem(
    "bn(dy[N,C], x[N,C], gamma[C], eps) -> dbeta[C]",
    bn_inputs,
    lambda dy, x, gamma, eps: dy.sum(0),
)
BN_XH = problem(
    "bn(dy[N,C], x[N,C], gamma[C], eps) -> y[N,C]",
    bn_inputs,
    lambda dy, x, gamma, eps: bn_parts(x, eps)[1],
)


def no_mean_path(dy, x, gamma, eps):
    inv, xh = bn_parts(x, eps)
    return gamma * inv * (dy - xh * (dy * xh).mean(0))


def no_gamma(dy, x, gamma, eps):
    inv, xh = bn_parts(x, eps)
    return inv * (dy - dy.mean(0) - xh * (dy * xh).mean(0))


def variance_for_deviation(dy, x, gamma, eps):
    inv, _ = bn_parts(x, eps)
    return bn_dx(dy, x, gamma, eps) * inv


def times_n(dy, x, gamma, eps):
    inv, xh = bn_parts(x, eps)
    return gamma * inv * (len(x) * dy - dy.sum(0) - xh * (dy * xh).sum(0))


def stats_constant(dy, x, gamma, eps):
    return gamma * bn_parts(x, eps)[0] * dy


# --- softmax and losses -------------------------------------------------------------------------


def softmax(z, axis=1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def logits(rng, case):
    n, c = size(case)
    return {"z": 2 * normal(rng, n, c), "y": rng.integers(0, c, n)}


def one_hot(y, count):
    return np.eye(count)[y]


SOFTMAX = problem("softmax(z[N,C], y[N]: int) -> p[N,C]", logits, lambda z, y: softmax(z))
CE_GRAD = problem(
    "ce(z[N,C], y[N]: int) -> dz[N,C]",
    logits,
    lambda z, y: (softmax(z) - one_hot(y, z.shape[1])) / len(z),
)
CE = problem(
    "ce(z[N,C], y[N]: int) -> L[N]",
    logits,
    lambda z, y: -np.log(softmax(z)[np.arange(len(z)), y]),
)
LOSS = problem(
    "ce(z[N,C], y[N]: int) -> L",
    logits,
    lambda z, y: -np.log(softmax(z)[np.arange(len(z)), y]).mean(),
)
WIDE = problem(
    "softmax(z[N,C], y[N]: int) -> p[N,C]",
    lambda rng, case: {**logits(rng, case), "z": 1000 * normal(rng, *size(case))},
    lambda z, y: softmax(z),
)


def naive_softmax(z, y):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# --- layers -------------------------------------------------------------------------------------


def affine_inputs(rng, case):
    n, c = size(case)
    x, w = normal(rng, n, c), normal(rng, c, c + 2)
    return {"dy": normal(rng, n, c + 2), "x": x, "W": w, "b": normal(rng, c + 2)}


def square_inputs(rng, case):
    n = size(case)[0]
    return {
        "dy": normal(rng, n, n),
        "x": normal(rng, n, n),
        "W": normal(rng, n, n),
        "b": normal(rng, n),
    }


LINE = "affine(dy[N,M], x[N,D], W[D,M], b[M])"
Y = problem(f"{LINE} -> y[N,M]", affine_inputs, lambda dy, x, W, b: x @ W + b)
DW = problem(f"{LINE} -> dW[D,M]", affine_inputs, lambda dy, x, W, b: x.T @ dy)
DW_SQUARE = problem(f"{LINE} -> dW[D,M]", square_inputs, lambda dy, x, W, b: x.T @ dy)
DX = problem(f"{LINE} -> dx[N,D]", affine_inputs, lambda dy, x, W, b: dy @ W.T)
DBIAS = problem(f"{LINE} -> db[M]", affine_inputs, lambda dy, x, W, b: dy.sum(0))
RESIDUAL = problem(
    "residual(dy[N,C], x[N,C], slope) -> dx[N,C]",
    lambda rng, case: {
        "dy": normal(rng, *size(case)),
        "x": normal(rng, *size(case)),
        "slope": (0.1, 0.2, 0.3)[case],
    },
    lambda dy, x, slope: dy + dy * np.where(x > 0, 1.0, slope),
)
RELU = problem(
    "relu(dy[N,C], x[N,C]) -> dx[N,C]",
    lambda rng, case: {"dy": normal(rng, *size(case)), "x": normal(rng, *size(case))},
    lambda dy, x: dy * (x > 0),
)


def dropout_inputs(rng, case):
    n, c = size(case)
    return {
        "x": normal(rng, n, c),
        "mask": (rng.random((n, c)) < 0.6) * 1.0,
        "p": (0.4, 0.3, 0.2)[case],
    }


DROPOUT = problem(
    "dropout(x[N,C], mask[N,C], p) -> y[N,C]",
    dropout_inputs,
    lambda x, mask, p: x * mask / (1 - p),
)


def scatter(dy, ids, V):
    found = np.zeros((V, dy.shape[1]))
    np.add.at(found, ids, dy)
    return found


EMBED = problem(
    "embed(dy[N,C], ids[N]: int, V: int) -> dE[V,C]",
    lambda rng, case: {
        "dy": normal(rng, size(case)[0], size(case)[1]),
        "ids": np.array([1, 0, 1, *range(2, 9)])[: size(case)[0]],
        "V": 12 + case,
    },
    scatter,
)


def scatter_once(dy, ids, V):
    found = np.zeros((V, dy.shape[1]))
    found[ids] += dy
    return found


# --- convolution and pooling --------------------------------------------------------------------


def image(rng, case):
    h, w = ((6, 8), (8, 10), (10, 6))[case]
    return {"x": normal(rng, h, w), "k": normal(rng, 3, 3)}


def conv(x, k, pad=1):
    x = np.pad(x, pad)
    rows, columns = x.shape[0] - 2, x.shape[1] - 2
    return sum(k[i, j] * x[i : i + rows, j : j + columns] for i in range(3) for j in range(3))


CONV = problem("conv(x[H,W], k[3,3]) -> y[H,W]", image, conv)
VALID = problem("conv(x[H,W], k[3,3]) -> y[P,Q]", image, lambda x, k: conv(x, k, 0))


def conv_dk(x, dy):
    padded = np.pad(x, 1)
    h, w = x.shape
    return np.array(
        [[(padded[i : i + h, j : j + w] * dy).sum() for j in range(3)] for i in range(3)]
    )


CONV_DK = problem(
    "conv_dk(x[H,W], dy[H,W]) -> dk[3,3]",
    lambda rng, case: {"x": image(rng, case)["x"], "dy": image(rng, case)["x"]},
    conv_dk,
)


def pool_inputs(rng, case):
    x = image(rng, case)["x"]
    return {"x": x, "dy": normal(rng, x.shape[0] // 2, x.shape[1] // 2)}


def pool_mask(x):
    top = x.reshape(x.shape[0] // 2, 2, -1, 2).max(axis=(1, 3))
    return x == np.repeat(np.repeat(top, 2, 0), 2, 1)


def spread(dy):
    return np.repeat(np.repeat(dy, 2, 0), 2, 1)


POOL = problem(
    "pool(x[H,W], dy[P,Q]) -> dx[H,W]", pool_inputs, lambda x, dy: spread(dy) * pool_mask(x)
)


# --- sequences, optimisers, counting ------------------------------------------------------------


def rnn_inputs(rng, case):
    return {"x": normal(rng, 5 + case, 3), "W": normal(rng, 3, 3) / 2}


def rnn(x, W, *, remembers=True):
    h, states = np.zeros(3), []
    for step in x:
        h = np.tanh(step + (W @ h if remembers else 0 * h))
        states.append(h)
    return np.array(states)


RNN = problem("rnn(x[T,D], W[D,D]) -> h[T,D]", rnn_inputs, rnn)
ATTENTION = problem(
    "attention(q[T,D], k[S,D]) -> scores[T,S]",
    lambda rng, case: {"q": normal(rng, 3 + case, 4 + 3 * case), "k": normal(rng, 8, 4 + 3 * case)},
    lambda q, k: q @ k.T / np.sqrt(q.shape[1]),
)
CAUSAL = problem(
    "causal(s[T,T]) -> a[T,T]",
    lambda rng, case: {"s": normal(rng, 4 + case, 4 + case)},
    lambda s: softmax(np.where(np.tri(len(s)), s, -1e30)),
)
DECAY = problem(
    "step(w[C], g[C], lr, wd) -> w2[C]",
    lambda rng, case: {
        "w": normal(rng, 4 + case),
        "g": normal(rng, 4 + case),
        "lr": (0.1, 0.2, 0.3)[case],
        "wd": (0.5, 0.3, 0.4)[case],
    },
    lambda w, g, lr, wd: w - lr * (g + wd * w),
)
OUT = problem(
    "out(I: int, K: int, P: int) -> size: int",
    lambda rng, case: {"I": 20 + 3 * case, "K": 3 + case, "P": 1 + case % 2},
    lambda I, K, P: I + 2 * P - K + 1,
)
PARAMETERS = problem(
    "count(Cin: int, Cout: int, K: int) -> total: int",
    lambda rng, case: {"Cin": 3 + 2 * case, "Cout": 16 + 4 * case, "K": (3, 5, 7)[case]},
    lambda Cin, Cout, K: Cout * (Cin * K * K + 1),
)
VAR = problem(
    "var(x[N,C]) -> v[C]",
    lambda rng, case: {"x": normal(rng, *size(case))},
    lambda x: x.var(0),
)
SEEN = problem(
    "images(x[N,C,H,W]) -> mean[C]",
    lambda rng, case: {"x": normal(rng, *((2, 3, 4, 5), (3, 2, 5, 4), (4, 5, 3, 2))[case]) + 1},
    lambda x: x.mean(axis=(0, 2, 3)),
)

WRONG = {
    "bn: statistics held constant": (BN_DX, stats_constant, set()),
    "bn: no path through the mean": (BN_DX, no_mean_path, {"slice differences"}),
    "bn: gamma forgotten": (BN_DX, no_gamma, {"missing factor"}),
    "bn: divided by the variance": (BN_DX, variance_for_deviation, {"slice factors"}),
    "bn: 1/N forgotten": (BN_DX, times_n, {"ratio size"}),
    "bn: raw x in dgamma": (BN_DG, lambda dy, x, gamma, eps: (dy * x).sum(0), set()),
    "bn: mean in dbeta": (BN_DB, lambda dy, x, gamma, eps: dy.mean(0), {"ratio size"}),
    "bn: dbeta summed over features": (
        BN_DB,
        lambda dy, x, gamma, eps: dy.sum(1),
        {"wrong axis"},
    ),
    "bn: dbeta not summed": (BN_DB, lambda dy, x, gamma, eps: dy, {"axis kept"}),
    "bn: layer norm instead": (
        BN_XH,
        lambda dy, x, gamma, eps: bn_parts(x.T, eps)[1].T,
        {"other axis"},
    ),
    "bn: unbiased variance": (
        BN_XH,
        lambda dy, x, gamma, eps: (x - x.mean(0)) / np.sqrt(x.var(0, ddof=1) + eps),
        {"slice factors"},
    ),
    "bn: eps outside the root": (
        BN_XH,
        lambda dy, x, gamma, eps: (x - x.mean(0)) / (x.std(0) + eps),
        {"nearly right", "slice factors"},
    ),
    "softmax: over the batch": (SOFTMAX, lambda z, y: softmax(z, 0), {"other axis"}),
    "softmax: not divided": (
        SOFTMAX,
        lambda z, y: np.exp(z - z.max(1, keepdims=True)),
        {"slice factors"},
    ),
    "softmax: log of it": (SOFTMAX, lambda z, y: np.log(softmax(z)), {"logarithm"}),
    "softmax: divided by the sum of all": (
        SOFTMAX,
        lambda z, y: np.exp(z) / np.exp(z).sum(),
        {"slice factors"},
    ),
    "softmax: overflow": (WIDE, naive_softmax, {"overflow"}),
    "ce: label not subtracted": (
        CE_GRAD,
        lambda z, y: softmax(z) / len(z),
        {"labels"},
    ),
    "ce: no 1/N": (
        CE_GRAD,
        lambda z, y: softmax(z) - one_hot(y, z.shape[1]),
        {"ratio size"},
    ),
    "ce: 1/(N C)": (
        CE_GRAD,
        lambda z, y: (softmax(z) - one_hot(y, z.shape[1])) / z.size,
        {"ratio size"},
    ),
    "ce: truth minus prediction": (
        CE_GRAD,
        lambda z, y: (one_hot(y, z.shape[1]) - softmax(z)) / len(z),
        {"sign"},
    ),
    "ce: log to base 2": (CE, lambda z, y: CE.truth(z, y) / np.log(2), {"ratio"}),
    "ce: minus forgotten": (CE, lambda z, y: -CE.truth(z, y), {"sign"}),
    "ce: probability, no log": (CE, lambda z, y: np.exp(-CE.truth(z, y)), set()),
    "ce: mean per sample": (CE, lambda z, y: CE.truth(z, y).mean(), {"axis averaged"}),
    "ce: not averaged": (LOSS, CE.truth, {"axis kept mean"}),
    "ce: summed": (LOSS, lambda z, y: CE.truth(z, y).sum(), {"ratio size"}),
    "affine: bias forgotten": (Y, lambda dy, x, W, b: x @ W, {"missing term"}),
    "affine: dW transposed": (DW, lambda dy, x, W, b: dy.T @ x, {"transposed"}),
    "affine: square dW transposed": (DW_SQUARE, lambda dy, x, W, b: dy.T @ x, {"transposed"}),
    "affine: dW averaged": (DW, lambda dy, x, W, b: x.T @ dy / len(x), {"ratio size"}),
    "affine: db per sample": (DBIAS, lambda dy, x, W, b: dy, {"axis kept"}),
    "affine: db in float16": (
        DBIAS,
        lambda dy, x, W, b: dy.sum(0).astype(np.float16).astype(float),
        {"low precision"},
    ),
    "affine: dx returns dy W times two": (DX, lambda dy, x, W, b: 2 * dy @ W.T, {"ratio"}),
    "residual: no skip": (
        RESIDUAL,
        lambda dy, x, slope: dy * np.where(x > 0, 1.0, slope),
        {"missing term"},
    ),
    "residual: skip only": (RESIDUAL, lambda dy, x, slope: dy, {"input returned"}),
    "residual: slope forgotten": (
        RESIDUAL,
        lambda dy, x, slope: dy + dy * (x > 0),
        {"negative side"},
    ),
    "relu: mask forgotten": (RELU, lambda dy, x: dy, {"mask missing", "input returned"}),
    "relu: mask from dy": (RELU, lambda dy, x: dy * (dy > 0), set()),
    "relu: derivative alone": (RELU, lambda dy, x: (x > 0) * 1.0, {"missing factor"}),
    "dropout: not scaled": (DROPOUT, lambda x, mask, p: x * mask, {"ratio input"}),
    "dropout: no mask": (DROPOUT, lambda x, mask, p: x / (1 - p), {"mask missing"}),
    "embedding: repeated ids counted once": (EMBED, scatter_once, {"repeated labels"}),
    "conv: kernel flipped": (CONV, lambda x, k: conv(x, k[::-1, ::-1]), set()),
    "conv: no padding": (CONV, lambda x, k: conv(x, k, 0), {"cropped"}),
    "conv: padding where none is": (VALID, lambda x, k: conv(x, k, 1), {"not cropped"}),
    "conv: edge values for padding": (
        CONV,
        lambda x, k: conv(np.pad(x, 1, mode="edge"), k, 0),
        {"border only"},
    ),
    "conv: flipped gradient": (CONV_DK, lambda x, dy: conv_dk(x, dy)[::-1, ::-1], {"reversed"}),
    "conv: transposed gradient": (CONV_DK, lambda x, dy: conv_dk(x, dy).T, {"transposed"}),
    "conv: gradient averaged": (CONV_DK, lambda x, dy: conv_dk(x, dy) / x.size, {"ratio size"}),
    "conv: one column of the gradient left out": (
        CONV_DK,
        lambda x, dy: conv_dk(x, dy) * [1, 1, 0],
        {"one slice", "masked too much"},
    ),
    "pool: gradient to all": (POOL, lambda x, dy: spread(dy), {"mask missing"}),
    "pool: average": (POOL, lambda x, dy: spread(dy) / 4, {"total only"}),
    "pool: times the activation": (
        POOL,
        lambda x, dy: spread(dy) * pool_mask(x) * x,
        {"extra factor"},
    ),
    "pool: dy forgotten": (
        POOL,
        lambda x, dy: pool_mask(x) * 1.0,
        {"zeros only", "one per window"},
    ),
    "rnn: forgets its state": (RNN, lambda x, W: rnn(x, W, remembers=False), {"one slice right"}),
    "rnn: backwards": (RNN, lambda x, W: rnn(x, W)[::-1], {"reversed"}),
    "rnn: starts with the first state": (
        RNN,
        lambda x, W: np.vstack([np.zeros(3), rnn(x, W)[:-1]]),
        {"shifted"},
    ),
    "attention: scale forgotten": (ATTENTION, lambda q, k: q @ k.T, {"ratio size"}),
    "attention: divided by D": (ATTENTION, lambda q, k: q @ k.T / q.shape[1], {"ratio size"}),
    "attention: keys by queries": (
        ATTENTION,
        lambda q, k: k @ q.T / np.sqrt(q.shape[1]),
        {"transposed"},
    ),
    "attention: mask after softmax": (
        CAUSAL,
        lambda s: softmax(s) * np.tri(len(s)),
        {"slice factors", "one slice right"},
    ),
    "attention: no mask": (CAUSAL, lambda s: softmax(s), {"one slice right"}),  # noqa: PLW0108  # the input is named s
    "sgd: ascends": (DECAY, lambda w, g, lr, wd: w + lr * (g + wd * w), {"change sign"}),
    "sgd: returns the step": (
        DECAY,
        lambda w, g, lr, wd: -lr * (g + wd * w),
        {"missing term"},
    ),
    "size: padding once": (OUT, lambda I, K, P: I + P - K + 1, {"missing term"}),
    "size: no +1": (OUT, lambda I, K, P: I + 2 * P - K, {"constant difference"}),
    "parameters: no bias": (PARAMETERS, lambda Cin, Cout, K: Cout * Cin * K * K, {"missing term"}),
    "parameters: one bias in all": (
        PARAMETERS,
        lambda Cin, Cout, K: Cout * Cin * K * K + 1,
        set(),
    ),
    "variance: unbiased": (VAR, lambda x: x.var(0, ddof=1), {"ratio ddof"}),
    "variance: deviation": (VAR, lambda x: x.std(0), {"root"}),
    "variance: over the features": (VAR, lambda x: x.var(1), set()),
    "images: summed": (SEEN, lambda x: x.sum(axis=(0, 2, 3)), {"ratio size"}),
    "images: mean over N, sum over space": (
        SEEN,
        lambda x: x.mean(0).sum(axis=(1, 2)),
        {"ratio size"},
    ),
    "images: per pixel": (SEEN, lambda x: x.mean(0), {"axis kept mean"}),
}
