"""What a solution file declares, as frozen records."""

import inspect
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import msgspec

from grader.authoring.editing import Function


class Test(msgspec.Struct, frozen=True, kw_only=True):
    """A named, weighted group of cases.

    Attributes:
        form: which of the signature's alternative shapes the cases have.
        overrides: per size or input, what replaces the drawing from its domain (see `draw`).
    """

    name: str
    cases: int = 3
    weight: Fraction = Fraction(1)
    form: int = 0
    overrides: dict[str, Any] = {}


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """A misconception: a wrong reference, what a tutor would say, what share of marks it keeps."""

    name: str
    say: str
    function: Function
    share: Fraction = Fraction(0)


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """A claim's key, what to say to who got it wrong, and the experiment that decides it."""

    id: str
    truth: bool
    run: Function
    say: str = ""


class CarryRule(msgspec.Struct, frozen=True, kw_only=True):
    """An output that is also judged against the student's own other outputs.

    Attributes:
        rule: a formula in the other outputs, or a function of inputs and other outputs by name.
    """

    output: str
    rule: str | Function
    say: str

    @property
    def takes(self) -> tuple[str, ...]:
        """The inputs and outputs that the function takes; none of a formula."""
        return () if isinstance(self.rule, str) else tuple(inspect.signature(self.rule).parameters)

    def carried(self, known: Mapping[str, Any]) -> Any:
        """What the output would be, by the function, from inputs and other outputs by name."""
        assert not isinstance(self.rule, str)
        return self.rule(**{name: known[name] for name in self.takes})
