"""Cost, receptive field and output size of dilated convolutions; the oracle asks real layers."""

from math import prod

from grader.authoring import Solution

solution = Solution("dilated-convolution")


# --- the oracle: layers on the meta device, and which input cells a real layer reads --------------


def layer(K, d=1, *, channels=(1, 1), **options):
    from torch.nn import Conv2d

    return Conv2d(*channels, K, dilation=d, bias=False, device="meta", **options)


def multiply_adds(module, *shape):
    """What torch's own counter finds, at 2 operations a multiply-add."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        module(torch.empty(shape, device="meta"))
    return counter.get_total_flops() // 2


def output_shape(module, *shape):
    import torch

    return module(torch.empty(shape, device="meta")).shape


def cells_read(layers, side, at=(0, 0)):
    """Which cells of a map the output `at` of a stack reads, as a table of truths.

    Weights of one and float64 keep every path apart from zero.

    Args:
        layers: (taps of each axis, stride, dilation) per layer.
    """
    import torch
    from torch.nn.functional import conv2d

    start = y = torch.zeros(1, 1, *side, dtype=torch.float64, requires_grad=True)
    for taps, stride, dilation in layers:
        y = conv2d(y, torch.ones(1, 1, *taps, dtype=y.dtype), stride=stride, dilation=dilation)
    (gradient,) = torch.autograd.grad(y[0, 0, at[0], at[1]], start)
    return gradient[0, 0] != 0


def box(cells):
    """Rows and columns of the bounding box of the cells that are read."""
    places = cells.nonzero()
    sides = places.max(0).values - places.min(0).values + 1
    return tuple(sides.tolist())


# --- 2.1: cost ------------------------------------------------------------------------------------

compare, span, claims = solution["compare"], solution["span"], solution["claims"]
KERNELS = {"plain": (3, 1), "dilated": (3, 2), "dense": (5, 1)}  # taps and dilation


@compare.reference
def kernels():
    return tuple(
        count
        for taps, reach in ((3, 3), (3, 5), (5, 5))
        for count in (8 * 3 * taps**2, 32**2 * 8 * 3 * taps**2, reach)
    )


@compare.oracle
def counted_kernels():
    found = []
    for K, d in KERNELS.values():
        module = layer(K, d, channels=(3, 8), padding=d * (K - 1) // 2)
        rows, _ = box(cells_read([((K, K), 1, d)], (9, 9)))
        weights = sum(w.numel() for w in module.parameters())
        found += [weights, multiply_adds(module, 1, 3, 32, 32), rows]
    return tuple(found)


def per_kernel(**values):
    """Outputs of one quantity: a value per kernel, in order, or one for the dilated kernel."""
    return {
        f"{kernel}_{what}": number
        for what, numbers in values.items()
        for kernel, number in zip(
            KERNELS if len(numbers) > 1 else ["dilated"], numbers, strict=True
        )
    }


AS_DEAR_AS_DENSE = (
    "That is what the dense kernel has. Where a dilated kernel skips a cell it has no weight and "
    "multiplies nothing, so what counts is the number of its taps."
)
GAPS = "You gave every tap d cells. Count the gaps between the taps, then the last tap itself."
ENDS = "That is the way from the first tap to the last one. The span counts both of these as well."

compare.wrong("weights of the span", per_kernel(weights=[600])).say(AS_DEAR_AS_DENSE)
compare.wrong("multiply-adds of the span", per_kernel(macs=[614_400])).say(AS_DEAR_AS_DENSE)
compare.wrong("taps times dilation", per_kernel(span=[6])).say(GAPS)
compare.wrong("the last tap forgotten", per_kernel(span=[2, 4, 4])).say(ENDS)
compare.wrong("taps for cells", per_kernel(span=[3])).say(
    "So many cells are read. The span also counts those in between, which are skipped."
)
compare.wrong("input channels forgotten", per_kernel(weights=[72, 72, 200])).say(
    "Each filter looks at all input channels, and has weights of its own for each of them."
)
compare.wrong("one filter", per_kernel(weights=[27, 27, 75])).say(
    "These are the weights of one filter. Each output channel has a filter of its own."
)
compare.wrong("no padding", per_kernel(macs=[194_400, 169_344, 470_400])).say(
    "You let the map shrink. It keeps its size here, so each of its cells has an output."
)
compare.wrong(
    "two operations per multiply-add", per_kernel(macs=[442_368, 442_368, 1_228_800])
).say("You counted the product and the addition one by one. A multiply-add is the two together.")

span.reference(lambda K, d: (K - 1) * d + 1)
span.oracle(lambda K, d: box(cells_read([((K, 1), 1, d)], (K * d, 1)))[0])
span.test("random kernels", cases=40, weight=2)
span.test("one tap", K=1)
span.wrong("taps times dilation", "K * d").say(GAPS)
span.wrong("the last tap forgotten", (" + 1", "")).say(ENDS)
span.wrong("gaps that hold d cells", ("* d + 1", "* (d + 1) + 1")).say(
    "From one tap to the next it is d cells, so one cell less than that lies between them."
)
span.wrong("dilation ignored", (" * d", "")).say(
    "That is the span of a plain kernel: how far its taps are apart does not occur in it."
)


def more_work():
    plain, dilated = (multiply_adds(layer(3, d, padding=d), 1, 1, 32, 32) for d in (1, 2))
    return dilated > plain


claims.false("more-work", more_work).say(
    "Each tap costs one product, wherever it reads. Moving the taps apart adds none."
)
claims.false("skips-none", lambda: bool(cells_read([((3, 3), 1, 2)], (5, 5)).all())).say(
    "Skipping is what it does: with 3 x 3 taps and d = 2 it reads nine cells out of 25."
)


def neighbours():
    one, other = (cells_read([((3, 3), 1, 2)], (6, 6), at=(0, i)) for i in (0, 1))
    return not bool((one & other).any())


claims.true("neighbours", neighbours).say(
    "Mark the columns that the one reads, and those that the other reads: they alternate."
)
claims.true("gridding", lambda: not bool(cells_read([((3, 3), 1, 2)] * 3, (13, 13)).all())).say(
    "Every step is one of two cells, so a cell at an odd distance is never reached."
)
claims.true(
    "growing", lambda: bool(cells_read([((3, 3), 1, d) for d in (1, 2, 4)], (15, 15)).all())
).say("Each layer steps as far as the one below it has read without a gap.")


def keeps_size():
    sizes = {output_shape(layer(3, 2, padding=P), 1, 1, 20, 20)[-1] for P in (0, 1, 2, 3)}
    return sizes == {20}


claims.false("keeps-size", keeps_size).say(
    "Without padding a map loses the span less one. Only the padding that fits makes up for it."
)

solution["text"].rubric(
    "A wider field at the same number of weights and multiply-adds.",
    "No pooling or stride is needed for it, so the resolution stays.",
    "Cells between the taps are skipped (gridding), so fine detail can get lost.",
    "A cost that is really there (wider padding, large maps in memory, scattered memory access).",
)
solution["text"].red_flags(
    "says that dilation costs more weights or multiply-adds than the plain kernel",
    "says that a dilated kernel skips no cells",
    "gives an advantage once more as a disadvantage",
)


# --- 2.2: receptive fields of three layers --------------------------------------------------------

one, two, three = depths = [solution[f"layer-{depth}"] for depth in (1, 2, 3)]


@one.reference
def field_one(r1, c1, d1):
    return 1 + (r1 - 1) * d1, 1 + (c1 - 1) * d1


@two.reference
def field_two(r1, c1, d1, r2, c2, d2):
    rows, columns = field_one(r1, c1, d1)
    return rows + (r2 - 1) * d2, columns + (c2 - 1) * d2


@three.reference
def field_three(r1, c1, d1, r2, c2, d2, r3, c3, d3):
    rows, columns = field_two(r1, c1, d1, r2, c2, d2)
    return rows + (r3 - 1) * d3, columns + (c3 - 1) * d3


def by_kind(sizes):
    """Rows, columns and dilations of all layers, from r1, c1, d1, r2 and so on."""
    return [[size for name, size in sizes.items() if name[0] == kind] for kind in "rcd"]


def field_read(**sizes):
    layers = [((r, c), 1, d) for r, c, d in zip(*by_kind(sizes), strict=True)]
    return box(cells_read(layers, (80, 80)))


for part in depths:
    part.oracle(field_read)
    part.test("random layers", cases=40, weight=2)
    part.test("one row of taps", cases=8, r1=1)
    part.test("no dilation below", cases=8, d1=1)


def wrong_fields(parts, name, rule, say):
    """A misconception about one axis, from its taps and dilations, for rows and for columns."""

    def both(**sizes):
        rows, columns, dilations = by_kind(sizes)
        return rule(rows, dilations), rule(columns, dilations)

    for part in parts:
        part.wrong(name, both).say(say.replace("UPPER", UPPER[part.name]))


def spans(taps, dilations):
    return [(r - 1) * d + 1 for r, d in zip(taps, dilations, strict=True)]


UPPER = {"layer-1": "", "layer-2": "d2", "layer-3": "d2 and d3"}
FIELD_FOR_STEP = (
    "Your field does not depend on UPPER: you let a tap step by the field of the layer below. Fields of "
    "neighbouring outputs overlap, they are one input cell apart, however wide they are. How many "
    "outputs below is it from a tap to the next one?"
)


def field_for_step(taps, dilations):
    field = spans(taps, dilations)[0]
    for r in taps[1:]:
        field += (r - 1) * (field - 1)
    return field


wrong_fields([two, three], "field for step", field_for_step, FIELD_FOR_STEP)
wrong_fields(
    [two, three],
    "field times taps",
    lambda taps, dilations: taps[-1] * field_for_step(taps[:-1], dilations[:-1]),
    FIELD_FOR_STEP,
)
wrong_fields(
    [three],
    "field times all taps",
    lambda taps, dilations: spans(taps, dilations)[0] * prod(taps[1:]),
    FIELD_FOR_STEP,
)
wrong_fields(
    [two, three],
    "spans multiplied",
    lambda taps, dilations: prod(spans(taps, dilations)),
    "You multiplied the spans. Fields of neighbouring outputs overlap, so a further layer widens "
    "the field by what its own taps step, and repeats nothing.",
)
wrong_fields(
    [two, three],
    "spans added",
    lambda taps, dilations: sum(spans(taps, dilations)),
    "You added the spans. The last cell of the one is the first of the next, and you counted it twice.",
)
wrong_fields(
    depths,
    "taps times dilation",
    lambda taps, dilations: 1 + sum(r * d - 1 for r, d in zip(taps, dilations, strict=True)),
    GAPS,
)
wrong_fields(
    depths,
    "dilation ignored",
    lambda taps, dilations: 1 + sum(taps) - len(taps),
    "That is the field of plain kernels: how far their taps are apart does not occur in it.",
)
wrong_fields(
    depths,
    "one cell forgotten",
    lambda taps, dilations: sum(spans(taps, dilations)) - len(taps),
    "You added up the steps from the first cell to the last one. The field holds both of these.",
)
wrong_fields(
    [two, three],
    "the last dilation everywhere",
    lambda taps, dilations: 1 + (sum(taps) - len(taps)) * dilations[-1],
    "You took the dilation of the last layer for all of them. Each layer has its own.",
)
wrong_fields(
    [two, three],
    "dilations multiplied",
    lambda taps, dilations: 1 + sum((r - 1) * prod(dilations[: k + 1]) for k, r in enumerate(taps)),
    "You multiplied the dilations up, as strides would be. A dilation moves the taps of its own "
    "layer apart, and leaves the outputs of that layer next to each other.",
)


# --- 2.2: any stack -------------------------------------------------------------------------------

stack = solution["stack"]


@stack.reference
def receptive_field(kernel, stride, dilation):
    size, jump = 1, 1
    for k, s, d in zip(kernel, stride, dilation, strict=True):
        size += (k - 1) * d * jump
        jump *= s
    return size, jump


@stack.oracle
def stack_read(kernel, stride, dilation):
    layers = [
        ((k, 1), s, (d, 1)) for k, s, d in zip(*map(list, (kernel, stride, dilation)), strict=True)
    ]
    one, other = (cells_read(layers, (2000, 1), at=(i, 0)) for i in (0, 1))
    return box(one)[0], int(other.nonzero()[0, 0])


stack.test("random stacks", cases=12, weight=3)
stack.test("no strides", stride=lambda s: s * 0 + 1)
stack.test("single taps", kernel=lambda k: k * 0 + 1)
stack.test("even kernels", kernel=lambda k: 2 * k)
stack.test("strides larger than the kernels", kernel=(1, 2), stride=(3, 4), L=3)
stack.test("four layers without dilation", dilation=lambda d: d * 0 + 1, L=4)
stack.wrong("strides forgotten", ("* d * jump", "* d")).say(
    "Your size does not depend on the strides. Above a stride, neighbouring cells are several "
    "input cells apart, and a tap steps that far."
)
stack.wrong("stride before its own layer", ("* d * jump", "* d * jump * s")).say(
    "You let a layer's own stride widen its taps. A stride moves the outputs apart, so it only "
    "counts from the next layer on."
)
stack.wrong("field for step", ("d * jump", "(size - 1 if size > 1 else d)")).say(
    "You let a tap step by the field of the layer below. Fields of neighbouring outputs overlap: "
    "how far they are apart is set by the strides below."
)
stack.wrong("taps times dilation", ("(k - 1) * d", "(k * d - 1)")).say(GAPS)
stack.wrong("dilation ignored", ("* d * jump", "* jump")).say(
    "Your size does not depend on the dilations, which say how far the taps are apart."
)
stack.wrong("the last dilation everywhere", ("* d", "* dilation[-1]")).say(
    "You took the dilation of the last layer for all of them. Each layer has its own."
)
stack.wrong("one cell forgotten", ("size, jump = 1, 1", "size, jump = 0, 1")).say(
    "You added up the steps from the first cell to the last one. The field holds both of these."
)
stack.wrong("dilation taken for a stride", ("jump *= s", "jump *= s * d")).say(
    "You let a dilation move the outputs apart. It moves taps apart; only a stride moves outputs."
)
stack.wrong("the last stride alone", ("jump *= s", "jump = s")).say(
    "That is the step of the last layer in cells of the layer below. These are themselves several "
    "input cells apart, where there are strides below."
)


# --- 2.3: sizes -----------------------------------------------------------------------------------

volume, layers, size = solution["volume"], solution["layers"], solution["size"]

volume.reference(lambda D, N, K, I: D * (I - (K - 1) * N) ** 2)
volume.oracle(lambda D, N, K, I: output_shape(layer(K, N, channels=(1, D)), 1, 1, I, I).numel())

layers.reference(lambda D, N, K, I: I - N * D * (K - 1))


@layers.oracle
def rows_of_a_stack(D, N, K, I):
    from torch.nn import Sequential

    return output_shape(Sequential(*[layer(K, D) for _ in range(N)]), 1, 1, I, I)[-1]


size.reference(lambda I, K, S, P, D: (I + 2 * P - D * (K - 1) - 1) // S + 1)


@size.oracle
def size_of_a_layer(I, K, S, P, D):
    module = layer((K, 1), D, stride=S, padding=(P, 0))
    return output_shape(module, 1, 1, I, 1)[2]


for part in (volume, layers, size):
    part.test("random sizes", cases=40, weight=2)
    part.test("one tap", K=1)
    part.test("even kernels", K=[2, 4])
volume.test("one output per filter", I=lambda I, K, N: (K - 1) * N + 1)
layers.test("one output", I=lambda I, N, D, K: N * D * (K - 1) + 1)
size.test("one output", P=1, I=lambda I, K, D: max(1, D * (K - 1) - 1))
size.test("strides larger than the kernel", K=(1, 2), S=(3, 5), cases=8)
size.test(
    "a rest that is dropped",
    S=(2, 5),
    cases=8,
    I=lambda I, K, S, P, D: I - (I + 2 * P - D * (K - 1) - 1) % S + S - 1,
)

volume.wrong("filters forgotten", ("D * (", "(")).say(
    "That is one map. Each filter gives one of its own."
)
volume.wrong("one side", (" ** 2", "")).say(
    "A map has as many rows as columns; you counted one of the two."
)
volume.wrong("taps times dilation", ("(K - 1) * N", "K * N")).say(
    "The first tap costs no cell: a map gets smaller by the gaps between the taps."
)
volume.wrong("one too many", ("(K - 1) * N)", "(K - 1) * N + 1)")).say(
    "You count one output per side too many. Try a kernel of one tap: it must leave the size as it is."
)
volume.wrong(
    "difference of squares", ("(I - (K - 1) * N) ** 2", "(I**2 - ((K - 1) * N) ** 2)")
).say("A square taken away from a square leaves an L. Rows and columns both lose cells.")
volume.wrong("dilation ignored", ("(K - 1) * N", "(K - 1)")).say(
    "That is the output of a plain kernel: how far its taps are apart does not occur in it."
)
volume.wrong("the two letters swapped", ("D * (I - (K - 1) * N)", "N * (I - (K - 1) * D)")).say(
    "You read D as the dilation and N as the number of filters. In this part it is the other way."
)
layers.wrong("one layer", ("N * D", "D")).say(
    "That is what the first layer leaves. The next ones take as much again, each of them."
)
layers.wrong("taps times dilation", ("(K - 1)", "K")).say(
    "The first tap costs no cell: a map gets smaller by the gaps between the taps."
)
layers.wrong("span taken away", ("N * D * (K - 1)", "N * (D * (K - 1) + 1)")).say(
    "You took the whole span away at each layer. A kernel that fits in just once leaves one output."
)
layers.wrong("one too many", ("(K - 1)", "(K - 1) + 1")).say(
    "You count one too many. Try kernels of one tap: they must leave the size as it is."
)
layers.wrong("dilation ignored", ("N * D", "N")).say(
    "That is the output of plain kernels: how far their taps are apart does not occur in it."
)
size.wrong("taps times dilation", ("D * (K - 1) - 1", "D * K")).say(
    "You gave every tap D cells. The span counts the gaps between the taps, then the last tap."
)
size.wrong("padding on one side", ("2 * P", "P")).say(
    "P cells are added on each side, and you counted one of them."
)
size.wrong("rounded up", [("(I +", "-(-(I +"), ("// S", "// S)")]).say(
    "You count a step that does not fit in any more. What is left over is dropped."
)
size.wrong("rounded to the nearest", [("(I +", "round((I +"), ("// S", "/ S)")]).say(
    "You round to the nearest number of steps. A step either fits or is dropped."
)
size.wrong("not rounded", ("// S", "/ S")).say(
    "Where the last step does not fit, this is no whole number. Say what becomes of the rest."
)
size.wrong("steps for positions", ("// S + 1", "// S")).say(
    "You counted the steps. There is one position more than there are steps between them."
)
size.wrong("the last tap forgotten", (" - 1) // S", ") // S")).say(
    "You took away the gaps between the taps, but not the last tap, which needs a cell as well."
)
size.wrong("dilation ignored", ("D * (K - 1)", "(K - 1)")).say(
    "That is the output of a plain kernel: how far its taps are apart does not occur in it."
)
size.wrong("stride ignored", ("// S", "")).say(
    "You let the kernel stop at every cell. It moves on by S cells at a time."
)
