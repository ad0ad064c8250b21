"""All that a diagnosis can say, in one table, so that it can be read, translated and tested.

Per kind stands what the student is told first (the shape of the mistake) and then where to look.
`{what}` and `{factor}` are filled with names of inputs, sizes and axes, with places, or with small
whole factors; never with a value that was expected.
"""

from grader.model import Diagnosis

SENTENCES = {
    # --- NaN and infinity
    "not finite": (
        "NaN or infinity appears where a finite number is due",
        "look for a division by zero, the log of zero or the root of a negative number",
    ),
    "overflow": (
        "NaN or infinity appears where a finite number is due, and {what} is large here",
        "look for an exp that overflows; subtracting the largest value first keeps it in range",
    ),
    # --- nearly right
    "low precision": (
        "the values are right to {what} only",
        "look for a rounding, or for an array that is made with another dtype than float64",
    ),
    "nearly right": (
        "the values are nearly right; what differs is small",
        "a small constant such as eps may be missing or stand in another place",
    ),
    "truncated": ("the values were cut to whole numbers", "look for // or an integer array"),
    # --- one rule for all elements
    "all zeros": ("all values are zero", "is the result ever written?"),
    "constant": (
        "all values are the same, and should differ",
        "something was reduced over all axes, or broadcast",
    ),
    "input returned": ("this is the input {what}, unchanged", "return what the question asks for"),
    "sign": (
        "every value has the wrong sign",
        "look for a minus, or for a difference taken backwards",
    ),
    "ratio": ("every value is {what} times what it should be", "look for a factor of {what}"),
    "ratio unnamed": (
        "all values are off by one factor, the same in all cases",
        "look for a constant factor that is missing, or one too many",
    ),
    "ratio size": (
        "every value is {what} times what it should be",
        "{what} is made of sizes: is a mean taken where a sum is due, or a sum for a mean?",
    ),
    "ratio input": (
        "every value is {what} times what it should be",
        "look at where the input enters",
    ),
    "ratio ddof": (
        "every value is {what} times what it should be",
        "was one subtracted from the count, as for an unbiased variance?",
    ),
    "ratio varies": (
        "in each case all values are off by one factor, which differs from case to case",
        "look for a factor that depends on the inputs: a size, a norm, a scalar",
    ),
    "missing factor": (
        "a factor is missing that equals the input {what}",
        "follow {what} through the chain rule",
    ),
    "extra factor": (
        "every value was multiplied once too often by the input {what}",
        "follow {what} through the chain rule",
    ),
    "constant difference": (
        "every value is off by the same amount, {what}",
        "look for a missing or added constant",
    ),
    "constant unnamed": (
        "every value is off by the same amount",
        "look for a missing or added constant",
    ),
    "difference varies": (
        "in each case all values are off by one amount, which differs from case to case",
        "look at a term that all elements share: a mean, a maximum, a log of a sum",
    ),
    "missing term": (
        "a term is missing that equals the input {what}",
        "follow every path from the input to the output",
    ),
    "extra term": ("the input {what} was added once too often", "follow every path once"),
    "term sign": ("the input {what} enters with the wrong sign", "is it added or subtracted?"),
    "term weight": ("the input {what} enters with the wrong weight", "look at its factor"),
    "change sign": (
        "the change from the input {what} has the wrong sign",
        "is a step taken up the slope, or a difference taken backwards?",
    ),
    "change factor": (
        "the change from the input {what} is {factor} times what it should be",
        "look at the factors of what is added",
    ),
    "square": ("every value is the square of what it should be", "look for a missing root"),
    "root": ("every value is the square root of what it should be", "look for a root too many"),
    "reciprocal": ("every value is 1 over what it should be", "was divided where to multiply?"),
    "exponential": ("every value is exp of what it should be", "is a log missing?"),
    "logarithm": ("every value is the log of what it should be", "is a log too many?"),
    "complement": ("every value is 1 minus what it should be", "which of the two is asked for?"),
    # --- the right values elsewhere
    "transposed": ("the values are right, but the array is transposed", "swap its axes"),
    "permuted": (
        "the values are right, but the axes stand in another order",
        "check their order, and that of every transpose",
    ),
    "reversed": (
        "the values are right, but run backwards along {what}",
        "check the direction, and whether a kernel was flipped",
    ),
    "shifted": (
        "the values are right, but shifted by one along {what}",
        "check the first index, and where padding goes",
    ),
    "reordered": (
        "the values are right, but the slices along {what} stand in another order",
        "check by what they are indexed or sorted",
    ),
    "scrambled": (
        "the same values are all there, but in other places",
        "a reshape reads row by row: is a transpose missing before it?",
    ),
    # --- some elements only
    "one element": ("only one element is wrong, at {what}", "look at what is special about it"),
    "one element each": (
        "in each case only one element is wrong",
        "look at what is special about it: a first or last, a largest, a label",
    ),
    "one slice": ("only index {what} is wrong", "look at what is special about it"),
    "one slice right": (
        "only index {what} is right",
        "what does that index have that the others miss, or what does it not hand on to them?",
    ),
    "labels": (
        "only the elements that the input {what} points at are wrong",
        "look at what is done at the indexed places",
    ),
    "repeated labels": (
        "only what the input {what} points at more than once is wrong",
        "each time must add to it: a[i] += b counts repeated indices once, np.add.at all of them",
    ),
    "one per row": (
        "exactly one element is wrong in each row along {what}",
        "look at the element that an index or a maximum picks",
    ),
    "one per window": (
        "exactly one element is wrong in each window of {what}",
        "look at the element that is picked in each window",
    ),
    "border only": (
        "only the border is wrong; the inside agrees",
        "look at the padding and at the first and last index",
    ),
    "mask missing": (
        "the values are right, but some are left that should have been masked away",
        "where does nothing flow: outside a mask, below zero, behind a maximum?",
    ),
    "masked too much": (
        "the values are right where they are not zero, but too many are zero",
        "look at the mask or the condition, and at what is never written",
    ),
    "zeros only": (
        "the zeros are in the right places, but the other values are wrong",
        "the mask is right: look at what it multiplies",
    ),
    "negative side": (
        "only the elements are wrong for which the input {what} is negative",
        "look at the branch for negative values",
    ),
    "positive side": (
        "only the elements are wrong for which the input {what} is positive",
        "look at the branch for positive values",
    ),
    "absolute value": (
        "the magnitudes are right, but no value is negative",
        "look for an abs or a square",
    ),
    "magnitude only": ("the magnitudes are right, but some signs are not", "was a sign dropped?"),
    # --- one rule for each slice
    "rows equal": (
        "the values do not change along {what}, and should",
        "something was broadcast, or computed once for all",
    ),
    "slice differences": (
        "the error does not change along {what}: each slice is off by an amount of its own",
        "look at a term that does not depend on that index: a mean, a sum, a bias",
    ),
    "slice factors": (
        "along {what} all values are off by one factor, another for each slice",
        "look at a factor that does not depend on that index: a scale, a norm, a deviation",
    ),
    "other axis": (
        "the values are normalised along {what}",
        "over which axis is the sum, the mean or the softmax due?",
    ),
    "total only": (
        "the sum of all values is right, but not how it is spread",
        "was it summed or spread along another axis?",
    ),
    # --- another shape
    "axis summed": ("summed over {what}, which should have been kept", "check the axis of sums"),
    "axis averaged": (
        "averaged over {what}, which should have been kept",
        "check the axis of means",
    ),
    "axis kept": ("summing over {what} of yours would fit", "a sum is missing"),
    "axis kept mean": ("averaging over {what} of yours would fit", "a mean is missing"),
    "wrong axis": (
        "the total is right, but the sum was taken over another axis",
        "check the axis of the sum",
    ),
    "wrong axis mean": (
        "the mean of all is right, but it was taken over another axis",
        "check the axis of the mean",
    ),
    "broadcast": (
        "the right values stand on the diagonal of a square",
        "an array of shape (n, 1) met one of shape (n,): keep both alike",
    ),
    "not cropped": (
        "the right values are there, with more around them",
        "was the padding taken off again? check the first and last index",
    ),
    "cropped": (
        "the values are right, but some are missing at the edge",
        "check the padding, and the first and last index",
    ),
    "reshaped": ("the values are right, but in another shape", "reshape as the signature says"),
}

_SOME = "some values are wrong, and others are right"
_ONE_FACTOR = "all values are off by one factor"
_NOT_FINITE = "NaN or infinity appears where a finite number is due"

# Of the sentences that tell a place, an input or a factor, what is left without these.
WITHOUT_NAMES = {
    **dict.fromkeys(
        (
            *("one element", "one element each", "one slice", "one slice right"),
            *("labels", "repeated labels", "one per row", "one per window", "border only"),
            *("negative side", "positive side"),
        ),
        _SOME,
    ),
    **dict.fromkeys(("ratio", "ratio size", "ratio input", "ratio ddof"), _ONE_FACTOR),
    "overflow": _NOT_FINITE,
    "low precision": "the values are right to a few digits only",
    "input returned": "this is an input, unchanged",
    "missing factor": "a factor is missing",
    "extra factor": "a factor was multiplied in once too often",
    "constant difference": "every value is off by the same amount",
    "missing term": "a term is missing",
    "extra term": "a term was added once too often",
    "term sign": "a term enters with the wrong sign",
    "term weight": "a term enters with the wrong weight",
    "change sign": "a change has the wrong sign",
    "change factor": "a change has the wrong size",
    "reversed": "the values are right, but run backwards",
    "shifted": "the values are right, but shifted by one",
    "reordered": "the values are right, but stand in another order",
    "rows equal": "values are equal that should differ",
    "slice differences": "whole slices are off, each by an amount of its own",
    "slice factors": "whole slices are off, each by a factor of its own",
    "other axis": "the values are normalised along another axis",
    "axis summed": "an axis was summed over that should have been kept",
    "axis averaged": "an axis was averaged over that should have been kept",
    "axis kept": "a sum is missing",
    "axis kept mean": "a mean is missing",
}


def said(kind: str, what: str = "", *, factor: str = "") -> Diagnosis:
    """The diagnosis of that kind, with names, places and factors put in."""
    sentence, hint = (text.format(what=what, factor=factor) for text in SENTENCES[kind])
    return Diagnosis(
        kind=kind, sentence=sentence, hint=hint, shape=WITHOUT_NAMES.get(kind, sentence)
    )
