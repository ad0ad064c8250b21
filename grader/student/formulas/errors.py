"""The one exception of the formula language, and the limits that keep every input harmless.

Knows nothing of what a formula is for.
"""

from collections.abc import Sequence

MAX_CHARACTERS = 4_000
MAX_TOKENS = 1_500
MAX_DEPTH = 60  # brackets, signs and towers of powers inside each other
MAX_TREE_DEPTH = 150
MAX_NODES = 3_000
MAX_DIGITS = 40  # of one number as typed
MAX_EXPONENT = 200
MAX_TERMS = 10_000  # of one sum or product
MAX_STEPS = 200_000  # of one evaluation; a long number costs more than one step
MAX_MAGNITUDE = 10**60
MAX_BITS = 16_384  # of numerator and denominator together
MAX_ELEMENTS = 1_000_000  # of one intermediate array
MAX_WORK = 50_000_000  # elements that all sums of one indexed formula compute together


class Budget:
    """What evaluations may still take together.

    Attributes:
        steps: of formulas in numbers.
        work: elements that the sums of indexed formulas compute.
    """

    def __init__(self, evaluations: int = 1) -> None:
        self.steps, self.work = evaluations * MAX_STEPS, evaluations * MAX_WORK

    @property
    def is_spent(self) -> bool:
        """Whether an evaluation was refused because nothing was left."""
        return min(self.steps, self.work) < 0


class FormulaError(Exception):
    """A text that can not be read, or a formula that has no value.

    Attributes:
        sentence: for the student: what was found and what could stand there.
        position: the character of the text that it is about, counted from 0.
    """

    def __init__(self, sentence: str, position: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.position = position


def listed(words: Sequence[str], last: str = "and") -> str:
    """Join words as in a sentence: "i, j and l"."""
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def shorten(text: str, length: int = 60) -> str:
    """At most `length` characters of a text, for a message of one line."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
