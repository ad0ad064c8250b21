"""The backward pass of a residual block and of a stack of them; the oracle is autograd."""

import numpy as np

from grader.authoring import Solution

solution = Solution("residual-mlp")


def sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


# Per activation its value and its slope, both at the input z.
ACTIVATIONS = {
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: 1 * (z > 0)),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
}
tanh, slope = ACTIVATIONS["tanh"]


# --- 6.1: the backward pass -----------------------------------------------------------------------

backward = solution["backward"]


@backward.reference
def residual_backward(dout, a, W1, b1, W2, b2, act):
    f, df = ACTIVATIONS[act]
    z1 = a @ W1 + b1
    h = f(z1)
    z3 = h @ W2 + b2 + a
    g = dout * df(z3)
    g1 = (g @ W2.T) * df(z1)
    return g + g1 @ W1.T, a.T @ g1, g1.sum(0), h.T @ g, g.sum(0)


@backward.oracle_forward
def forward(a, W1, b1, W2, b2, *, act):
    import torch

    f = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}[act]
    return f(f(a @ W1 + b1) @ W2 + b2 + a)


backward.test("random blocks", cases=12, weight=3)
backward.test("a batch of one", N=1)
backward.test("a hidden layer of one", M=1)
# With all sizes equal, a missing transpose gives values, which can be named.
backward.test("all sizes equal", N=4, D=4, M=4, weight=2)
backward.test("a hidden layer that is off", act="relu", b1=lambda b1: b1 - 50, cases=1)
# The single ones first: what only one transpose decides on is told by its own sentence.
backward.wrong("W2 not transposed", ("g @ W2.T", "g @ W2")).say(
    "One way back is not transposed: look at the step from z2 to a1."
)
backward.wrong("W1 not transposed", ("g1 @ W1.T", "g1 @ W1")).say(
    "One way back is not transposed: look at the step from z1 to a."
)
backward.wrong("no transposes", [("g @ W2.T", "g @ W2"), ("g1 @ W1.T", "g1 @ W1")]).say(
    "Your formula keeps the order of the one for plain numbers. With examples in rows, the "
    "gradient goes back through a weight matrix by multiplying with its transpose from the right."
)
backward.wrong("weights multiplied elementwise", [("@ W2.T", "* W2"), ("@ W1.T", "* W1")]).say(
    "You multiplied by the weights element by element. Each hidden unit feeds all outputs, so "
    "its gradient is a sum over them: a matrix product."
)
backward.wrong("bypass without the slope", ("return g +", "return dout +")).say(
    "The activation comes after the sum, so the gradient has to pass its slope at z3 before "
    "it can take the bypass."
)
backward.wrong("hidden slope missing", ("(g @ W2.T) * df(z1)", "(g @ W2.T)")).say(
    "You went from a1 to z1 as if f were the identity: its slope at z1 is missing."
)
backward.wrong("output slope missing", ("dout * df(z3)", "dout")).say(
    "You went from a2 to z3 as if f were the identity: its slope at z3 is missing."
)
backward.wrong("slopes at the outputs", [("df(z1)", "df(h)"), ("df(z3)", "df(f(z3))")]).say(
    "You took the slopes at the layers' outputs. f' is taken where f was taken: at z1 and z3."
)
backward.wrong("hidden slope at the output", ("df(z1)", "df(h)")).say(
    "The slope of the hidden layer is taken at its input z1, not at its output a1."
)
backward.wrong(
    "averaged over the batch",
    "g + g1 @ W1.T, a.T @ g1 / len(a), g1.mean(0), h.T @ g / len(a), g.mean(0)",
).say(
    "You divided by the number of examples. Whether the loss is a mean is up to the upstream "
    "gradient; the parameters collect the sum over the examples."
)


# --- 6.1 and 6.2: the formulas --------------------------------------------------------------------

expression, no_skip = solution["expression"], solution["no-skip"]


@expression.reference
def input_gradient(delta, z1, z3, W1, W2):
    g = delta * slope(z3)
    return g + (g @ W2.T * slope(z1)) @ W1.T


@expression.oracle_forward
def block_about(a, *, z1, z3, W1, W2):
    """The block as a moves away from where z1 and z3 are as given."""
    moved = a - a.detach()
    a1 = (z1 + moved @ W1).tanh()
    return (z3 + (a1 - z1.tanh()) @ W2 + moved).tanh()


@no_skip.reference
def plain_gradient(delta, z1, z2, W1, W2):
    g = delta * slope(z2)
    return (g @ W2.T * slope(z1)) @ W1.T


@no_skip.oracle_forward
def layers_about(a, *, z1, z2, W1, W2):
    a1 = (z1 + (a - a.detach()) @ W1).tanh()
    return (z2 + (a1 - z1.tanh()) @ W2).tanh()


for part in (expression, no_skip):
    part.test("random blocks", cases=6, N=(2, 9), D=(2, 9), M=(2, 9))
    part.wrong("hidden slope missing", (" * slope(z1)", "")).say(
        "The slope of the hidden layer is missing: the gradient passes f on its way to z1."
    )
expression.wrong("output slope missing", ("delta * slope(z3)", "delta")).say(
    "The slope of the last activation is missing: the gradient passes f on its way to z3."
)
no_skip.wrong("output slope missing", ("delta * slope(z2)", "delta")).say(
    "The slope of the last activation is missing: the gradient passes f on its way to z2."
)
no_skip.wrong("bypass kept", ("return (g", "return g + (g")).say(
    "This still holds what the bypass adds. Without it there is one way back only."
)
expression.wrong("bypass without the slope", ("return g +", "return delta +")).say(
    "The activation comes after the sum, so delta has to pass its slope at z3 before it can take "
    "the bypass."
)
for part in (backward, expression):
    part.wrong("the number 1 added", ("return g +", "return 1 +")).say(
        "In the formula for plain numbers, 1 is a factor that stands for the identity: what the "
        "bypass adds to the gradient is the upstream behind the last activation, not the number 1."
    )
    part.wrong("no bypass", ("return g +", "return")).say(
        "a reaches the output along two ways, through the layers and along the bypass. The "
        "gradients of the two add up; the second is missing."
    )


# --- 6.2: a deep stack ----------------------------------------------------------------------------

norms = solution["norms"]


@norms.reference
def gradient_norm(dout, x, W1, W2, skip):
    passed = []
    for A, B in zip(W1, W2, strict=True):
        h = np.tanh(x @ A)
        x = np.tanh(h @ B + skip * x)
        passed.append((A, B, h, x))
    g = dout
    for A, B, h, y in reversed(passed):
        g = g * (1 - y * y)
        g = (g @ B.T * (1 - h * h)) @ A.T + skip * g
    return np.log(np.linalg.norm(g))


@norms.oracle
def gradient_norm_by_autograd(dout, x, W1, W2, skip):
    import torch

    start = y = torch.tensor(x, requires_grad=True)
    for A, B in zip(torch.tensor(W1), torch.tensor(W2), strict=True):
        inner = torch.tanh(y @ A) @ B
        y = torch.tanh(inner + y if skip else inner)
    return float(torch.autograd.grad(y, start, torch.tensor(dout))[0].norm().log())


def small(W):
    """Weights of gain 1/2: a block alone then halves what passes each of its layers, or more."""
    return W / 2 / np.sqrt(W.shape[1])


norms.test("random stacks", cases=12, weight=2, L=(1, 5))
norms.test("thirty blocks", cases=2, L=30, D=16, M=24, W1=small, W2=small, skip=[True, False])
norms.test("a batch of one", N=1)
norms.test("weights of zero", cases=1, W1=lambda W: 0 * W, W2=lambda W: 0 * W, skip=True)
norms.wrong("handed on unchanged", ("norm(g)", "norm(dout if skip else g)")).say(
    "You let the gradient pass the bypass unchanged. What the layers pass back is added to it, and "
    "the slope of the last activation multiplies both."
)
norms.wrong(
    "bypass without the slope",
    [("    g = g * (1", "    whole, g = g, g * (1"), ("skip * g\n", "skip * whole\n")],
).say(
    "The activation comes after the sum, so the gradient has to pass its slope before it can take "
    "the bypass."
)
norms.wrong("no bypass on the way back", (" + skip * g\n", "\n")).say(
    "Your forward pass has the bypass, but nothing comes back along it."
)
norms.wrong("no bypass at all", ("passed =", "skip, passed = False,")).say(
    "You computed the stack without a bypass in both cases: nothing depends on skip."
)
norms.wrong("the number 1 added", ("skip * g\n", "skip\n")).say(
    "What the bypass adds to the gradient is the upstream behind the last activation, not the number 1."
)
norms.wrong("hidden slope missing", (" * (1 - h * h)", "")).say(
    "The slope of the hidden layer is missing on the way back."
)
norms.wrong("output slope missing", ("g * (1 - y * y)", "g")).say(
    "The slope of the blocks' last activation is missing on the way back."
)
norms.wrong("largest singular value", ("norm(g)", "norm(g, 2)")).say(
    "That is the largest singular value. The Frobenius norm is the root of the sum of all squares."
)
norms.wrong("logarithm to base 10", ("np.log(", "np.log10(")).say(
    "This is a logarithm to base 10; the natural one is asked for."
)
norms.wrong("no logarithm", "np.linalg.norm(g)").say(
    "That is the norm itself. Its logarithm is asked for, so that small gradients can be told apart."
)


# --- claims and text ------------------------------------------------------------------------------

claims, reading = solution["claims"], solution["expression-claims"]
rng = np.random.default_rng(6)
N, D = 3, 4
delta, a = rng.standard_normal((2, N, D))
W1, W2 = rng.standard_normal((2, D, D)) / 2
z1 = a @ W1
z2 = np.tanh(z1) @ W2
truth = input_gradient(delta, z1, z2 + a, W1, W2)
g = delta * slope(z2 + a)

reading.false(
    "ones",
    lambda: np.allclose(truth, g @ np.ones((D, D)) + plain_gradient(delta, z1, z2 + a, W1, W2)),
).say(
    "A matrix of ones would mix all elements. The 1 stands for the identity, which leaves them alone."
)
reading.false(
    "layer-output", lambda: np.allclose(truth, input_gradient(delta, np.tanh(z1), z2 + a, W1, W2))
).say("The slope is taken where the function was taken, at z1.")
reading.false(
    "bypass-slope", lambda: np.allclose(input_gradient(delta, z1, z2 + a, W1, 0 * W2), delta)
).say(
    "The bypass joins before the last activation, so its slope at z3 stands in the way of both paths."
)
reading.true(
    "zero-weights", lambda: np.allclose(input_gradient(delta, z1, z2 + a, 0 * W1, 0 * W2), g)
).say("Without weights the layers pass nothing back, and the bypass is what remains.")
reading.false("square", lambda: np.allclose(truth, g + ((g @ W2) * slope(z1)) @ W1)).say(
    "The shapes then fit, which hides the mistake. The values differ: each output feeds back to the "
    "units that it came from."
)

claims.true(
    "own-term", lambda: np.abs(input_gradient(delta, z1, z2 + a, 0 * W1, 0 * W2)).max() > 0
).say("Set all weights to zero in your formula: what the bypass adds is still there.")
claims.false("exactly-one", lambda: np.isclose(np.linalg.norm(truth), np.linalg.norm(delta))).say(
    "The layers' own term is added, and the slope of the last activation multiplies everything."
)


def never():
    saturated = input_gradient(delta, z1, z2 + a + 20, W1, W2)
    return np.linalg.norm(saturated) > 1e-6 * np.linalg.norm(delta)


claims.false("never", never).say(
    "The slope of the last activation multiplies the bypass too: where that is saturated, little is "
    "left. Moving the activation before the sum removes this factor."
)


def after():
    import torch

    x = torch.tensor(a, requires_grad=True)
    y = torch.tanh(torch.tanh(x @ torch.zeros(D, D, dtype=x.dtype)) @ torch.tensor(W2)) + x
    return np.array_equal(torch.autograd.grad(y, x, torch.tensor(delta))[0].numpy(), delta)


claims.true("after", after).say(
    "Then no activation stands on the bypass: with all weights zero the block is the identity."
)
claims.false(
    "parameters", lambda: count_parameters(bypass=True) > count_parameters(bypass=False)
).say("The bypass adds the input as it is; there is nothing in it to train.")
claims.false(
    "forward-only", lambda: np.allclose(truth, plain_gradient(delta, z1, z2 + a, W1, W2))
).say("What is added on the way forward comes back on the way back: the gradient gets a term more.")


def count_parameters(*, bypass):
    from torch import nn

    class Block(nn.Sequential):
        def forward(self, x):
            z2 = super().forward(x)
            return (z2 + x if bypass else z2).tanh()

    block = Block(nn.Linear(D, 7), nn.Tanh(), nn.Linear(7, D))
    return sum(parameter.numel() for parameter in block.parameters())


solution["why-text"].rubric(
    "The identity adds a term of its own to the gradient of each block.",
    "Over many blocks the gradient is a product of factors I + J in place of J.",
    "Without the bypass the product of many small Jacobians shrinks from block to block.",
)
solution["why-text"].red_flags(
    "says that the gradient is then exactly 1, or can not vanish",
    "speaks of the forward pass only: features that are used again",
    "says that the bypass has weights",
)
