"""Squeeze and excitation: its cost, its gates, its backward pass; the oracle asks real modules."""

from fractions import Fraction
from functools import cache
from itertools import pairwise

import numpy as np

from grader.authoring import Solution

solution = Solution("squeeze-excitation")


# --- the oracle: SE blocks and ResNet-50's bottlenecks as modules ---------------------------------


def gates(C, r, *, bias=False, device="meta"):
    """The part of an SE block that computes one gate per channel."""
    from torch import nn

    return nn.Sequential(
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(C, C // r, bias=bias, device=device),
        nn.ReLU(),
        nn.Linear(C // r, C, bias=bias, device=device),
        nn.Sigmoid(),
    )


def count(module):
    return sum(weights.numel() for weights in module.parameters())


@cache
def stage_channels():
    """Per stage of ResNet-50, how many channels each of its blocks puts out."""
    import torch
    from torch import nn

    found, x = [], torch.empty(1, 64, 8, 8, device="meta")
    for blocks, width in zip((3, 4, 6, 3), (64, 128, 256, 512), strict=True):
        found.append([])
        for _ in range(blocks):
            sizes = [(x.shape[1], width, 1), (width, width, 3), (width, 4 * width, 1)]
            x = nn.Sequential(*[nn.Conv2d(*s, padding="same", device="meta") for s in sizes])(x)
            found[-1].append(x.shape[1])
    return found


# --- 4.1: cost per stage --------------------------------------------------------------------------

stage_share = solution["stage-share"]
stage_share.tolerance(1e-3)  # three digits of the share; counts are exact all the same


@stage_share.reference
def added_parameters():
    r = 16
    stages = [blocks * 2 * C * C // r for blocks, C in ((3, 256), (4, 512), (6, 1024), (3, 2048))]
    return *stages, sum(stages), Fraction(stages[-1], sum(stages))


def counted_stages():
    return [sum(count(gates(C, 16)) for C in stage) for stage in stage_channels()]


@stage_share.oracle
def counted_in_modules():
    stages = counted_stages()
    return *stages, sum(stages), stages[-1] / sum(stages)


stage_share.carry(
    total="stage1 + stage2 + stage3 + stage4", share=lambda stage4, total: stage4 / total
).say("This is right for your own stages.")
stage_share.wrong("one block per stage", ("blocks * 2", "2")).say(
    "You counted one SE block per stage. Every bottleneck block has one of its own."
)
stage_share.wrong("one matrix", ("blocks * 2 *", "blocks *")).say(
    "That is one of the two layers: after it has made the means fewer, another one must give as "
    "many gates as there are channels."
)
stage_share.wrong("channels inside the block", ("C * C", "(C // 4) ** 2")).say(
    "You took the channels of the 3 x 3 convolutions. SE is set on what the whole block puts out."
)
stage_share.wrong("r read as width", ("* C * C // r", "* C * r")).say(
    "You gave the hidden layer r units. The ratio says by how much it is narrower than the map."
)
stage_share.wrong("r forgotten", ("r = 16", "r = 1")).say(
    "You left the hidden layer as wide as the map. The ratio makes it narrower."
)
stage_share.wrong("biases counted", ("2 * C * C // r", "(2 * C * C // r + C // r + C)")).say(
    "You counted biases; the block of this sheet has none."
)
stage_share.wrong("equal cost per block", {"share": Fraction(3, 16)}).say(
    "You counted blocks, as if they all cost the same. Look at your numbers for one block of the "
    "first stage and for one of the last."
)
stage_share.wrong("in percent", ("Fraction(", "100 * Fraction("), share=0.5).say(
    "That is the number of percent. Written as a fraction of 1 it is below 1."
)


# --- 4.1: what the gates do at each depth ---------------------------------------------------------

depth = solution["depth-claims"]


@cache
def told_apart():
    """How far the mean gates of two classes differ, per stage of a small network after training.

    Each picture has a lying bar in one half and a standing one in the other; the class says which is
    where. Near the input nobody can see that: both bars are in all pictures.
    """
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self, before, C):
            super().__init__()
            self.features = nn.Sequential(nn.Conv2d(before, C, 3, padding=1), nn.ReLU())
            self.gates = gates(C, 4, device="cpu")

        def forward(self, x):
            x = self.features(x)
            return nn.functional.max_pool2d(x * self.gates(x)[:, :, None, None], 2)

    torch.manual_seed(0)
    x, label = 0.3 * torch.randn(256, 1, 8, 16), torch.arange(256) % 2
    x[:, 0, 3, 1:7] += 1
    x[:, 0, 1:7, 11] += 1
    x[label == 1] = x[label == 1].roll(8, -1)
    stages = nn.Sequential(*[Block(*channels) for channels in pairwise((1, 8, 16, 32))])
    network = nn.Sequential(stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 2))
    optimiser = torch.optim.Adam(network.parameters(), 5e-3)
    for _ in range(30):
        optimiser.zero_grad()
        nn.functional.cross_entropy(network(x), label).backward()
        optimiser.step()
    found = []
    for stage in stages:
        e = stage.gates(stage.features(x)).detach()
        found.append(float((e[label == 0].mean(0) - e[label == 1].mean(0)).abs().mean()))
        x = stage(x)
    return found


depth.true("early", lambda: told_apart()[0] < told_apart()[-1] / 10).say(
    "Near the input the features are edges and colours, which pictures of all classes have. What "
    "could a gate know of the class from their means?"
)
depth.true("late", lambda: told_apart()[-1] > 10 * told_apart()[0]).say(
    "Late features stand for parts of objects. Whether such a part is in the picture says much of "
    "its class, and the squeezed means tell it to the gates."
)
depth.false("general", lambda: max(told_apart()) == told_apart()[0]).say(
    "Features that all classes use are wanted whatever the class, so their gates can be much the "
    "same for all."
)
depth.false("fewer-channels", lambda: stage_channels()[-1][0] < stage_channels()[0][0]).say(
    "It is the maps that get smaller. Each stage of a ResNet has more channels than the one before."
)


def equal_cost():
    first, *_, last = stage_channels()
    return count(gates(last[0], 16)) < 2 * count(gates(first[0], 16))


depth.false("equal-cost", equal_cost).say(
    "Both layers of an SE block get wider with the channels, on both of their sides."
)


def places():
    import torch

    return gates(64, 16)(torch.empty(2, 64, 7, 5, device="meta")).shape != (2, 64)


depth.false("places", places).say(
    "A gate is one number per channel: it weakens the channel everywhere, object and background."
)
depth.true("last-stage", lambda: sum(counted_stages()[:-1]) < counted_stages()[-1]).say(
    "Compare the number of the last stage with the total, in your counts per stage."
)

solution["depth-text"].rubric(
    "Early gates weigh features that all classes share, whatever the class.",
    "Later gates depend on the class.",
    "In the last stage the gates hardly vary any more, while the blocks there cost most, so they can "
    "go first.",
)
solution["depth-text"].red_flags(
    "says that later stages have fewer channels",
    "says that SE is strongest early because the features are general: general features need no gate per class",
    "takes the gates for attention over positions",
    "leaves the cost out of what may go first",
)


# --- 4.2: the reduction ratio ---------------------------------------------------------------------

parameters, doubling = solution["parameters"], solution["doubling"]


@parameters.reference
def se_parameters(C, r):
    weights = 2 * C * C // r
    return weights, weights + C // r + C


parameters.equivalent(
    *("2 * C * C // r → 2 * C * C / r", "C // r → C / r"), because="The ratio r divides C."
)
parameters.oracle(lambda C, r: (count(gates(C, r)), count(gates(C, r, bias=True))))
parameters.carry(with_biases=lambda C, r, weights: weights + C // r + C).say(
    "The biases are right; they are added to your own weights."
)
parameters.test("random blocks", cases=24, weight=2)
parameters.test("usual blocks", cases=4, C=[64, 128, 256, 512], r=[16, 8, 2, 32])
parameters.test("no reduction", cases=2, r=1)
parameters.test("a single hidden unit", cases=2, C=[24, 30], r=[24, 30])
parameters.wrong("r read as width", [("C * C // r", "C * r"), ("C // r", "r")]).say(
    "You gave the hidden layer r units, so your block gets dearer with r. The ratio says how many "
    "times narrower than the map it is."
)
parameters.wrong("r turned round", [("2 * C * C // r", "2 * C * C * r"), ("C // r", "C * r")]).say(
    "Your block gets dearer with r: you made the hidden layer r times wider, where it is narrower."
)
parameters.wrong("one matrix", ("2 * C", "C")).say(
    "That is one of two matrices: one leads to the hidden layer, the other back to the channels."
)
parameters.wrong("both sides reduced", ("C * C // r", "(C // r) ** 2")).say(
    "You reduced both sides of each matrix. One side is the hidden layer, the other all channels."
)
parameters.wrong("one side forgotten", ("2 * C * C", "2 * C")).say(
    "You counted one weight for each hidden unit. It is connected with every channel."
)
parameters.wrong("r forgotten", [("C * C // r", "C * C"), ("+ C // r", "+ C")]).say(
    "Your number does not depend on r: the hidden layer is as wide as the map."
)
parameters.wrong("one bias per layer", ("+ C // r + C", "+ 2")).say(
    "You counted one bias for each layer. Each unit of a layer has its own."
)
parameters.wrong("biases of one layer", ("+ C // r + C", "+ C")).say(
    "Those are the biases of the gates. The hidden layer has some as well."
)
parameters.wrong("biases of the hidden layer alone", ("+ C // r + C", "+ C // r")).say(
    "Those are the biases of the hidden layer. The layer of the gates has some as well."
)

doubling.reference(lambda: Fraction(1, 2))
doubling.oracle(lambda: Fraction(count(gates(64, 8)), count(gates(64, 4))))
doubling.wrong("direction turned round", {"factor": 2}).say(
    "You let the block grow with r. What happens to the width of the hidden layer when r gets larger?"
)
doubling.wrong("squared", {"factor": Fraction(1, 4)}).say(
    "Each of the matrices has the hidden layer on one of its sides only, so r counts once."
)
doubling.wrong("no change", {"factor": 1}).say(
    "The hidden layer does get another width, and both matrices with it."
)

claims = solution["r-claims"]
RATIOS = (2, 4, 8, 16)
NARROW = "The hidden layer has C / r units: when r grows, "


def falls(values):
    return all(a > b for a, b in pairwise(values))


claims.true("narrower", lambda: falls(gates(64, r)[2].out_features for r in RATIOS)).say(
    NARROW + "there are fewer of them."
)
claims.false("dearer", lambda: not falls(count(gates(64, r)) for r in RATIOS)).say(
    NARROW + "both matrices get smaller."
)


def overfitting():
    """Whether a larger r lets the hidden layer fit more of values that are pure noise."""
    fitted = np.linalg.svd(np.random.default_rng(4).standard_normal((64, 64)))[1] ** 2
    return not falls(fitted[: 64 // r].sum() for r in RATIOS)


claims.false("overfitting", overfitting).say(
    NARROW + "fewer weights are left that could fit the noise. The danger grows the other way."
)


def lost():
    """Whether fewer independent directions of the C means get through to the gates."""
    rng = np.random.default_rng(4)
    pairs = [
        (rng.standard_normal((64, 64 // r)), rng.standard_normal((64 // r, 64))) for r in RATIOS
    ]
    return falls(np.linalg.matrix_rank(W1 @ W2) for W1, W2 in pairs)


claims.true("lost", lost).say(NARROW + "fewer numbers carry all that the gates get to know.")
claims.false("width", lambda: gates(64, 16)[2].out_features == 16).say(
    "r is a ratio: it says how many times fewer units than channels there are."
)
claims.false("gates", lambda: gates(64, 4)[4].out_features == 64 // 4).say(
    "Only the hidden layer is narrower. The second matrix leads back, to one gate per channel."
)

solution["r-text"].rubric(
    "It sets the width of the hidden layer, and with it the cost and the capacity of the block.",
    "Too small, the block is dear and may overfit.",
    "Too large, the hidden layer is too narrow to express how channels depend on each other.",
)
solution["r-text"].red_flags(
    "has the direction turned round: a large r for cost and overfitting, a small one for lost information",
    "takes r for the number of hidden units",
)


# --- 4.2: the backward pass -----------------------------------------------------------------------

backward = solution["backward"]


@backward.reference
def se_backward(dy, x, W1, W2):
    s = x.mean((2, 3))
    h = np.maximum(s @ W1, 0)
    e = 1 / (1 + np.exp(-h @ W2))
    de = (dy * x).sum((2, 3))
    dv = de * e * (1 - e)
    du = dv @ W2.T * (h > 0)
    ds = du @ W1.T
    direct, squeezed = dy * e[:, :, None, None], ds[:, :, None, None] / x[0, 0].size
    return direct + squeezed, s.T @ du, h.T @ dv


backward.equivalent(
    *("(0, 0) → (-1, 0)", "(0, 0) → (0, 1)", "(0, 0) → (0, -1)"),
    because="Every map has as many positions as the first one.",
)


@backward.oracle_forward
def forward(x, W1, W2):
    import torch

    e = torch.sigmoid(
        torch.relu(torch.nn.functional.adaptive_avg_pool2d(x, 1).flatten(1) @ W1) @ W2
    )
    return torch.einsum("nchw,nc->nchw", x, e)


backward.test("random maps", cases=12, weight=3)
backward.test("a single position", H=1, W=1)
backward.test("a batch of one", N=1)
backward.test("a single hidden unit", R=1)
backward.test(
    "hidden units that are off", x=abs, W1=lambda W1: abs(W1) * (-1.0) ** np.arange(W1.shape[1])
)
# With as many hidden units as channels, a missing transpose gives values, which can be named.
backward.test("no reduction", C=4, R=4)
backward.wrong("gate held constant", ("direct + squeezed", "direct")).say(
    "You held the gates constant in dx. x reaches y along a second way: the gates are computed from it."
)
backward.wrong("only through the gate", ("direct + squeezed", "squeezed + 0 * direct")).say(
    "You followed x through the gates alone. x is also what the gates multiply."
)
backward.wrong("mean taken for a sum", (" / x[0, 0].size", "")).say(
    "The squeeze is a mean: each position has only its small share in it, and gets back as much."
)
backward.wrong("slope of the sigmoid missing", (" * e * (1 - e)", "")).say(
    "You went from the gates to v as if there were no sigmoid between them: its slope is missing."
)
backward.wrong(
    "slope of the sigmoid at the gate", ("e * (1 - e)", "(g := 1 / (1 + np.exp(-e))) * (1 - g)")
).say(
    "You took the slope of the sigmoid at the gate. It belongs at v, where the sigmoid was taken."
)
backward.wrong("slope of ReLU missing", (" * (h > 0)", "")).say(
    "A hidden unit that is off passes nothing on, and nothing comes back through it."
)
backward.wrong("x missing in the gate's gradient", ("(dy * x)", "dy")).say(
    "A gate is multiplied by x, so what comes back to it is weighed by x at each position."
)
backward.wrong("gate's gradient averaged", ("(dy * x).sum((2, 3))", "(dy * x).mean((2, 3))")).say(
    "One gate multiplies all positions of its channel, so what they send back to it adds up."
)
backward.wrong("W2 not transposed", ("W2.T", "W2")).say(
    "The way back from v to h is not transposed."
)
backward.wrong("W1 not transposed", ("W1.T", "W1")).say(
    "The way back from u to the means is not transposed."
)
backward.wrong(
    "averaged over the batch", "direct + squeezed, s.T @ du / len(x), h.T @ dv / len(x)"
).say(
    "You divided by the number of examples. Whether the loss is a mean is up to dy; the weights "
    "collect the sum over the examples."
)
