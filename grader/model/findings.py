"""What comparing and diagnosing found.

Sentences here never hold an expected value.
"""

import enum

from grader.model.records import Record


class Stage(enum.StrEnum):
    """How far an output got, in the order in which a person debugs."""

    TYPE = "type"
    SHAPE = "shape"
    DTYPE = "dtype"
    NONFINITE = "nan and inf"
    VALUES = "values"
    AGREES = "agrees"


class Comparison(Record, frozen=True, kw_only=True):
    """One output of one case against its expected value.

    Attributes:
        stage: where it failed, or AGREES.
        sentence: what differs, with the statistic that decided; "" when all agrees. It holds no
            expected value.
        error: max|actual − expected| / scale, the statistic tested; 0 for exact matches.
        bound: what `error` may be at most.
        worst: index of the worst element (or () for scalars).
        bad, size: how many elements are outside the bound, of how many.
        is_float32: the bound was widened because the answer is float32.
        squeezed: the shape differs from the expected one by axes of length 1 alone; the values
            were compared without those axes.
        undecided: the answer is float32 and off by no more than float32 may lose in this case,
            which is too much to tell right from wrong: the case judges neither way.
    """

    stage: Stage
    sentence: str = ""
    error: float = 0.0
    bound: float = 0.0
    worst: tuple[int, ...] = ()
    bad: int = 0
    size: int = 1
    is_float32: bool = False
    squeezed: bool = False
    undecided: bool = False

    @property
    def agrees(self) -> bool:
        """Whether nothing is left to complain of but, perhaps, axes of length 1."""
        return self.stage is Stage.AGREES


class Diagnosis(Record, frozen=True, kw_only=True):
    """What the arrays tell about the mistake.

    Attributes:
        kind: a stable short name ("transposed", "constant ratio", "border only", ...).
        sentence: for the student; names the mistake and where it shows, never an expected value.
        hint: what to look for in the code.
        shape: the sentence without places, inputs and factors.
    """

    kind: str
    sentence: str
    hint: str = ""
    shape: str = ""


class ErrorMap(Record, frozen=True, kw_only=True):
    """Which elements are right, at a glance: at most four classes.

    Attributes:
        shape: the shape of the output.
        classes: per element in C order: 0 agrees, 1 slightly off, 2 far off, 3 not finite.
    """

    shape: tuple[int, ...]
    classes: bytes
