"""Counting a depthwise-separable pair and an inverted residual; the oracle counts real modules."""

from fractions import Fraction
from functools import partial

from grader.authoring import Solution

solution = Solution("mobilenet-parameters")
V1 = {"Cin": 3, "Cout": 128, "K": 3, "bias": True}
V2 = {"Cin": 3, "Cout": 3, "t": 6, "K": 3, "bias": True}

# Sentences that serve both blocks.
FOLLOWS = "The total is right for your own layers."
ONE_CHANNEL = "The number of filters is right, but each of them looks at one channel, not at all."
ONE_BIAS = (
    "You counted one bias for the layer. A bias belongs to a filter: there are as many as output "
    "channels."
)
NO_BIAS = "These are the weights alone. Here every filter has a bias too."
ON_EXPANDED = (
    "The depthwise layer works on the expanded channels: there is a filter for each of them."
)


# --- the oracle: modules on the meta device, which have shapes and no values ----------------------


def pair_modules(Cin, Cout, K, *, bias=True):
    """The two layers of the pair, and the standard layer."""
    return (
        convolution(Cin, Cin, K, bias, groups=Cin),
        convolution(Cin, Cout, 1, bias),
        convolution(Cin, Cout, K, bias),
    )


def block_modules(Cin, Cout, t, K, *, bias=True):
    return (
        convolution(Cin, t * Cin, 1, bias),
        convolution(t * Cin, t * Cin, K, bias, groups=t * Cin),
        convolution(t * Cin, Cout, 1, bias),
    )


def convolution(Cin, Cout, K, bias, groups=1):
    from torch.nn import Conv2d

    return Conv2d(Cin, Cout, K, padding=K // 2, groups=groups, bias=bias, device="meta")


def parameters(layer):
    return sum(weights.numel() for weights in layer.parameters())


def multiply_adds(layer, side=28):
    """What torch's own counter finds, at 2 operations a multiply-add."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        layer(torch.empty(1, layer.in_channels, side, side, device="meta"))
    return counter.get_total_flops() // 2


def pair_counts(count, **sizes):
    depthwise, pointwise, standard = map(count, pair_modules(**sizes))
    return depthwise, pointwise, depthwise + pointwise, standard


def block_counts(count, **sizes):
    counts = tuple(map(count, block_modules(**sizes)))
    return (*counts, sum(counts))


# --- 5.1: parameters of the pair ------------------------------------------------------------------

separable = solution["separable"]
separable.oracle(partial(pair_counts, parameters))


@separable.reference
def separable_parameters(Cin, Cout, K, bias):
    depthwise = Cin * (K * K + bias)
    pointwise = Cout * (Cin + bias)
    standard = Cout * (Cin * K * K + bias)
    return depthwise, pointwise, depthwise + pointwise, standard


separable.carry(total="depthwise + pointwise").say(FOLLOWS)
separable.test("random layers", cases=12, weight=2)
separable.test("no biases", bias=False)
separable.test("a single input channel", Cin=1)
separable.test("kernels of one pixel", K=1)
separable.wrong("one filter in the total", ("depthwise +", "K * K + bias +")).say(
    "This total is not the sum of the two layers: it holds one depthwise filter, "
    "and there is one per input channel."
)
separable.wrong("one depthwise filter", ("Cin * (K * K + bias)", "(K * K + bias)")).say(
    "That is a single depthwise filter. Each input channel has one of its own."
)
separable.wrong("depthwise counted as standard", ("Cin * (K", "Cout * (Cin * K")).say(
    "A depthwise layer does not mix channels or change how many there are: a filter sees one "
    "channel, and the number of output channels comes in with the pointwise layer."
)
separable.wrong("depthwise filters over all channels", ("(K", "(Cin * K")).say(ONE_CHANNEL)
separable.wrong("pointwise with a K x K kernel", ("(Cin + bias)", "(Cin * K * K + bias)")).say(
    "Pointwise means a kernel of one pixel: each filter has one weight per input channel."
)
separable.wrong(
    "one bias per layer",
    [(f"({each} + bias)", f"{each} + bias") for each in ("K * K", "Cin", "Cin * K * K")],
).say(ONE_BIAS)
separable.wrong("biases forgotten", ("depthwise = Cin", "bias = 0; depthwise = Cin")).say(NO_BIAS)


def counted_at_every_position(**sizes):
    return tuple(28 * 28 * count for count in separable_parameters(**sizes))


separable.wrong("counted at every position", counted_at_every_position).say(
    "You multiplied by the size of the map. A filter uses the same weights at every position, "
    "so positions cost multiply-adds and no parameters."
)


# The sheet's own numbers: the same question at one place, with the same misconceptions.
solution["v1"].special_case(separable, **V1)


# --- 5.2: parameters of the inverted residual -----------------------------------------------------

inverted = solution["inverted"]
inverted.oracle(partial(block_counts, parameters))


@inverted.reference
def inverted_parameters(Cin, Cout, t, K, bias):
    hidden = t * Cin
    expand = hidden * (Cin + bias)
    depthwise = hidden * (K * K + bias)
    project = Cout * (hidden + bias)
    return expand, depthwise, project, expand + depthwise + project


inverted.carry(total="expand + depthwise + project").say(FOLLOWS)
inverted.test("random blocks", cases=12, weight=2)
inverted.test("no biases", bias=False)
inverted.test("no expansion", t=1)
inverted.test("as many channels out as in", Cout=lambda Cout, Cin: Cin)
inverted.wrong("depthwise on the block's input", ("hidden * (K", "Cin * (K")).say(ON_EXPANDED)
inverted.wrong("depthwise filters over all channels", ("(K", "(hidden * K")).say(ONE_CHANNEL)
inverted.wrong("projection with a K x K kernel", ("(hidden +", "(hidden * K * K +")).say(
    "The projection is pointwise: each filter has one weight per expanded channel."
)
inverted.wrong("expansion to t channels", ("hidden = t * Cin", "hidden = t")).say(
    "The expansion multiplies the number of channels by t; t is not the number itself."
)
inverted.wrong("a shortcut with weights", ("+ project", "+ project + Cout * (Cin + bias)")).say(
    "The shortcut adds the input as it is. It has nothing to learn, so it adds no parameters."
)
inverted.wrong("batch norm counted", ("hidden = t", "bias += 2; hidden = t")).say(
    "You added a scale and a shift per channel, as batch norm has. There is none in this block."
)
inverted.wrong(
    "one bias per layer",
    [(f"({each} + bias)", f"{each} + bias") for each in ("Cin", "K * K", "hidden")],
).say(ONE_BIAS)
inverted.wrong("biases forgotten", ("hidden = t", "bias = 0; hidden = t")).say(NO_BIAS)

# The sheet's own block, likewise.
solution["v2"].special_case(inverted, **V2)


# --- multiply-adds --------------------------------------------------------------------------------

v1_macs, v2_macs = solution["v1-macs"], solution["v2-macs"]
v1_macs.oracle(partial(pair_counts, multiply_adds, **V1))
v2_macs.oracle(partial(block_counts, multiply_adds, **V2))


@v1_macs.reference
def v1_multiply_adds():
    Cin, Cout, K, H, W = 3, 128, 3, 28, 28
    depthwise = H * W * Cin * (K * K)
    pointwise = H * W * Cout * (Cin)
    standard = H * W * Cout * (Cin * K * K)
    return depthwise, pointwise, depthwise + pointwise, standard


@v2_macs.reference
def v2_multiply_adds():
    channels, hidden, K, H, W = 3, 18, 3, 28, 28
    expand = H * W * hidden * (channels)
    depthwise = H * W * hidden * (K * K)
    project = H * W * channels * (hidden)
    return expand, depthwise, project, expand + depthwise + project


v1_macs.carry(total="depthwise + pointwise").say(FOLLOWS)
v2_macs.carry(total="expand + depthwise + project").say(FOLLOWS)
for part, products in (
    (v1_macs, ("(K * K)", "(Cin)", "(Cin * K * K)")),
    (v2_macs, ("(channels)", "(K * K)", "(hidden)")),
):
    part.wrong("positions forgotten", ("28, 28", "1, 1")).say(
        "That is the number of weights. Each weight is used once at every position of the map."
    )
    part.wrong("no padding", ("28, 28", "26, 26")).say(
        "You let the map shrink by two. With a padding of 1 it keeps its height and width."
    )
    part.wrong("two operations per multiply-add", ("28, 28", "28, 2 * 28")).say(
        "You counted product and addition one by one. A multiply-add is the two together."
    )
    part.wrong("biases counted", [(product, f"({product} + 1)") for product in products]).say(
        "You counted the biases. Adding a bias takes no product, so it is no multiply-add."
    )
v1_macs.wrong("depthwise filters over all channels", ("(K * K)", "(Cin * K * K)")).say(
    "A depthwise filter reads one channel, so a value of its output takes K x K products."
)
v2_macs.wrong("depthwise on the block's input", ("hidden * (K * K)", "channels * (K * K)")).say(
    ON_EXPANDED
)

ratio = solution["ratio"]

ratio.reference(lambda Cin, Cout, K: Fraction(1, Cout) + Fraction(1, K * K))


@ratio.oracle
def counted_ratio(**sizes):
    *_, total, standard = pair_counts(partial(multiply_adds, side=8), **sizes)
    return Fraction(total, standard)


ratio.test("random layers", cases=24, weight=2)
ratio.test("kernels of one pixel", K=1)
ratio.test("as many channels out as in", Cout=lambda Cout, Cin: Cin)
ratio.wrong("depthwise alone", "Fraction(1, Cout)").say(
    "That is the depthwise layer's share. The pointwise layer behind it costs something too."
)
ratio.wrong("pointwise alone", "Fraction(1, K * K)").say(
    "That is the pointwise layer's share. The depthwise layer before it costs something too."
)
ratio.wrong("upside down", "1 / (Fraction(1, Cout) + Fraction(1, K * K))").say(
    "You divided the standard layer's cost by the pair's. The question is the other way round."
)
ratio.wrong("shares multiplied", ("+", "*")).say(
    "The two layers run one after the other: their costs add up."
)
ratio.wrong("channels in for channels out", ("Fraction(1, Cout)", "Fraction(1, Cin)")).say(
    "Both layers and the standard one read the same input channels, so these cancel. "
    "Which number of channels does the depthwise layer know nothing of?"
)
ratio.wrong("K for K squared", ("K * K", "K")).say("A kernel has K rows and K columns.")


# --- 5.2: the comparison --------------------------------------------------------------------------

compare, text = solution["compare"], solution["compare-text"]


def block_total(**changes):
    return block_counts(parameters, **{**V2, **changes})[-1]


def pair_total(**changes):
    return pair_counts(parameters, **{**V1, **changes})[-2]


def shortcut(*layers):
    from torch import nn

    class Shortcut(nn.Sequential):
        def forward(self, x):
            return x + super().forward(x)

    return Shortcut(*layers)


compare.false(
    "smaller",
    lambda: all(
        block_total(Cin=c, Cout=d) < pair_total(Cin=c, Cout=d) for c, d in [(3, 3), (3, 128)]
    ),
).say(
    "The pair ends in 128 channels and the block in 3, so the totals compare two different maps. "
    "Between equal channels the order turns round."
)
compare.false("expansion", lambda: block_total(t=6) < block_total(t=1)).say(
    "Expanding costs parameters: count the block once more without it."
)
compare.false("shortcut", lambda: parameters(shortcut(*block_modules(**V2))) < block_total()).say(
    "The layers beside the shortcut have the weights that they would have without it."
)
compare.true(
    "ends", lambda: block_total() < pair_total() and block_total(Cout=128) > pair_total(Cout=128)
)

text.rubric(
    "Both blocks map between the same numbers of channels, at the same map size and stride.",
    "What is compared is named (parameters, multiply-adds, or either at equal accuracy).",
)
text.red_flags(
    "compares a block that ends in 128 channels with one that ends in 3",
    "takes fewer parameters for fewer multiply-adds, or for more accuracy",
)
