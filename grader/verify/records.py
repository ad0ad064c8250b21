"""What a proof finds, as data. Knows nothing of how it is found or shown."""

from fractions import Fraction
from math import inf, log10
from typing import Literal

from grader.model import Record

CHECKS = {
    "oracle": "the reference agrees with a second truth",
    "trivial": "answers without thought earn nothing",
    "accepted": "right answers of another kind earn everything",
    "misconceptions": "each is wrong, recognised as itself, and has a sentence",
    "tests": "each test is failed by something",
    "margin": "correct code and the nearest mistake lie on either side of the tolerance",
    "leaks": "statements and sentences give nothing away",
    "time": "the reference is far inside the time limit",
    "seeds": "all of this holds for other random cases as well",
    "mutants": "small changes of the reference are noticed",
}
Check = str


class Asked(Record, frozen=True, kw_only=True):
    """What a proof is to look at.

    Attributes:
        checks: names of `CHECKS`.
        seeds: how many draws of the random cases are looked at.
        mutants: how many mutants of a part are tried; 0 for all of them.
    """

    checks: frozenset[Check] = frozenset(CHECKS)
    seeds: int = 20
    mutants: int = 12


class Finding(Record, frozen=True, kw_only=True):
    """Something that a check has to say; a note costs nothing, a fault breaks the proof."""

    check: Check
    sentence: str
    is_fault: bool = True


class WrongProof(Record, frozen=True, kw_only=True):
    """What became of one misconception.

    Attributes:
        error: how wrong it is where it is most wrong; infinite where exact values differ.
        recognised_as: the name under which it is recognised, or "".
    """

    name: str
    error: float
    recognised_as: str

    @property
    def is_recognised(self) -> bool:
        """Whether it is recognised as itself."""
        return self.recognised_as == self.name


class Mutants(Record, frozen=True, kw_only=True):
    """What became of the mutants of a reference.

    Attributes:
        possible: how many there are; those that were tried add up from the others.
        equivalent: those that are listed with a reason and equal on many further cases.
        alive: what the others change.
    """

    possible: int = 0
    killed: int = 0
    equivalent: int = 0
    alive: tuple[str, ...] = ()


class PartProof(Record, frozen=True, kw_only=True):
    """What the checks found of one part.

    Attributes:
        chance: the share of the marks that is earned without knowing anything: by guessing claims,
            or by the best constant.
        noise: the largest error of correct code in float64.
        noise32: that of the reference in float32.
        tests: how many tests there are, and `cases` in all of them.
        accepted: right answers of another kind that earned everything, of `accepted_of`.
        is_broken: it could not be looked into, for the reason that is found.
    """

    id: str
    kind: Literal["computed", "choice", "text"]
    marks: Fraction
    seconds: float = 0.0
    tests: int = 0
    cases: int = 0
    has_oracle: bool = False
    oracle_error: float = 0.0
    noise: float = 0.0
    noise32: float = 0.0
    tolerance: float = 0.0
    accepted: int = 0
    accepted_of: int = 0
    wrongs: tuple[WrongProof, ...] = ()
    mutants: Mutants = Mutants()
    chance: Fraction = Fraction(0)
    seeds: int = 1
    is_broken: bool = False
    findings: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        """The part's name inside its problem."""
        return self.id.partition("/")[2]

    @property
    def nearest(self) -> float:
        """How wrong the least wrong misconception is; infinite where there is none."""
        return min((wrong.error for wrong in self.wrongs), default=inf)

    @property
    def decades(self) -> float:
        """How far the nearest misconception lies above the tolerance, in powers of ten."""
        return log10(self.nearest / self.tolerance) if 0 < self.nearest < inf else inf

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What breaks the proof."""
        return tuple(finding for finding in self.findings if finding.is_fault)


class ProblemProof(Record, frozen=True, kw_only=True):
    """What the checks found of one problem.

    Attributes:
        lines: of code and text in the problem's two files, blank lines left out.
        findings: about the problem as a whole; one that can not be loaded has no parts.
    """

    slug: str
    title: str
    parts: tuple[PartProof, ...] = ()
    lines: int = 0
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()

    @property
    def is_proven(self) -> bool:
        """Whether no check found a fault."""
        own = any(finding.is_fault for finding in self.findings)
        return not own and not any(part.faults for part in self.parts)
