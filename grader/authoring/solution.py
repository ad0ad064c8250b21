"""What a solution file declares: reference, oracle, tests, misconceptions, claims.

    part = Solution("batch-norm")["backward"]

    @part.reference
    def bn_backward(dy, x, gamma, eps): ...

    part.test("random batches", cases=12, N=(3, 9))
    part.wrong("raw x in dgamma", ("dy * xh", "dy * x")).say("gamma multiplies xh, not x.")

Only collects; nothing here runs a reference.
"""

import inspect
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import msgspec

from grader.authoring.editing import DeclarationError, Edit, Function, wrong_reference
from grader.authoring.records import CarryRule, Experiment, Test, Wrong
from grader.errors import did_you_mean


class Unsaid:
    """A declaration that waits for the sentence that goes with it."""

    def __init__(self, what: str, add: Callable[[str], None]) -> None:
        self._what, self._add = what, add

    def say(self, sentence: Any) -> None:  # `Any`, as authors slip
        """Say to the student what a good tutor would."""
        if not (isinstance(sentence, str) and sentence.strip()):
            raise DeclarationError(f"{self._what} says {sentence!r}; wanted a sentence")
        self._add(sentence)


class Solution:
    """The private side of one problem: its parts' declarations, by part name."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.parts: dict[str, PartSolution] = {}

    def __getitem__(self, name: str) -> "PartSolution":
        if name not in self.parts:
            self.parts[name] = PartSolution(self, name)
        return self.parts[name]


class PartSolution:
    """The declarations of one part."""

    def __init__(self, solution: Solution, name: str) -> None:
        self.solution = solution
        self.name = name
        self.id = f"{solution.slug}/{name}"
        self.reference_function: Function | None = None
        self.oracle_function: Function | None = None
        self.forward_function: Function | None = None
        self.validator: Function | None = None
        self.tolerance_value = 1e-8
        self.tests: list[Test] = []
        self.wrongs: list[Wrong] = []
        self.accepted: list[tuple[str, Function]] = []
        self.experiments: list[Experiment] = []
        self.carries: list[CarryRule] = []
        self.rubrics: list[str] = []
        self.flags: list[str] = []
        self.equivalents: dict[str, str] = {}
        self.undecorated: list[str] = []  # names whose function has not been given yet
        self.unsaid: list[str] = []  # declarations whose sentence has not been given yet

    @property
    def has_oracle(self) -> bool:
        """Whether there is a second truth."""
        return self.oracle_function is not None or self.forward_function is not None

    # --- truth ----------------------------------------------------------------------------------

    def reference(self, function: Function) -> Function:
        """Declare the executable truth: inputs by the signature's names, outputs in its order.

        Arrays arrive in float64 (or integers), scalars as int, str, bool, or, in a part without
        arrays, as exact fractions.
        """
        self._check_first("reference", self.reference_function, function)
        self.reference_function = function
        return function

    def oracle(self, function: Function) -> Function:
        """Declare an independent truth with the reference's inputs and outputs; may use torch."""
        self._check_first("oracle", self.oracle_function, function)
        self.oracle_function = function
        return function

    def oracle_forward(self, function: Function) -> Function:
        """Declare the forward pass whose autograd gradient in float64 is the oracle.

        Its positional parameters are tensors that require gradients; keyword-only ones are passed
        as they are. The signature's outputs are named `d<parameter>` (or `g<parameter>`); its
        inputs that the forward does not take are the upstream gradients of what it returns.
        """
        self._check_first("oracle_forward", self.forward_function, function)
        self.forward_function = function
        return function

    def special_case(self, general: "PartSolution", **inputs: Any) -> None:
        """Declare this part to be another one at fixed inputs; put it below the other's last line.

        Takes over the other part's reference, oracle, validator, carry rules and misconceptions;
        what only the general part can meet (overlapping windows) is declared below this call.
        """
        if general.reference_function is None:
            raise DeclarationError(f"{self.id}: {general.id} has no reference yet; put it above")

        known = inspect.signature(general.reference_function).parameters
        for name in inputs:
            if name not in known:
                raise DeclarationError(
                    f"{self.id}: {general.id} has no input {name!r}"
                    + (did_you_mean(name, known) or f"; it has {', '.join(known)}")
                )

        def at(function: Function) -> Function:
            return partial(function, **inputs)

        self.reference_function = at(general.reference_function)
        if general.oracle_function is not None:
            self.oracle_function = at(general.oracle_function)
        if general.forward_function is not None:
            self.forward_function = at(general.forward_function)
        if general.validator is not None:
            self.validator = at(general.validator)
        self.carries += general.carries
        self.wrongs += [
            msgspec.structs.replace(wrong, function=at(wrong.function)) for wrong in general.wrongs
        ]

    def accept(self, name: str) -> Callable[[Function], Function]:
        """Declare another right way of answering, which must earn everything."""
        if not isinstance(name, str):
            raise DeclarationError(
                f'{self.id}: an accepted answer has a name; write @part.accept("loops") above it'
            )
        self.undecorated.append(name)

        def add(function: Function) -> Function:
            self.undecorated.remove(name)
            self.accepted.append((name, function))
            return function

        return add

    def valid(self, function: Function) -> Function:
        """Declare a validator for answers that may differ from the reference's (ties).

        It takes the inputs by name and `answer`, a dict of the student's outputs as float64 arrays,
        and returns whether they are right. Only asked where the values differ.
        """
        self._check_first("valid", self.validator, function)
        self.validator = function
        return function

    def tolerance(self, value: float) -> None:
        """Set the error that float64 answers may have; give the reason in a comment."""
        if type(value) not in {int, float} or not 0 <= value < 1:
            raise DeclarationError(
                f"{self.id}: found the tolerance {value!r}; wanted a number from 0 to below 1"
            )
        self.tolerance_value = value

    # --- tests and mistakes ---------------------------------------------------------------------

    def test(
        self, name: str, *, cases: int = 3, weight: float = 1, form: int = 0, **overrides: Any
    ) -> None:
        """Declare a hidden test.

        `overrides` replace the drawing of a size or an input: a number or array is taken as it is,
        `(low, high)` is a range, a list of scalars is gone through case by case, and a function
        gets the value as drawn (further parameters: other inputs by name).
        """
        if any(test.name == name for test in self.tests):
            raise DeclarationError(f"{self.id}: two tests are called {name!r}; give each its name")
        if type(cases) is not int or cases < 1 or not _is_number(weight) or weight < 0:
            raise DeclarationError(
                f"{self.id}: test {name!r} has {cases!r} cases and the weight {weight!r}; wanted "
                "at least one case, and no negative weight"
            )
        for key, value in overrides.items():
            if isinstance(value, tuple) and not (len(value) == 2 and value[0] <= value[1]):  # noqa: PLR2004  # low and high
                raise DeclarationError(
                    f"{self.id}: test {name!r} sets {key} to {value!r}; a range is (low, high)"
                )
        test = Test(name=name, cases=cases, weight=Fraction(weight), form=form, overrides=overrides)
        self.tests.append(test)

    def wrong(
        self,
        name: str,
        how: Edit | list[Edit] | str | dict[str, Any] | Function,
        *,
        share: float = 0,
    ) -> Unsaid:
        """Declare a misconception: `part.wrong(name, how).say(sentence)`.

        `how` makes a wrong reference of the reference: `("old", "new")`, or a list of such edits,
        changes its source where `old` stands exactly once; a text is what it returns instead;
        `{output: value}` replaces outputs; a function stands for itself.
        """
        what = f"the misconception {name!r}"
        if what in self.unsaid or any(wrong.name == name for wrong in self.wrongs):
            raise DeclarationError(f"{self.id}: two misconceptions are called {name!r}")
        if not 0 <= share <= 1:
            raise DeclarationError(
                f"{self.id}: the misconception {name!r} keeps the share {share!r}; wanted 0 to 1"
            )
        function = wrong_reference(self.reference_function, how, f"{self.id}: {what}")
        return self._unsaid(
            what,
            lambda sentence: self.wrongs.append(
                Wrong(name=name, say=sentence, function=function, share=Fraction(share))
            ),
        )

    def carry(self, **rules: str | Function) -> Unsaid:
        """Judge an output also against the student's own others, so that an error costs once.

        A number follows by a formula, `carry(total="a + b").say(…)`; anything else by a function
        whose parameters name inputs and other outputs, `carry(dW=lambda X, dP: …).say(…)`.
        """

        def add(sentence: str) -> None:
            self.carries += [CarryRule(output=k, rule=v, say=sentence) for k, v in rules.items()]

        return self._unsaid(f"the carry rule of {', '.join(rules)}", add)

    def equivalent(self, *mutants: str, because: str) -> None:
        """List mutants of the reference that compute the same, as `verify` prints them, and why."""
        self.equivalents |= dict.fromkeys(mutants, because)

    # --- claims and texts -----------------------------------------------------------------------

    def true(self, claim: str, experiment: Function) -> Unsaid:
        """Declare a claim true (or a right pick), by an experiment that returns whether it holds.

        `.say(sentence)` behind it is for those who think otherwise.
        """
        return self._claim(claim, experiment, truth=True)

    def false(self, claim: str, experiment: Function) -> Unsaid:
        """Declare a claim false (or a wrong pick); as `true`."""
        return self._claim(claim, experiment, truth=False)

    def rubric(self, *sentences: str) -> None:
        """Say to the person who marks a text what a good one says."""
        self.rubrics += sentences

    def red_flags(self, *sentences: str) -> None:
        """Say what the person who marks a text should look out for."""
        self.flags += sentences

    # --------------------------------------------------------------------------------------------

    def _check_first(self, what: str, known: Function | None, function: Any) -> None:
        """A part has one of each; `Any`, as authors slip."""
        if known is not None:
            raise DeclarationError(f"{self.id}: part.{what} stands twice; take one away")
        if not callable(function):
            raise DeclarationError(f"{self.id}: part.{what} has {function!r}; wanted a function")

    def _claim(self, claim: str, experiment: Function, *, truth: bool) -> Unsaid:
        if any(known.id == claim for known in self.experiments):
            raise DeclarationError(f"{self.id}: the claim {claim!r} has two keys; take one away")
        if not callable(experiment):
            raise DeclarationError(
                f"{self.id}: the claim {claim!r} has the experiment {experiment!r}; wanted a "
                "function that returns whether it holds, such as lambda: 3 < 5"
            )
        place = len(self.experiments)
        self.experiments.append(Experiment(id=claim, truth=truth, run=experiment))

        def add(sentence: str) -> None:
            self.experiments[place] = msgspec.structs.replace(self.experiments[place], say=sentence)

        return Unsaid(f"{self.id}: the claim {claim!r}", add)

    def _unsaid(self, what: str, add: Callable[[str], None]) -> Unsaid:
        """A declaration that counts when its sentence is there; until then it is remembered."""
        self.unsaid.append(what)

        def said(sentence: str) -> None:
            if what not in self.unsaid:
                raise DeclarationError(f"{self.id}: {what} has two sentences; write one of them")
            self.unsaid.remove(what)
            add(sentence)

        return Unsaid(f"{self.id}: {what}", said)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Fraction) and not isinstance(value, bool)
