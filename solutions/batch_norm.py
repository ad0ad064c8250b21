"""Batch norm: its Jacobian, what scaling the weights does, noise of the statistics, the axes."""

import math
from functools import cache

import numpy as np

from grader.authoring import Solution

solution = Solution("batch-norm")
RNG = np.random.default_rng(0)


# --- 1.1: the Jacobian ----------------------------------------------------------------------------

jacobian = solution["jacobian"]


@jacobian.reference
def bn_jacobian(x, gamma, eps):
    n = len(x)
    sd = np.sqrt(x.var(0) + eps)
    xh = (x - x.mean(0)) / sd
    own, mean, spread = np.eye(n), np.ones((n, n)) / n, np.einsum("nc,mc->cnm", xh, xh) / n
    return (gamma / sd)[:, None, None] * (own - mean - spread)


@jacobian.oracle
def jacobian_by_autograd(x, gamma, eps):
    import torch
    from torch.nn.functional import batch_norm

    def of_feature(column, scale):
        def forward(values):
            y = batch_norm(values[:, None], None, None, scale[None], training=True, eps=eps)
            return y[:, 0]

        return torch.autograd.functional.jacobian(forward, column)

    features = zip(torch.tensor(x.T.copy()), torch.tensor(gamma), strict=True)
    return torch.stack([of_feature(column, scale) for column, scale in features])


jacobian.test("random batches", cases=12, weight=3)
jacobian.test("two examples", N=2)
jacobian.test("variance of the order of eps", x=lambda x: 3e-3 * x)
jacobian.test("a negative gamma", gamma=lambda gamma: -abs(gamma))
jacobian.wrong(
    "statistics held fixed",
    replace=("(own - mean - spread)", "own"),
    say="You held mu and sigma fixed. Every y of a feature depends on every x of the batch, through both.",
)
jacobian.wrong(
    "variance path missing",
    replace=("(own - mean - spread)", "(own - mean)"),
    say="The path through the variance is missing. Up to eps, J also kills the direction of x-hat.",
)
jacobian.wrong(
    "mean path missing",
    replace=("(own - mean - spread)", "(own - spread)"),
    say="The path through the mean is missing: a constant added to all x changes nothing, so rows of "
    "J sum to 0.",
)
jacobian.wrong(
    "variance for deviation",
    replace=("gamma / sd)", "gamma / sd**2)"),
    say="You divided by the variance; the normalised value is divided by the standard deviation.",
)
jacobian.wrong(
    "unbiased variance",
    replace=("x.var(0)", "x.var(0, ddof=1)"),
    say="Batch norm normalises with the biased variance, divided by N.",
)


# --- experiments on a small network: h W -> batch norm -> V -> loss -------------------------------


@cache
def network(*, scale=1.0, eps=1e-14, bias=0.0):
    """Gradients at W, gamma, beta, V and the bias, and what batch norm puts out."""
    import torch

    torch.manual_seed(0)
    h, target = torch.randn(11, 5).double(), torch.randn(11, 3).double()
    w, v = torch.randn(5, 4).double() * scale, torch.randn(4, 3).double()
    gamma, beta = torch.rand(4).double() + 0.5, torch.randn(4).double()
    b = torch.full((4,), bias).double()
    leaves = [t.requires_grad_() for t in (w, gamma, beta, v, b)]
    y = torch.nn.functional.batch_norm(h @ w + b, None, None, gamma, beta, training=True, eps=eps)
    loss = ((torch.tanh(y) @ v - target) ** 2).mean()
    return *torch.autograd.grad(loss, leaves), y.detach(), w.detach()


def close(a, b, tolerance=1e-6):
    return bool(abs(a - b).max() <= tolerance * max(1e-3, float(abs(b).max())))


# --- 1.1: claims ----------------------------------------------------------------------------------

why = solution["why"]


@why.claim(
    "larger-weights",
    truth=True,
    say="Larger weights give larger x, and batch norm divides by their spread again: follow the "
    "chain rule with that in mind.",
)
def _():
    return close(network(scale=4.0)[0] * 4, network()[0])


@why.claim("standardised", truth=False, say="That is true of x-hat; gamma and beta come after it.")
def _():
    y = network()[5]
    return close(y.mean(0), 0 * y.mean(0)) and close(y.var(0, correction=0), 0 * y.mean(0) + 1)


@why.claim(
    "squeezed", truth=False, say="It is standardised, not squeezed: values are negative too."
)
def _():
    y = network()[5]
    return bool((y >= 0).all() and (y <= 1).all())


@why.claim(
    "initialisation",
    truth=False,
    say="Only the scale of W drops out. Its direction stays, and with it what the layer computes.",
)
def _():
    """Whether two initialisations of different direction put out the same."""
    x = RNG.standard_normal((8, 3))
    first, second = (x @ RNG.standard_normal((3, 2)) for _ in range(2))
    return close(standardised(first), standardised(second))


@why.claim(
    "explosion",
    truth=False,
    say="It tames the scale of each layer, but a gradient is also multiplied by gamma over sigma: a "
    "feature that hardly varies makes that factor as large as you like.",
)
def _():
    x = 1e-4 * RNG.standard_normal((8, 1))
    return abs(bn_jacobian(x, np.ones(1), 1e-14)).max() < 100


def standardised(x):
    return (x - x.mean(0)) / x.std(0)


solution["why-text"].red_flags(
    "The same sentence again as its own cause (stable because it is normalised).",
    "“Normalises the weights”: it normalises activations.",
    "Zero mean and unit variance claimed of the output, after gamma and beta.",
)


# --- 1.2: weights times alpha ---------------------------------------------------------------------

scaled = solution["scaled-gradient"]
# The identity holds for eps → 0; at the oracle's eps of 1e-14 it is off by up to 1e-11.
scaled.tolerance(1e-6)


@scaled.reference
def scaled_gradient(g, alpha):
    return g / alpha


@scaled.oracle
def scaled_by_autograd(g, alpha):
    """The ratio of two autograd gradients, at alpha W and at W, times g."""
    after, before = network(scale=float(alpha))[0], network()[0]
    return float(g) * float((after * before).sum() / (before * before).sum())


scaled.test("any g and alpha", cases=40)
scaled.wrong(
    "scaled along",
    replace=("g / alpha", "alpha * g"),
    say="You let the factor go through as if the layer were linear. Batch norm divides it out again, "
    "so y does not change: what does that say of a small change of the larger weights?",
)
scaled.wrong(
    "unchanged",
    replace=("g / alpha", "g"),
    say="The loss is the same, but the weights have moved: the same step is a smaller share of them.",
)
scaled.wrong(
    "divided twice",
    replace=("g / alpha", "g / alpha**2"),
    say="One division too many. That is the effect of a step relative to the size of the weights.",
)

slope = solution["alpha-gradient"]


@slope.reference
def alpha_gradient():
    return 0


@slope.oracle
def alpha_by_autograd():
    """dL/dalpha at alpha = 1 is the inner product of W with its gradient."""
    found = network()
    slope = float((found[0] * found[6]).sum())
    return 0 if abs(slope) < 1e-12 else slope


slope.wrong(
    "one",
    returns={"slope": 1},
    say="Ask what happens to the loss when alpha grows a little: which values see it?",
)

after = solution["after-scaling"]
after.tolerance(1e-6)  # as above: eps → 0


@after.reference
def after_scaling(gW, ggamma, gbeta, gV, alpha):
    return gW / alpha, ggamma, gbeta, gV


@after.oracle
def after_by_autograd(gW, ggamma, gbeta, gV, alpha):
    """Each gradient times the ratio that autograd finds for its kind in a network."""
    new, old = network(scale=alpha)[:4], network()[:4]
    ratios = [float((a * b).sum() / (b * b).sum()) for a, b in zip(new, old, strict=True)]
    return tuple(ratio * g for ratio, g in zip(ratios, (gW, ggamma, gbeta, gV), strict=True))


after.test("random gradients", cases=8)
after.wrong(
    "scaled along",
    replace=("gW / alpha", "alpha * gW"),
    say="You let the factor go through as if the layer were linear; batch norm divides it out again.",
)
after.wrong(
    "weights unchanged",
    replace=("gW / alpha", "gW"),
    say="The output is the same, but the weights have moved, and the gradient is taken with respect "
    "to the larger weights.",
)
after.wrong(
    "gamma and beta scaled too",
    replace=("/ alpha, ggamma, gbeta", "/ alpha, ggamma / alpha, gbeta / alpha"),
    say="Gamma and beta see the same normalised values as before.",
)
after.wrong(
    "everything scaled",
    replace=("/ alpha, ggamma, gbeta, gV", "/ alpha, alpha * ggamma, alpha * gbeta, alpha * gV"),
    say="What comes after the normalisation sees the same values as before.",
)
after.wrong(
    "later layers scaled too",
    replace=("/ alpha, ggamma, gbeta, gV", "/ alpha, ggamma, gbeta, gV / alpha"),
    say="The next layer sees the same input as before.",
)

claims = solution["scaling-claims"]


@claims.claim("output", truth=True, say="Mean and deviation grow by the same factor.")
def _():
    return close(network(scale=3.0)[5], network()[5])


@claims.claim(
    "bias", truth=True, say="A constant added to all x of a feature moves its mean along."
)
def _():
    return close(network(bias=0.7)[4], 0 * network()[4], 1e-9)


@claims.claim("negative", truth=False, say="The deviation is positive, so the sign of x-hat flips.")
def _():
    return close(network(scale=-2.0)[5], network()[5])


@claims.claim(
    "orthogonal",
    truth=True,
    say="The loss does not change along the direction of W, so the gradient has no part in it.",
)
def _():
    gradient, *_, weights = network()
    return close((gradient * weights).sum(0), 0 * gradient.sum(0), 1e-9)


solution["scaling-text"].red_flags(
    "“They are not connected to the weights”: right result, wrong reason. They are, and they would "
    "change if x-hat did.",
)


# --- 1.3: noise of the statistics -----------------------------------------------------------------


def centring(m):
    """The matrix that takes the mean of m values away from each."""
    return np.eye(m) - np.ones((m, m)) / m


mean_noise = solution["mean-noise"]


@mean_noise.reference
def variance_of_mean(s2, m):
    return s2 / m


@mean_noise.oracle
def through_the_weights(s2, m):
    """A linear form in independent values: the squares of its weights add up."""
    return float(s2 * (np.full(m, 1 / m) ** 2).sum())


mean_noise.test("any batch", cases=40)
mean_noise.wrong(
    "of a sum over m²",
    replace=("s2 / m", "s2 / m**2"),
    say="The variance of a sum of m values is m times that of one; then comes the division by m, squared.",
)
mean_noise.wrong(
    "deviation for variance",
    replace=("s2 / m", "s2 / math.sqrt(m)"),
    say="It is the standard deviation that falls with the root of m.",
)
mean_noise.wrong("no falling", replace=("s2 / m", "s2"), say="A mean is less noisy than one value.")
mean_noise.wrong(
    "deviation of the feature",
    replace=("s2 / m", "math.sqrt(s2) / m"),
    say="You started from the standard deviation; variances add up.",
)

variance_noise = solution["variance-noise"]


@variance_noise.reference
def variance_of_variance(s2, m):
    return 2 * s2**2 / (m - 1)


@variance_noise.oracle
def of_a_quadratic_form(s2, m):
    """The variance of xᵀAx for Gaussian x is 2 tr((A Σ)²) (Seber & Lee, Linear Regression Analysis)."""
    return float(2 * s2**2 * ((centring(m) / (m - 1)) ** 2).sum())


variance_noise.test("any batch", cases=40)
variance_noise.wrong(
    "mean known",
    replace=("(m - 1)", "m"),
    say="The mean was estimated from the same batch: that costs one degree of freedom.",
)
variance_noise.wrong(
    "not squared",
    replace=("s2**2", "s2"),
    say="Check the units: the variance of a variance is in fourth powers of the feature.",
)
variance_noise.wrong(
    "no two",
    replace=("2 * s2**2", "s2**2"),
    say="The fourth moment of a Gaussian is 3 s2², not 2 s2².",
)

ratio = solution["noise-ratio"]
ratio.tolerance(2e-3)  # three digits are asked for


@ratio.reference
def noise_ratio():
    return math.sqrt(256 / 8)


@ratio.oracle
def ratio_of_weights():
    """The deviation of a batch mean is the length of its vector of weights."""
    small, large = (np.linalg.norm(np.full(m, 1 / m)) for m in (8, 256))
    return float(small / large)


ratio.wrong(
    "ratio of variances", returns={"ratio": 32}, say="That is the factor between the variances."
)
ratio.wrong(
    "upside down", returns={"ratio": 1 / math.sqrt(32)}, say="The small batch is the noisy one."
)

effect = solution["batch-effect"]


def noise_at(m):
    """The variance of the mean of m values over 2,000 simulated batches."""
    return float(np.random.default_rng(m).standard_normal((2000, m)).mean(1).var())


@effect.claim("weaker", truth=True)
def _():
    return noise_at(256) < noise_at(8) / 2


@effect.claim(
    "stronger",
    truth=False,
    say="What regularises is the noise of the batch statistics. Does a mean over more examples have "
    "more of it?",
)
def _():
    return noise_at(256) > 2 * noise_at(8)


@effect.claim("same", truth=False, say="The batch statistics of more examples are other estimates.")
def _():
    return noise_at(8) / 2 < noise_at(256) < 2 * noise_at(8)


# --- 1.4: fully connected and convolutional -------------------------------------------------------

forward = solution["forward"]


@forward.reference
def batchnorm(x, gamma, beta, eps):
    axes = (0, *range(2, x.ndim))
    channel = (-1, *[1] * (x.ndim - 2))
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    xh = (x - mean) / np.sqrt(var + eps)
    return gamma.reshape(channel) * xh + beta.reshape(channel)


@forward.oracle
def by_torch(x, gamma, beta, eps):
    import torch

    x, gamma, beta = map(torch.tensor, (x, gamma, beta))
    return torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)


forward.test("fully connected", cases=8, weight=2)
forward.test("convolutional", cases=8, form=1, weight=2)
forward.test("one image", form=1, N=1)
forward.test("variance of the order of eps", x=lambda x: 3e-3 * x)
forward.test("a large mean", x=lambda x: x + 100, form=1)
forward.test("a constant column", x=lambda x: 0 * x + 3, cases=1)
forward.wrong(
    "one statistic a pixel",
    replace=("axes = (0, *range(2, x.ndim))", "axes = (0,)"),
    say="You left rows and columns out of the mean. The filter is shared over space, so all positions "
    "of a channel share one mean and one variance.",
)
forward.wrong(
    "per sample",
    replace=("axes = (0, *range(2, x.ndim))", "axes = tuple(range(2, x.ndim)) or (1,)"),
    say="You normalised each example by itself; that is another norm. Batch norm shares its "
    "statistics over the examples.",
)
forward.wrong(
    "unbiased variance",
    replace=(
        "x.var(axes, keepdims=True)",
        "x.var(axes, keepdims=True, ddof=1 if x.size > x.shape[1] else 0)",
    ),
    say="The biased variance normalises; the unbiased one goes to the running average.",
)
forward.wrong(
    "eps outside the root",
    replace=("np.sqrt(var + eps)", "(np.sqrt(var) + eps)"),
    say="eps is added to the variance, inside the root.",
)
forward.wrong(
    "variance for deviation",
    replace=("np.sqrt(var + eps)", "(var + eps)"),
    say="You divided by the variance; wanted is the standard deviation.",
)
forward.wrong(
    "no scale and shift",
    replace=("return gamma.reshape(channel) * xh + beta.reshape(channel)", "return xh"),
    say="Gamma and beta are missing.",
)

counts = solution["counts"]


@counts.reference
def bn_counts():
    channels, n, height, width = 7, 16, 5, 4
    return 2 * channels, 2 * channels + 1, n * height * width, n


@counts.oracle
def counts_of_modules():
    """Counts a real layer, and the inputs that reach one mean."""
    import torch

    layer = torch.nn.BatchNorm2d(7, device="meta")
    return (
        sum(p.numel() for p in layer.parameters()),
        sum(b.numel() for b in layer.buffers()),
        *(inputs_of_a_mean(shape) for shape in ((16, 7, 5, 4), (16, 7))),
    )


def inputs_of_a_mean(shape):
    """How many inputs a first output depends on, by autograd."""
    import torch

    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    y = torch.nn.functional.batch_norm(x, None, None, training=True)
    (gradient,) = torch.autograd.grad(y.flatten()[0], x)
    return int((gradient != 0).sum())


counts.wrong(
    "gamma a pixel",
    returns={"learnable": 2 * 7 * 5 * 4},
    say="There is one gamma and one beta a channel: the filter is shared over space.",
)
counts.wrong("only gamma", returns={"learnable": 7}, say="Gamma is one of two learnable vectors.")
counts.wrong(
    "no counter", returns={"buffers": 14}, say="Running mean and variance, and one number more."
)
counts.wrong(
    "examples only",
    returns={"values": 16},
    say="Every position of a channel joins its mean, not only the examples.",
)
counts.wrong(
    "positions only",
    returns={"values": 20},
    say="All examples of the batch share one mean as well.",
)
counts.wrong("everything", returns={"values": 2240}, say="Each channel has a mean of its own.")

axes = solution["axes"]


def is_averaged(axis):
    """Whether a first output depends on inputs elsewhere along the axis."""
    import torch

    x = torch.randn(3, 2, 4, 5, dtype=torch.float64, requires_grad=True)
    y = torch.nn.functional.batch_norm(x, None, None, training=True)
    (gradient,) = torch.autograd.grad(y[0, 0, 0, 0], x)
    return bool((gradient.select(axis, 1) != 0).any())


for name, axis, truth, say in (
    ("N", 0, True, ""),
    ("C", 1, False, "Channels are different features: each keeps a mean of its own."),
    ("H", 2, True, ""),
    ("W", 3, True, ""),
):
    axes.claim(name, truth=truth, say=say)(lambda axis=axis: is_averaged(axis))

placement = solution["placement"]


def final_loss(*, conv, before):
    """The loss after a short training with batch norm before or after the activation."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    norm = nn.BatchNorm2d(6) if conv else nn.BatchNorm1d(6)
    first = nn.Conv2d(1, 6, 3) if conv else nn.Linear(9, 6)
    middle = [norm, nn.ReLU()] if before else [nn.ReLU(), norm]
    model = nn.Sequential(first, *middle, nn.Flatten(), nn.Linear(6 * 9 if conv else 6, 1))
    x = torch.randn(32, 1, 5, 5) if conv else torch.randn(32, 9)
    target = x.flatten(1)[:, :1]
    for _ in range(40):
        loss = ((model(x) - target) ** 2).mean()
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for weights in model.parameters():
                weights.sub_(0.05 * weights.grad)
    return loss.item()


def trains_everywhere():
    return all(final_loss(conv=c, before=b) < 0.5 for c in (False, True) for b in (False, True))


@placement.claim(
    "by-layer",
    truth=False,
    say="The place does not depend on the kind of layer; it is a choice in both.",
)
def _():
    return not trains_everywhere()


@placement.claim("either", truth=True, say="Try it: a small network trains with both orders.")
def _():
    return trains_everywhere()


@placement.claim("size", truth=False, say="One entry a channel: the filter is shared over space.")
def _():
    import torch

    return torch.nn.BatchNorm2d(7, device="meta").weight.numel() != 7
