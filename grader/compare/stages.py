"""Takes a value through the stages in the order in which a person debugs.

Type, shape, dtype, NaN and inf places, values. One statistic decides, and it is the one that is
told. Knows nothing of marks, tests or how a value was obtained.
"""

from collections.abc import Sequence
from math import inf

import numpy as np
from msgspec.structs import replace

from grader.compare.bounds import EXACT_KINDS, EXACTLY, TOLERANCE, Allowed, allowed_for
from grader.compare.measuring import errors, is_finite, is_whole, without_ones
from grader.compare.telling import described, values_off, wrong_dtype, wrong_shape, wrong_type
from grader.errors import GraderError
from grader.model import Comparison, ExpectedOutput, Stage
from grader.student.packing import Numbers, Value, in_floats, numbers, unpack
from grader.student.signature import Variable


def compare(
    *,
    actual: Value,
    expected: ExpectedOutput,
    variable: Variable,
    tolerance: float = TOLERANCE,
    nearest_wrong: float | None = None,
) -> Comparison:
    """Compare one output of one case with the reference's value, or with an alternative to it.

    Args:
        actual: what came back, as `packing.unpack` gives it.
        expected: what the case expects of the output.
        variable: how the signature declares the output.
        tolerance: the error that a float64 answer may have.
        nearest_wrong: the error of the nearest misconception in this case, which limits what a
            float32 answer may have; found from `expected` when it is not given.

    Raises:
        GraderError: the expected value is nothing to compare with.
    """
    truths = map(unpack, (expected.value, *expected.alternatives))
    if variable.type == "str":
        return _compare_texts(actual, tuple(truths))
    found = numbers(actual)
    if found is None or _is_misplaced_truth(found, variable):
        return Comparison(stage=Stage.TYPE, sentence=wrong_type(actual, variable))
    allowed = allowed_for(found, expected, variable, tolerance, nearest_wrong)
    first = None
    for truth in truths:
        wanted = _expected_numbers(truth, variable)
        comparison = _compare(found, wanted, variable, expected.scale, allowed)
        if comparison.agrees:
            return comparison
        first = first or comparison
    assert first is not None
    return first


def counting_against(comparisons: Sequence[Comparison]) -> list[int]:
    """The cases of one output that cost marks, by index.

    Cases that can not judge float32 are left out, unless no case is left that can.
    """
    decided = [c for c in comparisons if not c.undecided]
    return [
        index
        for index, comparison in enumerate(comparisons)
        if not comparison.agrees and not (comparison.undecided and decided)
    ]


def _compare(
    actual: Numbers, truth: Numbers, variable: Variable, scale: float, allowed: Allowed
) -> Comparison:
    """Take the stages after the type, one after the other."""
    squeezed = actual.shape != truth.shape
    if squeezed and without_ones(actual.shape) != without_ones(truth.shape):
        return Comparison(stage=Stage.SHAPE, sentence=wrong_shape(actual, truth, variable))
    if actual.dtype.kind == "c" or (variable.type != "float" and not is_whole(actual)):
        return Comparison(stage=Stage.DTYPE, sentence=wrong_dtype(actual, variable))
    laid = actual.reshape(truth.shape)
    found = errors(actual=laid, expected=truth, scale=scale)
    if found.max(initial=0.0) == inf:
        astray = (found == inf) & ~(is_finite(laid) & is_finite(truth))
        if astray.any():
            return _compare_places(laid, astray, allowed)
    if _is_exact(laid, truth, variable, allowed):
        allowed = EXACTLY
    comparison = _compare_values(found, allowed)
    if comparison.agrees and squeezed:
        sentence = f"the values are right; {wrong_shape(actual, truth, variable)}"
        return replace(comparison, sentence=sentence, squeezed=True)
    return comparison


def _compare_texts(actual: Value, truths: Sequence[Value]) -> Comparison:
    if not isinstance(actual, str):
        return Comparison(stage=Stage.TYPE, sentence=f"found {described(actual)}; wanted a text")
    if actual not in truths:
        return Comparison(stage=Stage.VALUES, sentence="this is another text", error=1.0, bad=1)
    return Comparison(stage=Stage.AGREES)


def _expected_numbers(truth: Value, variable: Variable) -> Numbers:
    found = numbers(truth)
    if found is None:
        raise GraderError(
            f"{variable.name}: found {described(truth)} as the expected value; wanted numbers"
        )
    return found


def _is_misplaced_truth(found: Numbers, variable: Variable) -> bool:
    """Whether a single True or False stands where a number is wanted; masks may be arrays of it."""
    return found.dtype.kind == "b" and variable.is_scalar and variable.type != "bool"


def _is_exact(actual: Numbers, truth: Numbers, variable: Variable, allowed: Allowed) -> bool:
    """Whether numbers must be equal: exact ones on both sides, unless the part sets a tolerance."""
    if variable.type != "float":
        return True
    kinds = actual.dtype.kind, truth.dtype.kind
    return all(kind in EXACT_KINDS for kind in kinds) and allowed.bound <= TOLERANCE


def _compare_places(actual: Numbers, wrong: np.ndarray, allowed: Allowed) -> Comparison:
    """NaN and infinities stand where they are expected, with their sign, and nowhere else."""
    astray = in_floats(actual)[wrong]
    kinds = [name for name, test in (("NaN", np.isnan), ("inf", np.isinf)) if test(astray).any()]
    what = " and ".join(kinds) or "finite where NaN or inf is due"
    bad = int(wrong.sum())
    many = f"{bad} of {wrong.size} values are" if wrong.size > 1 else "the value is"
    return Comparison(
        stage=Stage.NONFINITE,
        sentence=f"{many} {what}",
        error=inf,
        bound=allowed.bound,
        worst=_first(wrong),
        bad=bad,
        size=wrong.size,
        is_float32=bool(allowed.low),
        undecided=allowed.doubt == inf,
    )


def _compare_values(found: np.ndarray, allowed: Allowed) -> Comparison:
    """Judge by the largest error, and tell it."""
    error = float(found.max(initial=0.0))
    agrees = error <= allowed.bound
    undecided = not agrees and error <= allowed.doubt
    bad = 0 if agrees else int((found > allowed.bound).sum())
    worst = () if agrees else _first(found == error)
    return Comparison(
        stage=Stage.AGREES if agrees else Stage.VALUES,
        sentence="" if agrees else values_off(error, bad, found.size, worst, allowed),
        error=error,
        bound=allowed.bound,
        worst=worst,
        bad=bad,
        size=found.size,
        is_float32=bool(allowed.low),
        undecided=undecided,
    )


def _first(where: np.ndarray) -> tuple[int, ...]:
    """The first place that is True, () for a single number."""
    return tuple(int(i) for i in np.unravel_index(int(where.argmax()), where.shape))
