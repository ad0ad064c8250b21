"""Batch norm: its Jacobian, what scaling the weights does, noise of the statistics, the axes."""

from functools import cache, partial
from math import sqrt
from types import SimpleNamespace

import numpy as np

from grader.authoring import Solution

solution = Solution("batch-norm")


# --- experiments on a small network: h W + b -> batch norm -> tanh -> V -> loss -------------------


@cache
def network(*, scale=1.0):
    """W (scaled), y, and the gradients gW, ggamma, gbeta, gV and gb, in float64 with eps close to 0."""
    import torch
    from torch.nn.functional import batch_norm

    draw = partial(torch.randn, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    h, target, W, V = draw(11, 5), draw(11, 3), scale * draw(5, 4), draw(4, 3)
    gamma, beta, b = draw(4), draw(4), draw(4)
    leaves = {"gW": W, "ggamma": gamma, "gbeta": beta, "gV": V, "gb": b}
    for leaf in leaves.values():
        leaf.requires_grad_()
    y = batch_norm(h @ W + b, None, None, gamma, beta, training=True, eps=1e-14)
    loss = ((torch.tanh(y) @ V - target) ** 2).mean()
    gradients = dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values())), strict=True))
    return SimpleNamespace(W=W.detach(), y=y.detach(), **gradients)


def close(a, b):
    """Whether arrays, or tensors, of values around 1 are the same."""
    return bool(abs(a - b).max() < 1e-9)


# --- 1.1: the Jacobian ----------------------------------------------------------------------------

jacobian, why = solution["jacobian"], solution["why"]
UNBIASED = (
    "You normalised with the unbiased variance. Batch norm divides by N here; the unbiased one only "
    "goes into the running average."
)
VARIANCE = "You divided by the variance; x-hat is divided by the standard deviation."


@jacobian.reference
def bn_jacobian(x, gamma, eps):
    n = len(x)
    sd = np.sqrt(x.var(0) + eps)
    xh = (x - x.mean(0)) / sd
    own, mean, spread = np.eye(n), np.ones((n, n)) / n, np.einsum("nc,mc->cnm", xh, xh) / n
    return (gamma / sd)[:, None, None] * (own - mean - spread)


@jacobian.oracle
def jacobian_by_autograd(x, gamma, eps):
    """Feature by feature; not by torch.func.jacrev, which takes seconds to load."""
    import torch
    from torch.nn.functional import batch_norm

    def forward(scale, column):
        return batch_norm(column[:, None], None, None, scale, training=True, eps=eps)[:, 0]

    x, gamma = torch.tensor(x), torch.tensor(gamma)
    return torch.stack(
        [
            torch.autograd.functional.jacobian(partial(forward, gamma[c : c + 1]), x[:, c])
            for c in range(x.shape[1])
        ]
    )


jacobian.test("random batches", cases=12, weight=3)
jacobian.test("two examples", N=2)
jacobian.test("variance of the order of eps", x=lambda x: 3e-3 * x)
jacobian.test("a negative gamma", gamma=lambda gamma: -abs(gamma))
jacobian.wrong("statistics held fixed", ("(own - mean - spread)", "own")).say(
    "You held mu and sigma fixed. Both are made from all x of a feature, so every y of the batch "
    "depends on every x."
)
jacobian.wrong("variance path missing", ("(own - mean - spread)", "(own - mean)")).say(
    "The path through the variance is missing. Stretching a feature about its mean leaves y as it "
    "was (up to eps), so J has to send the direction of x-hat to 0 as well."
)
jacobian.wrong("mean path missing", ("(own - mean - spread)", "(own - spread)")).say(
    "The path through the mean is missing. Adding a constant to all x of a feature changes no y, "
    "so each row of J has to sum to 0."
)
jacobian.wrong("variance for deviation", ("gamma / sd)", "gamma / sd**2)")).say(VARIANCE)
jacobian.wrong("unbiased variance", ("x.var(0)", "x.var(0, ddof=1)")).say(UNBIASED)
jacobian.wrong(
    "unbiased variance, differentiated",
    [("x.var(0)", "x.var(0, ddof=1)"), ("xh, xh) / n", "xh, xh) / (n - 1)")],
).say(UNBIASED)


# --- 1.1: claims ----------------------------------------------------------------------------------

why.true("larger-weights", lambda: close(4 * network(scale=4.0).gW, network().gW)).say(
    "Larger weights give larger x, and batch norm divides by their spread again: follow the chain "
    "rule with that in mind."
)


def is_standardised():
    y = network().y
    return close(y.mean(0), 0) and close(y.var(0, correction=0), 1)


why.false("standardised", is_standardised).say(
    "That is true of x-hat; gamma and beta come after it."
)


def squeezed():
    y = network().y
    return bool(y.min() >= 0 and y.max() <= 1)


why.false("squeezed", squeezed).say(
    "Values are shifted and scaled, not squeezed: about half of x-hat is negative."
)


def initialisation():
    rng = np.random.default_rng(0)
    x, first, second = (rng.standard_normal(shape) for shape in ((8, 3), (3, 2), (3, 2)))
    return close(standardised(x @ first), standardised(x @ second))


why.false("initialisation", initialisation).say(
    "Only the scale of W drops out. Its direction stays, and with it what the layer computes."
)


def explosion():
    hardly_varies = 1e-4 * np.random.default_rng(0).standard_normal((8, 1))
    return abs(bn_jacobian(hardly_varies, np.ones(1), 1e-14)).max() < 100


why.false("explosion", explosion).say(
    "It takes out the scale of the weights, but it also multiplies a gradient by gamma over sigma: "
    "the less a feature varies, the larger that factor."
)


def standardised(x):
    return (x - x.mean(0)) / x.std(0)


solution["why-text"].rubric(
    "The inputs of each layer stay in a range where the activation has a slope.",
    "Weights that are larger by a factor give the same output and a gradient that is smaller by it, "
    "so that weights that have grown are moved by smaller steps.",
    "A change in one layer moves the inputs of later layers less.",
)
solution["why-text"].red_flags(
    "gives the same sentence again as its own cause (stable because it is normalised)",
    "says that the weights are normalised",
    "claims mean 0 and variance 1 of the output, behind gamma and beta",
)


# --- 1.2: weights times alpha ---------------------------------------------------------------------

scaled, slope, after = (
    solution[name] for name in ("scaled-gradient", "alpha-gradient", "after-scaling")
)
# What is asked holds for eps → 0; with the eps that an experiment needs it is off by a little.
scaled.tolerance(1e-6)
after.tolerance(1e-6)
SCALED_ALONG = (
    "You let the factor go through as if the layer were linear. Batch norm divides it out again, so y "
    "stays as it is: what does that say of a small change of the larger weights?"
)
UNCHANGED = (
    "The loss is the same, but you differentiate by other numbers: to change y as much as before, do "
    "the scaled weights have to move as far as W had to?"
)
AS_BEFORE = "this gradient too. What stands behind the normalisation sees the same x-hat as before."

scaled.reference(lambda g, alpha: g / alpha)
scaled.oracle(lambda g, alpha: g * ratio_of(network(scale=alpha).gW, network().gW))


def ratio_of(a, b):
    """The factor between two arrays that differ by one."""
    return float((a * b).sum() / (b * b).sum())


scaled.test("any g and alpha", cases=40)
scaled.wrong("scaled along", "alpha * g").say(SCALED_ALONG)
scaled.wrong("unchanged", "g").say(UNCHANGED)
scaled.wrong("divided twice", "g / alpha**2").say(
    "One division too many: that is what a step of the gradient amounts to relative to the size "
    "of the weights."
)

slope.reference(lambda: 0)


@slope.oracle
def alpha_by_autograd():
    """At alpha = 1, the derivative along W: its inner product with the gradient."""
    found = network()
    return float((found.W * found.gW).sum())


slope.wrong("one", {"slope": 1}).say(
    "Ask what the loss does when alpha grows a little: which values behind batch norm see it?"
)

after.reference(lambda gW, ggamma, gbeta, gV, alpha: (gW / alpha, ggamma, gbeta, gV))


@after.oracle
def after_by_autograd(alpha, **given):
    """Each gradient times the factor that autograd finds for its kind."""
    new, old = (vars(network(scale=scale)) for scale in (alpha, 1.0))
    return tuple(gradient * ratio_of(new[name], old[name]) for name, gradient in given.items())


after.test("random gradients", cases=8)
after.wrong("scaled along", ("gW / alpha", "alpha * gW")).say(SCALED_ALONG)
after.wrong("weights unchanged", ("gW / alpha", "gW")).say(UNCHANGED)
after.wrong("divided twice", ("gW / alpha", "gW / alpha**2")).say("One division too many.")
after.wrong(
    "later gradients divided too", "gW / alpha, ggamma / alpha, gbeta / alpha, gV / alpha"
).say(f"You divided {AS_BEFORE}")
after.wrong(
    "later gradients scaled along", "gW / alpha, alpha * ggamma, alpha * gbeta, alpha * gV"
).say(f"You scaled {AS_BEFORE}")

claims = solution["scaling-claims"]

claims.true("output", lambda: close(network(scale=3.0).y, network().y)).say(
    "Mean and deviation of each feature grow along with W."
)
claims.true("bias", lambda: close(network().gb, 0)).say(
    "A constant on all x of a feature moves its mean along."
)
claims.false("negative", lambda: close(network(scale=-3.0).y, network().y)).say(
    "A deviation is never negative, so the sign of x-hat flips."
)
claims.true("orthogonal", lambda: close((network().W * network().gW).sum(0), 0)).say(
    "The loss does not change along a column of W, so its gradient has no part in that direction."
)

solution["scaling-text"].rubric(
    "Mean and deviation grow along with the weights, so the normalised values stay as they were.",
    "All that stands behind the normalisation sees the same values, and so gets the same gradients.",
)
solution["scaling-text"].red_flags(
    "says that they are not connected to the weights: right result, wrong reason, as they would change "
    "if x-hat did",
)


# --- 1.3: noise of the statistics -----------------------------------------------------------------

noise_of_mean, noise_of_variance, ratio, effect = (
    solution[name] for name in ("mean-noise", "variance-noise", "noise-ratio", "batch-effect")
)

noise_of_mean.reference(lambda s2, m: s2 / m)


@noise_of_mean.oracle
def noise_of_a_linear_form(s2, m):
    """The variance of aᵀx is s2 aᵀa for independent values."""
    return s2 * float((np.full(m, 1 / m) ** 2).sum())


noise_of_mean.test("any batch", cases=40)
noise_of_mean.wrong("divided by m twice", "s2 / m**2").say(
    "The division by m counts squared, but m variances add up before it."
)
noise_of_mean.wrong("root of m", "s2 / sqrt(m)").say(
    "It is the standard deviation that falls with the root of m."
)
noise_of_mean.wrong("starts from sigma", "sqrt(s2) / m").say(
    "You started from the standard deviation of the feature; it is variances that add up."
)
noise_of_mean.wrong("a standard deviation", "sqrt(s2 / m)").say(
    "That is the standard deviation of the mean; asked is its variance."
)
noise_of_mean.wrong("the variance of one value", "s2").say(
    "A mean over many examples is less noisy than one example."
)

noise_of_variance.reference(lambda s2, m: 2 * s2**2 / (m - 1))


@noise_of_variance.oracle
def noise_of_a_quadratic_form(s2, m):
    """The variance of xᵀAx is 2 s2² tr(AA) for independent Gaussian values around 0."""
    form = (np.eye(m) - 1 / m) / (m - 1)
    return 2 * s2**2 * float((form**2).sum())


noise_of_variance.test("any batch", cases=40)
noise_of_variance.wrong("mean known", ("(m - 1)", "m")).say(
    "The mean was estimated from the same batch, and that costs one degree of freedom."
)
noise_of_variance.wrong("biased variance", ("/ (m - 1)", "* (m - 1) / m**2")).say(
    "That is the noise of the biased variance; asked is the unbiased one."
)
noise_of_variance.wrong("not squared", ("s2**2", "s2")).say(
    "Check the units: the variance of a variance goes with the fourth power of the feature."
)
noise_of_variance.wrong("factor missing", ("2 * s2**2", "s2**2")).say(
    "A factor is missing: how much does the square of a Gaussian value vary? Its fourth moment "
    "is 3 s2²."
)

ratio.tolerance(2e-3)  # three digits are asked for
ratio.reference(lambda: sqrt(256 / 8))
ratio.equivalent(
    "256 / 8 → 257 / 8",
    "256 / 8 → 255 / 8",
    because="Three digits are asked for, and one more or less of 256 changes the fourth.",
)


@ratio.oracle
def ratio_of_lengths():
    """The deviation of aᵀx goes with the length of a."""
    small, large = (float(np.linalg.norm(np.full(m, 1 / m))) for m in (8, 256))
    return small / large


ratio.wrong("ratio of variances", {"ratio": 32}).say(
    "That is the factor between the variances; asked is the one between standard deviations."
)
ratio.wrong("upside down", {"ratio": 1 / sqrt(32)}).say("It is the small batch that is noisier.")


@cache
def simulated_noise(m):
    """The variance of the mean of m values over 2,000 batches."""
    return float(np.random.default_rng(m).standard_normal((2000, m)).mean(1).var())


effect.true("weaker", lambda: simulated_noise(256) < simulated_noise(8) / 2)
effect.false("stronger", lambda: simulated_noise(256) > 2 * simulated_noise(8)).say(
    "What regularises is the noise of the batch statistics. Is a mean over more examples noisier?"
)
effect.false(
    "same", lambda: simulated_noise(8) / 2 < simulated_noise(256) < 2 * simulated_noise(8)
).say(
    "What regularises is the noise of the batch statistics, and that depends on how many "
    "examples they are made from."
)

solution["batch-text"].rubric(
    "The statistics of a batch are noisy, and it is this noise that regularises.",
    "A mean over more examples is less noisy, so the effect gets weaker with larger batches.",
    "With very few examples the statistics are bad, and far from those used at test time.",
)
solution["batch-text"].red_flags(
    "gives a direction without the noise of the statistics as its reason"
)


# --- 1.4: fully connected and convolutional -------------------------------------------------------

forward, counts, axes, placement = (
    solution[name] for name in ("forward", "counts", "axes", "placement")
)


@forward.reference
def batchnorm(x, gamma, beta, eps):
    axes = (0, *range(2, x.ndim))
    channels = (-1, *[1] * (x.ndim - 2))
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    xh = (x - mean) / np.sqrt(var + eps)
    return gamma.reshape(channels) * xh + beta.reshape(channels)


forward.equivalent("-1 → -2", because="numpy finds the size for any negative number.")


@forward.oracle
def by_torch(x, gamma, beta, eps):
    import torch

    x, gamma, beta = map(torch.tensor, (x, gamma, beta))
    return torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)


@forward.accept("variance in one pass")
def batchnorm_in_one_pass(x, gamma, beta, eps):
    rows = np.moveaxis(x, 1, -1)
    values = rows.reshape(-1, x.shape[1])
    var = (values**2).mean(0) - values.mean(0) ** 2
    return np.moveaxis(gamma * (rows - values.mean(0)) / np.sqrt(var + eps) + beta, -1, 1)


forward.test("fully connected", cases=8, weight=2)
forward.test("convolutional", cases=8, form=1, weight=2)
forward.test("one image", form=1, N=1)
forward.test("variance of the order of eps", x=lambda x: 3e-3 * x)
# With a small spread about the mean, float32 tells rounding and a misplaced eps apart.
forward.test("a large mean", x=lambda x: 0.03 * x + 100, form=1)
forward.test("a constant column", x=lambda x: np.where(np.arange(x.shape[1]) == 0, 3, x))
forward.wrong("statistics of each pixel", ("(0, *range(2, x.ndim))", "0")).say(
    "You averaged over the examples alone. The filter of a channel is shared over space, so all "
    "its positions share one mean and one variance."
)
forward.wrong(
    "statistics of each image", ("(0, *range(2, x.ndim))", "tuple(range(2, x.ndim)) or 0")
).say(
    "You normalised each image by itself; that is instance norm. The examples of a batch share "
    "the statistics, which is where its name comes from."
)
forward.wrong("statistics of each example", ("(0, *range(2,", "tuple(range(1,")).say(
    "You normalised each example over its features; that is layer norm. Batch norm goes the other "
    "way: one feature, all examples."
)
forward.wrong("unbiased variance", ("x.var(axes,", "x.var(axes, ddof=1,")).say(UNBIASED)
forward.wrong("eps outside the root", ("np.sqrt(var + eps)", "(np.sqrt(var) + eps)")).say(
    "You added eps to the standard deviation; it belongs to the variance, inside the root."
)
forward.wrong("eps left out", ("var + eps", "var")).say(
    "eps is missing: a feature that does not vary would be divided by 0."
)
forward.wrong("variance for deviation", ("np.sqrt(var + eps)", "(var + eps)")).say(VARIANCE)
forward.wrong("no scale and shift", "xh").say(
    "That is x-hat; gamma and beta still have to scale and shift it."
)


@counts.reference
def bn_counts():
    examples, channels, height, width = 16, 7, 5, 4
    return 2 * channels, 2 * channels + 1, examples * height * width, examples


@counts.oracle
def counts_of_modules():
    from torch.nn import BatchNorm2d

    layer = BatchNorm2d(7, device="meta")
    return (
        sum(parameter.numel() for parameter in layer.parameters()),
        sum(buffer.numel() for buffer in layer.buffers()),
        int(inputs_of_first_output(16, 7, 5, 4).sum()),
        int(inputs_of_first_output(16, 7).sum()),
    )


def inputs_of_first_output(*shape):
    """Which inputs share their statistics with the first one, by autograd."""
    import torch

    x = torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    y = torch.nn.functional.batch_norm(x.requires_grad_(), None, None, training=True)
    (gradient,) = torch.autograd.grad(y.flatten()[0], x)
    return gradient != 0


counts.wrong("gamma and beta of each pixel", {"learnable": 2 * 7 * 5 * 4}).say(
    "The filter of a channel is shared over space, and so are its gamma and its beta."
)
counts.wrong("only gamma", {"learnable": 7}).say("Gamma is one of two vectors that are learned.")
counts.wrong("statistics learned", {"learnable": 4 * 7}).say(
    "Running mean and variance are kept, not learned: no gradient reaches them."
)
counts.wrong("no counter", {"buffers": 2 * 7}).say(
    "Running mean and variance are right; the counter of batches is a number, too."
)
counts.wrong("over the examples alone", {"values": 16}).say(
    "A channel is averaged over all of its positions as well, not only over the examples."
)
counts.wrong("over one image", {"values": 5 * 4}).say(
    "All examples of the batch share one mean, not only the positions of one image."
)
counts.wrong("over all channels", {"values": 16 * 7 * 5 * 4, "values_fc": 16 * 7}).say(
    "Each channel, or feature, has a mean of its own."
)
counts.wrong("over the features", {"values_fc": 7}).say(
    "A mean belongs to one feature; it goes over the examples."
)


def shares_its_mean(axis):
    """Whether the first output depends on inputs further along the axis."""
    return bool(inputs_of_first_output(3, 2, 4, 5).select(axis, 1).any())


axes.true("N", lambda: shares_its_mean(0))
axes.false("C", lambda: shares_its_mean(1)).say(
    "Channels are different features: each has a mean of its own."
)
axes.true("H", lambda: shares_its_mean(2))
axes.true("W", lambda: shares_its_mean(3))


@cache
def final_loss(*, conv, before):
    """The loss after a short training, with batch norm before or after the activation."""
    import torch
    from torch import nn

    with torch.random.fork_rng():
        torch.manual_seed(0)
        x = torch.randn(32, 1, 5, 5) if conv else torch.randn(32, 9)
        first, norm, features = (
            (nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), 6 * 3 * 3)
            if conv
            else (nn.Linear(9, 6), nn.BatchNorm1d(6), 6)
        )
        middle = (norm, nn.ReLU()) if before else (nn.ReLU(), norm)
        model = nn.Sequential(first, *middle, nn.Flatten(), nn.Linear(features, 1))
    for _ in range(40):
        loss = ((model(x) - x.flatten(1)[:, :1]) ** 2).mean()
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.sub_(0.05 * parameter.grad)
    return loss.item()


def trains_everywhere():
    return all(final_loss(conv=c, before=b) < 0.5 for c in (False, True) for b in (False, True))


placement.false("by-layer", lambda: not trains_everywhere()).say(
    "The place does not depend on the kind of layer; it is a choice in both."
)
placement.true("either", trains_everywhere).say("Try it: a small network trains in both orders.")


def gamma_has_pixels():
    from torch.nn import BatchNorm2d

    return BatchNorm2d(7, device="meta").weight.numel() != 7


placement.false("size", gamma_has_pixels).say(
    "The filter of a channel is shared over space, and so is its gamma."
)
