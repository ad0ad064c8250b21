"""Sample reports that exercise everything a page can show, built of the real records."""

from fractions import Fraction as F
from functools import cache  # marks are on every line here

import numpy as np

from grader.model import (
    Claim,
    Comparison,
    Diagnosis,
    ErrorMap,
    LostMark,
    OutputResult,
    Part,
    PartResult,
    Problem,
    ProblemResult,
    Reading,
    Report,
    Stage,
    TestResult,
    Verdict,
    Walls,
)
from grader.student.packing import Many, Scalar, Unusable, pack
from grader.student.signature import parse_signature
from grader.student.wire import Place

RNG = np.random.default_rng(7)

# Numbers that stand in hidden places of the samples; no written byte may hold one of them.
HIDDEN_INTEGER = 918273
HIDDEN_FLOAT = 0.73195128
HIDDEN_ARRAY = np.array([[3.14862, 2.71938], [1.41477, 8.31446]])
HIDDEN_SMALL = 542

MATHML = (
    "<math><mrow><mfrac><mn>1</mn><mi>α</mi></mfrac><mo>·</mo><msup><mi>W</mi><mo>⊤</mo></msup>"
    "</mrow></math>"
)


def place(file, line=0):
    return Place(file=file, line=line)


def classes(array):
    return ErrorMap(shape=array.shape, classes=array.astype(np.uint8).tobytes())


def border(rows, columns):
    found = np.ones((rows, columns), np.uint8)
    found[1:-1, 1:-1] = 0
    found[0, 0] = 2
    return classes(found)


def one_row(rows, columns, row):
    found = np.zeros((rows, columns), np.uint8)
    found[row] = 2
    return classes(found)


def winners(rows, columns):
    found = np.zeros((rows, columns), np.uint8)
    for r in range(0, rows, 2):
        for c in range(0, columns, 2):
            found[r + RNG.integers(2), c + RNG.integers(2)] = 2
    return classes(found)


def batch_norm():
    return Problem(
        slug="batch-norm",
        title="Batch normalisation",
        topics=("normalisation",),
        statement=(
            "A batch norm layer takes $x \\in \\mathbb{R}^{N\\times C}$ and gives\n\n"
            "$$\\hat{x}_i = \\frac{x_i - \\mu}{\\sqrt{\\sigma^2 + \\epsilon}}, \\qquad "
            "y_i = \\gamma \\hat{x}_i + \\beta$$\n\n"
            "## Conventions\n\n- the variance divides by $N$, not $N-1$;\n- `eps` is inside the root."
            "\n\n| symbol | shape |\n|---|---|\n| `x` | (N, C) |\n| `gamma` | (C,) |\n"
        ),
        parts=(
            Part(
                id="batch-norm/why",
                title="Why a larger learning rate works",
                ask="Why does batch norm allow **higher learning rates**?",
                marks=F(2),
                kind="text",
                rubric=("fixed range of each layer's input", "insensitive to the scale of weights"),
            ),
            Part(
                id="batch-norm/scale",
                title="Weights scaled by α",
                ask="The weights are replaced by $\\alpha W$ with $\\alpha > 0$. By which factor does "
                "$\\partial L/\\partial W$ change?",
                marks=F(2),
                kind="computed",
                signature=parse_signature("factors(alpha) -> factor_W, factor_other"),
            ),
            Part(
                id="batch-norm/noise",
                title="Larger batches",
                ask="Judge each claim.",
                marks=F(1),
                kind="choice",
                claims=(
                    Claim(id="a", text="The noise grows with the batch size $B$."),
                    Claim(id="b", text="The noise falls like $B^{-1/2}$."),
                ),
            ),
            Part(
                id="batch-norm/backward",
                title="The backward pass",
                ask="Write the gradient of the loss through the layer.",
                marks=F(4),
                kind="computed",
                signature=parse_signature(
                    "bn_backward(dy[N,C], x[N,C], gamma[C], eps) -> dx[N,C], dgamma[C], dbeta[C]"
                ),
                call="out, cache = forward(x, gamma, beta)\ndx, dgamma, dbeta = backward(dy, cache)",
            ),
        ),
    )


def mobilenet():
    return Problem(
        slug="mobilenet-parameters",
        title="Parameters of MobileNet blocks",
        statement="Count the parameters, biases included.",
        parts=(
            Part(
                id="mobilenet-parameters/v1",
                title="Depthwise separable",
                ask="Depthwise 3×3 on 3 channels, then pointwise to 128.",
                marks=F(3),
                kind="computed",
                signature=parse_signature(
                    "parameters() -> depthwise: int, pointwise: int, total: int"
                ),
            ),
            Part(
                id="mobilenet-parameters/pool",
                title="Gradient through max pooling",
                ask="Give `grad_P(P, W, dz)`.",
                marks=F(3),
                kind="computed",
                signature=parse_signature("grad_P(P[H,W], dz) -> dP[H,W]"),
            ),
            Part(
                id="mobilenet-parameters/same",
                title="A convolution with padding",
                ask="Write the convolution.",
                marks=F(2),
                kind="computed",
                signature=parse_signature("conv(x[B,C,H,W]) -> y[B,C,H,W]"),
            ),
        ),
    )


def residual():
    return Problem(
        slug="residual-mlp",
        title="A residual block",
        statement="",
        parts=tuple(
            Part(
                id=f"residual-mlp/{name}",
                title=title,
                ask=ask,
                marks=F(1),
                kind="computed",
                signature=parse_signature("f(x[N]) -> y[N]"),
            )
            for name, title, ask in (
                ("gradient", "Gradient of the block", "Give dL/da as a formula."),
                ("unread", "Second derivative", "Give the formula."),
                ("raised", "Forward pass", "Write the function."),
                ("slow", "Loop", "Write the function."),
                ("hungry", "Memory", "Write the function."),
                ("absent", "Not handed in", "Write the function."),
                ("ours", "Our failure", "Write the function."),
                ("low", "Precision", "Write the function."),
            )
        ),
    )


def problems():
    return (batch_norm(), mobilenet(), residual())


# --- results ------------------------------------------------------------------------------------


def wrong_backward():
    expected = RNG.normal(size=(4, 3))
    got = expected.copy()
    got[1] *= 4.0
    shape = expected.shape
    return PartResult(
        id="batch-norm/backward",
        number="1.4",
        title="The backward pass",
        kind="computed",
        verdict=Verdict.WRONG,
        marks=F(8, 3),
        out_of=F(4),
        sentence="You kept μ and σ² fixed. Both are functions of x, so x reaches y along three paths.",
        readings=(Reading(label="", typed="bn_backward", place=place("batch_norm.py", 12)),),
        has_inputs=True,
        lost=(
            LostMark(
                marks=F(2, 3),
                sentence="You kept μ and σ² fixed. Both are functions of x, so x reaches y along "
                "three paths.",
                test="random batches",
                output="dx",
            ),
            LostMark(
                marks=F(2, 3),
                sentence="dgamma: every element is 4 times what it should be, the batch size",
                test="a small batch, written out",
                output="dgamma",
            ),
        ),
        tests=(
            TestResult(
                name="a small batch, written out",
                is_public=True,
                verdict=Verdict.WRONG,
                marks=F(4, 3),
                out_of=F(2),
                inputs={
                    "dy": pack(RNG.normal(size=shape)),
                    "x": pack(RNG.normal(size=shape)),
                    "gamma": pack(np.ones(3)),
                    "eps": Scalar(1e-5),
                },
                cases=1,
                outputs=(
                    OutputResult(
                        name="dx",
                        marks=F(2, 3),
                        out_of=F(2, 3),
                        comparison=Comparison(stage=Stage.AGREES, size=12),
                        got=pack(expected),
                        expected=pack(expected),
                    ),
                    OutputResult(
                        name="dgamma",
                        marks=F(0),
                        out_of=F(2, 3),
                        sentence="dgamma: row 1 is 4 times what it should be, the batch size",
                        comparison=Comparison(
                            stage=Stage.VALUES, error=0.75, bound=1e-8, worst=(1, 2), bad=3, size=12
                        ),
                        diagnosis=Diagnosis(
                            kind="constant ratio",
                            sentence="One row is a constant multiple of what it should be.",
                            hint="Look at what divides by N.",
                        ),
                        error_map=one_row(4, 3, 1),
                        got=pack(got),
                        expected=pack(expected),
                    ),
                    OutputResult(
                        name="dbeta",
                        marks=F(2, 3),
                        out_of=F(2, 3),
                        comparison=Comparison(stage=Stage.AGREES, is_float32=True, bound=2e-6),
                        got=pack(np.float32([0.5, -1.25, 2.0])),
                        expected=pack(np.array([0.5, -1.25, 2.0])),
                    ),
                ),
                printed="mean [0.1 0.2]\nvar [1.0 0.9]\n",
                remarks=("it changed its input x in place",),
            ),
            TestResult(
                name="random batches",
                is_public=False,
                verdict=Verdict.WRONG,
                marks=F(4, 3),
                out_of=F(2),
                inputs={"x": pack(HIDDEN_ARRAY), "eps": Scalar(HIDDEN_FLOAT)},
                printed=f"x is {HIDDEN_ARRAY} and eps {HIDDEN_FLOAT}",
                cases=12,
                cases_passed=3,
                outputs=(
                    OutputResult(
                        name="dx",
                        marks=F(0),
                        out_of=F(2, 3),
                        sentence="You kept μ and σ² fixed. Both are functions of x, so x reaches y "
                        "along three paths.",
                        misconception="statistics held constant",
                        comparison=Comparison(
                            stage=Stage.VALUES,
                            error=0.3123,
                            bound=1e-8,
                            worst=(1, 0),
                            bad=4,
                            size=4,
                        ),
                        error_map=classes(np.array([[2, 1], [2, 3]])),
                        got=pack(HIDDEN_ARRAY * 2),
                        expected=pack(HIDDEN_ARRAY),
                    ),
                ),
            ),
            TestResult(
                name="variance of the order of eps",
                is_public=False,
                verdict=Verdict.PASSED,
                marks=F(0),
                out_of=F(0),
                cases=1,
                cases_passed=1,
            ),
        ),
        remarks=("it changed its input x in place",),
    )


def scaled():
    return PartResult(
        id="batch-norm/scale",
        number="1.2",
        title="Weights scaled by α",
        kind="computed",
        verdict=Verdict.WRONG,
        marks=F(1),
        out_of=F(2),
        sentence="factor_W: it is the inverse. The norm divides the scale out again, so a larger W "
        "gets a smaller gradient.",
        has_inputs=True,
        readings=(
            Reading(
                label="factor_W",
                typed="alpha * W^T",
                place=place("answers.yaml", 4),
                read_as="α · W⊤",
                mathml=MATHML,
                warnings=("1/2x was read as (1/2)·x",),
            ),
            Reading(label="factor_other", typed="1", place=place("answers.yaml", 5), read_as="1"),
        ),
        lost=(
            LostMark(
                marks=F(1),
                sentence="factor_W: it is the inverse. The norm divides the scale out again, so a "
                "larger W gets a smaller gradient.",
                test="random factors",
                output="factor_W",
            ),
        ),
        tests=(
            TestResult(
                name="random factors",
                is_public=True,
                verdict=Verdict.WRONG,
                marks=F(1),
                out_of=F(2),
                inputs={"alpha": Scalar(3.0)},
                cases=2,
                outputs=(
                    OutputResult(
                        name="factor_W",
                        marks=F(0),
                        out_of=F(1),
                        misconception="proportional",
                        sentence="factor_W: it is the inverse. The norm divides the scale out "
                        "again, so a larger W gets a smaller gradient.",
                        comparison=Comparison(stage=Stage.VALUES, error=8.0, bound=1e-8, bad=1),
                        got=Scalar(3.0),
                        expected=Scalar(1 / 3),
                    ),
                ),
            ),
        ),
    )


def prose():
    return PartResult(
        id="batch-norm/why",
        number="1.1",
        title="Why a larger learning rate works",
        kind="text",
        verdict=Verdict.NEEDS_MARKING,
        marks=F(0),
        out_of=F(2),
        pending=F(2),
        sentence="a person will mark this text",
        readings=(
            Reading(
                label="",
                typed="The inputs of each layer stay in a fixed range.\n\nSo gradients neither "
                "explode nor vanish, and a larger step is stable.",
                place=place("answers.yaml", 2),
            ),
        ),
        rubric=("fixed range of each layer's input", "insensitive to the scale of weights"),
    )


def claims():
    return PartResult(
        id="batch-norm/noise",
        number="1.3",
        title="Larger batches",
        kind="choice",
        verdict=Verdict.PASSED,
        marks=F(1),
        out_of=F(1),
        readings=(
            Reading(label="a", typed="false", place=place("answers.yaml", 8)),
            Reading(label="b", typed="true", place=place("answers.yaml", 9)),
        ),
    )


def hidden_number():
    told = "depthwise: the biases are missing, one for each channel"
    return PartResult(
        id="mobilenet-parameters/v1",
        number="5.1",
        title="Depthwise separable",
        kind="computed",
        verdict=Verdict.WRONG,
        marks=F(1),
        out_of=F(3),
        sentence=f"total: your value is {HIDDEN_SMALL - 522} below the right one",
        readings=(
            Reading(label="depthwise", typed="27", place=place("answers.yaml", 12)),
            Reading(label="pointwise", typed="512", place=place("answers.yaml", 13)),
            Reading(label="total", typed="522", place=place("answers.yaml", 14)),
        ),
        lost=(
            LostMark(marks=F(1), sentence=told, test="counts", output="depthwise"),
            LostMark(
                marks=F(1),
                sentence=f"total: error {20 / HIDDEN_SMALL:.4f}, ratio {522 / HIDDEN_SMALL:.6f}",
                test="counts",
                output="total",
            ),
        ),
        tests=(
            TestResult(
                name="counts",
                is_public=False,
                verdict=Verdict.WRONG,
                marks=F(1),
                out_of=F(3),
                sentence=told,
                cases=1,
                outputs=(
                    OutputResult(
                        name="depthwise",
                        marks=F(0),
                        out_of=F(1),
                        sentence=told,
                        misconception="no biases",
                        comparison=Comparison(stage=Stage.VALUES, error=0.1, sentence="3 below"),
                        got=Scalar(27),
                        expected=Scalar(30),
                    ),
                    OutputResult(
                        name="total",
                        marks=F(0),
                        out_of=F(1),
                        sentence=f"total: error {20 / HIDDEN_SMALL:.4f}",
                        comparison=Comparison(
                            stage=Stage.VALUES, error=20 / HIDDEN_SMALL, sentence="20 too small"
                        ),
                        diagnosis=Diagnosis(kind="difference", sentence="differs by 20", hint="20"),
                        error_map=classes(np.array([2])),
                        got=Scalar(522),
                        expected=Scalar(HIDDEN_SMALL),
                    ),
                ),
            ),
        ),
    )


def array_part(name, number, title, found, sentence, output):
    return PartResult(
        id=f"mobilenet-parameters/{name}",
        number=number,
        title=title,
        kind="computed",
        verdict=Verdict.WRONG,
        marks=F(0),
        out_of=F(1),
        sentence=sentence,
        has_inputs=True,
        readings=(Reading(label="", typed=name, place=place("mobilenet.py", 30)),),
        lost=(LostMark(marks=F(1), sentence=sentence, test="random images", output=output),),
        tests=(
            TestResult(
                name="random images",
                is_public=False,
                verdict=Verdict.WRONG,
                marks=F(0),
                out_of=F(1),
                inputs={"x": pack(HIDDEN_ARRAY)},
                cases=3,
                outputs=(
                    OutputResult(
                        name=output,
                        marks=F(0),
                        out_of=F(1),
                        sentence=sentence,
                        comparison=Comparison(
                            stage=Stage.VALUES,
                            error=0.412,
                            bound=1e-8,
                            worst=(0,) * len(found.shape),
                            bad=int(np.count_nonzero(np.frombuffer(found.classes, np.uint8))),
                            size=len(found.classes),
                        ),
                        error_map=found,
                        got=pack(HIDDEN_ARRAY),
                        expected=pack(HIDDEN_ARRAY),
                    ),
                ),
            ),
        ),
    )


def four_axes():
    found = np.zeros((2, 3, 8, 8), np.uint8)
    found[..., 0, :] = found[..., -1, :] = found[..., 0] = found[..., -1] = 1
    found[1, 2, 0, 0] = 3
    return classes(found)


def ended(name, number, title, verdict, sentence, **fields):
    marks = F(0)
    is_open = verdict in (Verdict.UNREADABLE, Verdict.NEEDS_MARKING, Verdict.FAILED_TO_GRADE)
    return PartResult(
        id=f"residual-mlp/{name}",
        number=number,
        title=title,
        kind="computed",
        verdict=verdict,
        marks=marks,
        out_of=F(1),
        pending=F(1) if is_open else F(0),
        sentence=sentence,
        has_inputs=True,
        lost=() if is_open else (LostMark(marks=F(1), sentence=sentence),),
        **fields,
    )


def one_test(verdict, sentence, **fields):
    return (
        TestResult(
            name="random inputs",
            is_public=False,
            verdict=verdict,
            marks=F(0),
            out_of=F(1),
            sentence=sentence,
            cases=5,
            **fields,
        ),
    )


def residual_parts():
    boom = f"ValueError: x was {HIDDEN_FLOAT}, not {HIDDEN_INTEGER}"
    long = np.zeros(90, np.uint8)
    long[40] = 2
    return (
        PartResult(
            id="residual-mlp/gradient",
            number="6.1",
            title="Gradient of the block",
            kind="computed",
            verdict=Verdict.PASSED,
            marks=F(1),
            out_of=F(1),
            has_inputs=True,
            readings=(
                Reading(
                    label="",
                    typed="g + ((g @ w2.T) * act'(z1)) @ w1.T",
                    place=place("answers.yaml", 20),
                    mathml="<math><mi>g</mi><mo>+</mo><mrow><mo>(</mo><mi>g</mi><msup><mi>w</mi>"
                    "<mo>⊤</mo></msup><mo>)</mo></mrow></math>",
                ),
            ),
            tests=(
                TestResult(
                    name="rows",
                    is_public=False,
                    verdict=Verdict.PASSED,
                    marks=F(1),
                    out_of=F(1),
                    cases=5,
                    cases_passed=5,
                    outputs=(OutputResult(name="y", marks=F(1), out_of=F(1)),),
                ),
            ),
        ),
        ended(
            "unread",
            "6.2",
            "Second derivative",
            Verdict.UNREADABLE,
            "a bracket is opened here and never closed",
            readings=(
                Reading(
                    label="",
                    typed="(r_1 + (d_1 - 1)*(r_1 - 1)",
                    place=place("answers.yaml", 24),
                    error="a bracket is opened here and never closed",
                    position=0,
                ),
            ),
        ),
        ended(
            "raised",
            "6.3",
            "Forward pass",
            Verdict.RAISED,
            boom,
            tests=one_test(
                Verdict.RAISED,
                boom,
                inputs={"x": Many((Scalar(HIDDEN_FLOAT), Scalar(HIDDEN_INTEGER)))},
                traceback=("residual.py, line 41, in forward", "    raise ValueError(message)"),
                printed="about to raise",
            ),
        ),
        ended("slow", "6.4", "Loop", Verdict.TIMED_OUT, "it used up its 10 s"),
        ended("hungry", "6.5", "Memory", Verdict.OUT_OF_MEMORY, "it asked for more than 1 GiB"),
        ended("absent", "6.6", "Not handed in", Verdict.MISSING, "nothing was handed in for this"),
        ended("ours", "6.7", "Our failure", Verdict.FAILED_TO_GRADE, "the grader failed here"),
        ended(
            "low",
            "6.8",
            "Precision",
            Verdict.WRONG,
            "one position of a long row is off",
            tests=(
                *one_test(
                    Verdict.WRONG,
                    "one position of a long row is off",
                    outputs=(
                        OutputResult(
                            name="y",
                            marks=F(0),
                            out_of=F(1),
                            sentence="one position of a long row is off",
                            error_map=classes(long),
                            comparison=Comparison(
                                stage=Stage.VALUES,
                                error=2e-4,
                                bound=1e-8,
                                worst=(40,),
                                bad=1,
                                size=90,
                            ),
                        ),
                    ),
                ),
                TestResult(
                    name="after two timeouts",
                    is_public=True,
                    verdict=Verdict.SKIPPED,
                    marks=F(0),
                    out_of=F(0),
                    sentence="skipped after two timeouts",
                ),
                TestResult(
                    name="a strange value",
                    is_public=True,
                    verdict=Verdict.WRONG,
                    marks=F(0),
                    out_of=F(0),
                    outputs=(
                        OutputResult(
                            name="y",
                            marks=F(0),
                            out_of=F(0),
                            sentence="returned a generator, which is no value",
                            comparison=Comparison(stage=Stage.TYPE),
                            got=Unusable("a generator"),
                            expected=pack(np.arange(24.0).reshape(2, 3, 4)),
                        ),
                    ),
                ),
            ),
        ),
    )


@cache
def report():
    """A report with every verdict, kind of answer and kind of error map."""
    return Report(
        student="alice",
        assignment="homework-2",
        title="Deep learning, homework 2",
        walls=Walls.REDUCED,
        walls_note="Landlock and seccomp held the code in; bubblewrap is not available here",
        grader="0.1.0",
        problems=(
            ProblemResult(
                slug="batch-norm",
                title="Batch normalisation",
                parts=(prose(), scaled(), claims(), wrong_backward()),
            ),
            ProblemResult(
                slug="mobilenet-parameters",
                title="Parameters of MobileNet blocks",
                parts=(
                    hidden_number(),
                    array_part(
                        "pool",
                        "5.2",
                        "Gradient through max pooling",
                        winners(6, 6),
                        "dP: the gradient goes to the wrong element of each window",
                        "dP",
                    ),
                    array_part(
                        "same",
                        "5.3",
                        "A convolution with padding",
                        four_axes(),
                        "y: only the border is off; padding puts zeros around the input",
                        "y",
                    ),
                ),
            ),
            ProblemResult(slug="residual-mlp", title="A residual block", parts=residual_parts()),
        ),
        notes=("notes.txt was not read: it is a link that leaves the submission",),
    )
