"""Gradients behind max pooling and convolution, by loops; the oracle is autograd."""

from functools import partial

import numpy as np

from grader.authoring import Solution

solution = Solution("convolution-backward")


# --- 3.1: back through the fully connected layer and max pooling ----------------------------------

pool, pool_any = solution["pool"], solution["pool-any"]


@pool_any.reference
def pool_fc_backward_any(P, w, dz, kh, kw, stride):
    dP = np.zeros_like(P)
    rows, columns = (np.array(P.shape) - (kh, kw)) // stride + 1
    for k, l in np.ndindex(rows, columns):
        at = np.s_[k * stride : k * stride + kh, l * stride : l * stride + kw]
        i, j = divmod(P[at].argmax(), kw)
        dP[at][i, j] += dz * w[k * columns + l]
    return dP


@pool_any.oracle_forward
def pooled_and_weighted(P, w, *, kh, kw, stride):
    from torch.nn.functional import max_pool2d

    return w @ max_pool2d(P[None], (kh, kw), stride).flatten()


@pool_any.valid
def is_shared_out_among_ties(P, w, dz, kh, kw, stride, answer):
    """Each window hands on what it gets, to cells that hold its maximum, and takes nothing back.

    Windows with ties are drawn side by side; where windows overlap there is one right gradient.
    """
    left, columns = answer["dP"].copy(), (P.shape[1] - kw) // stride + 1
    for number, weight in enumerate(w):
        top, start = stride * (number // columns), stride * (number % columns)
        at = np.s_[top : top + kh, start : start + kw]
        tied = P[at] == P[at].max()
        shares = left[at][tied] / (dz * weight)
        if not (abs(shares.sum() - 1) < 1e-6 and shares.min() > -1e-6):
            return False
        left[at][tied] = 0
    return stride >= max(kh, kw) and not left.any()


pool_any.wrong("column by column", ("w[k * columns + l]", "w[l * rows + k]")).say(
    "You took the weights column by column. A is read row by row, so the weight that follows is the "
    "one of the window to the right."
)
pool_any.wrong("all cells of a window", ("dP[at][i, j]", "dP[at]")).say(
    "You gave the gradient to every cell of a window. Move one that is not the largest a little: A "
    "stays as it is."
)
pool_any.wrong("average pooling", ("dP[at][i, j] += dz", "dP[at] += dz / (kh * kw)")).say(
    "You shared the gradient out as for an average. A maximum only moves with the cell that holds it."
)
pool_any.wrong("upstream forgotten", ("dz * w", "w")).say(
    "That is the gradient of z. The loss depends on z in turn: what arrives from above is missing."
)
pool_any.wrong("times the maximum", ("dz * w", "P[at].max() * dz * w")).say(
    "You multiplied by the value of the maximum. A is this value itself: it moves just as much as P."
)
pool_any.wrong("largest magnitude", ("P[at].argmax()", "abs(P[at]).argmax()")).say(
    "You looked for the largest magnitude. A negative number is small, however far from 0 it is."
)
pool_any.wrong("all of it to each tie", ("dP[at][i, j]", "dP[at][P[at] == P[at].max()]")).say(
    "Where several cells hold the maximum, each of them got the whole gradient. They may share it, "
    "but a window hands on no more than it gets."
)
pool.special_case(pool_any, kh=2, kw=2, stride=2)  # the sheet's windows, which can not overlap
pool.equivalent(
    "dP[at][i, j] += dz * w[k * columns + l] → dP[at][i, j] = dz * w[k * columns + l]",
    because="The sheet's windows do not overlap, so each cell is written to once.",
)
pool_any.wrong("overwritten", ("+=", "=")).say(
    "A cell that wins in several windows kept the gradient of the last one. It moves all of them."
)

CORNERS = np.indices((6, 6)).sum(0) // 2 % 4 == np.tile([[0, 1], [2, 3]], (3, 3))

pool.test("random maps", cases=6, weight=2)
pool.test("a maximum in each corner", P=lambda P: P + 9 * CORNERS)
pool.test("negative maps", P=lambda P: -1 - abs(P))
pool.test("ties", P=np.sign)
pool.test("a map of one value", cases=1, P=lambda P: 0 * P)
pool_any.test("random windows", cases=12, weight=2)
pool_any.test("windows that overlap", cases=6, kh=(3, 4), kw=(2, 4), stride=1)
pool_any.test("gaps between the windows", kh=2, kw=1, stride=3)
pool_any.test("a single window", H=4, W=3, kh=4, kw=3)
pool_any.test("windows of one cell", kh=1, kw=1, stride=1)
pool_any.test("negative maps", P=lambda P: -1 - abs(P))
pool_any.test("ties", kh=2, kw=3, stride=3, P=np.sign)


# --- 3.2: back to the kernel ----------------------------------------------------------------------

kernel, formula = solution["kernel"], solution["kernel-formula"]


@kernel.reference
def conv_kernel_gradient(X, dP, K, pad):
    x = np.pad(X, ((pad, pad), (pad, pad), (0, 0)))
    dW = np.zeros((K, K, X.shape[2]))
    for i, j in np.ndindex(dP.shape):
        dW += dP[i, j] * x[i : i + K, j : j + K]
    return dW


@kernel.oracle_forward
def convolved(W, *, X, K, pad):
    from torch.nn.functional import conv2d

    return conv2d(X.permute(2, 0, 1)[None], W.permute(2, 0, 1)[None], padding=pad)


kernel.wrong("no sum over positions", ("dW +=", "dW =")).say(
    "The gradient of a single position is left. The kernel is used at every one of them, so each "
    "one has a part in its gradient."
)
kernel.wrong("column of the pooled map", ("j : j + K", "j // 2 : j // 2 + K")).say(
    "Rows are read at positions of P, but columns at positions of the pooled map: an index of the "
    "layer above has slipped in."
)
kernel.wrong(
    "padding at the end alone", ("(pad, pad), (pad, pad)", "(0, 2 * pad), (0, 2 * pad)")
).say(
    "Your x is not shifted by the padding: the first tap of the first position lies outside of it."
)
kernel.wrong("border repeated", ("(0, 0)))", '(0, 0)), mode="edge")')).say(
    "Outside of its positions x goes on, in your answer, with the values of its border. The padding "
    "is zero there."
)
kernel.wrong("kernel turned", ("return dW", "return dW[::-1, ::-1]")).say(
    "Your gradient is turned by half a turn, as if the kernel were flipped. This layer multiplies "
    "tap and cell in the same order."
)
kernel.wrong("rows for columns", ("return dW", "return dW.swapaxes(0, 1)")).say(
    "Rows and columns of the kernel have changed places."
)
kernel.wrong("mean over positions", ("return dW", "return dW / dP.size")).say(
    "You took the mean over the positions. The forward pass divides by nothing, so neither does this."
)
kernel.wrong("summed over channels", ("return dW", "return 0 * dW + dW.sum(2, keepdims=True)")).say(
    "You summed over the channels. Each channel has taps of its own, which only see this channel."
)
formula.special_case(kernel, K=3, pad=1)


def on_the_border(dP):
    dP[1:-1, 1:-1] = 0
    return dP


kernel.test("random kernels", cases=8, weight=2)
kernel.test("the sheet's sizes", H=6, W=6, C=3, K=3, pad=1)
kernel.test("a gradient at a single position", K=3, pad=1, dP=lambda dP: dP * (dP == dP.max()))
kernel.test("a gradient on the border", K=3, pad=1, dP=on_the_border)
kernel.test("no padding", K=(2, 4), pad=0)
kernel.test("even kernels", K=[2, 4])
kernel.test("kernels of one tap", K=1)
kernel.test("a single position", H=3, W=3, K=3, pad=0)
formula.test("random maps", weight=2)
formula.test("a gradient on the border", dP=on_the_border)


# --- 3.2: all the way back ------------------------------------------------------------------------

chain = solution["chain"]


@chain.reference
def network_backward(X, Wk, w, dz):
    dP = pool_fc_backward_any(convolution(X, Wk), w, dz, 2, 2, 2)
    return dP, conv_kernel_gradient(X, dP, 3, 1), spread(dP, Wk)


def convolution(X, Wk):
    x = np.pad(X, ((1, 1), (1, 1), (0, 0)))
    P = np.zeros(X.shape[:2])
    for i, j in np.ndindex(P.shape):
        P[i, j] = (x[i : i + 3, j : j + 3] * Wk).sum()
    return P


def spread(dP, Wk):
    dx = np.zeros((len(dP) + 2, dP.shape[1] + 2, Wk.shape[2]))
    for i, j in np.ndindex(dP.shape):
        dx[i : i + 3, j : j + 3] += dP[i, j] * Wk
    return dx[1:-1, 1:-1]


@chain.oracle
def network_by_autograd(X, Wk, w, dz):
    import torch
    from torch.nn.functional import conv2d, max_pool2d

    X, Wk = (torch.tensor(array, requires_grad=True) for array in (X, Wk))
    P = conv2d(X.permute(2, 0, 1)[None], Wk.permute(2, 0, 1)[None], padding=1)
    z = max_pool2d(P, 2).flatten() @ torch.tensor(w)
    dP, dW, dX = torch.autograd.grad(dz * z, (P, Wk, X))
    return dP[0, 0], dW, dX


chain.carry(
    dW=lambda X, dP: conv_kernel_gradient(X, dP, 3, 1), dX=lambda Wk, dP: spread(dP, Wk)
).say("right for your own gradient at P")
chain.equivalent(
    "convolution: (x[i:i + 3, j:j + 3] * Wk).sum() → (x[i:i + 3, j:j + 3] * Wk).mean()",
    because="Only which cell is the largest matters of P, and a mean scales all cells alike.",
)
chain.equivalent(
    "convolution: np.zeros(X.shape[:2]) → np.ones(X.shape[:2])", because="All cells are written to."
)
chain.equivalent(
    "convolution: (1, 1) → (1, 2)", because="No position reads zeros further out than one cell."
)
chain.test("random networks", cases=6, weight=2)
chain.test("the sheet's sizes", H=6, W=6, C=3)
chain.test("maps of two rows", H=2)
chain.test("a single channel", C=1)
chain.test("negative maps", X=abs, Wk=lambda Wk: -abs(Wk))


def from_wrong_pooling(pooling, X, Wk, w, dz):
    dP = pooling(P=convolution(X, Wk), w=w, dz=dz)
    return dP, conv_kernel_gradient(X, dP, 3, 1), spread(dP, Wk)


def with_wrong_kernel(gradient, X, Wk, w, dz):
    dP, _, dX = network_backward(X, Wk, w, dz)
    return dP, gradient(X=X, dP=dP), dX


for mistake in pool.wrongs[:-1]:  # without ties, which are not drawn here
    chain.wrong(mistake.name, partial(from_wrong_pooling, mistake.function)).say(mistake.say)
for mistake in formula.wrongs:
    chain.wrong(mistake.name, partial(with_wrong_kernel, mistake.function)).say(mistake.say)
chain.wrong("kernel turned on the way to x", ("spread(dP, Wk)", "spread(dP, Wk[::-1, ::-1])")).say(
    "On the way to x the kernel lies the wrong way round. Ask of one cell of x which positions read "
    "it: is it the one above or the one below that reads it with its first row of taps?"
)
chain.wrong(
    "kernel with rows for columns", ("spread(dP, Wk)", "spread(dP, Wk.swapaxes(0, 1))")
).say("On the way to x, rows and columns of the kernel have changed places.")


def overwritten(X, Wk, w, dz):
    dP, dW, _ = network_backward(X, Wk, w, dz)
    dx = np.zeros((len(dP) + 2, dP.shape[1] + 2, Wk.shape[2]))
    for i, j in np.ndindex(dP.shape):
        dx[i : i + 3, j : j + 3] = dP[i, j] * Wk
    return dP, dW, dx[1:-1, 1:-1]


chain.wrong("overwritten at x", overwritten).say(
    "A cell of x is read from several positions. Your gradient at x has kept one of them, and they "
    "add up."
)
