"""Fingerprints: what a mark depends on, and what changed between two of them, in words.

Knows digests; nothing of marks.
"""

import functools
import hashlib
from pathlib import Path

import grader
from grader.gradebook import Fingerprint
from grader.grading import Grading
from grader.submission import Submission

_PACKAGE = Path(grader.__file__).parent
# What decides on marks. Commands, pages and the gradebook may change without a regrade.
_ENGINE = (
    *("errors", "model", "student", "authoring", "compare", "diagnose"),
    *("expected", "sandbox", "submission", "grading"),
)


class Prints:
    """Gives the fingerprint of each submission; what they share is digested once.

    Attributes:
        assignment: the name of the assignment that is graded.
    """

    def __init__(self, grading: Grading) -> None:
        self.assignment = grading.assignment.name
        numbered = grading.assignment.numbered
        listing = "\n".join(
            f"{n.number} {n.part.id} {n.part.marks} {n.part.hints}" for n in numbered
        )
        self._shared = {
            "engine": engine_digest(),
            "assignment": _digest(listing.encode()),
        }
        self._problems = {slug: _digest(p.read_bytes()) for slug, p in grading.public.items()}
        self._solutions = {slug: _digest(p.read_bytes()) for slug, p in grading.private.items()}

    def of(self, submission: Submission | None) -> Fingerprint:
        """The fingerprint of a submission; None stands for one that can not be opened."""
        return Fingerprint(
            submission="" if submission is None else submission.digest,
            problems=self._problems,
            solutions=self._solutions,
            **self._shared,
        )


@functools.cache
def engine_digest() -> str:
    """A digest of the code that decides on marks."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(_PACKAGE.rglob("*.py")):
        name = path.relative_to(_PACKAGE)
        if name.parts[0].removesuffix(".py") in _ENGINE:
            digest.update(f"{name} {path.stat().st_size}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def changes(before: Fingerprint, after: Fingerprint) -> str:
    """What changed, in words: "the submission and the solution of batch-norm"; "" for nothing."""
    found = []
    if before.submission != after.submission:
        found.append("the submission")
    if before.assignment != after.assignment:
        found.append("the list of parts")
    for what, old, new in (
        ("the problem", before.problems, after.problems),
        ("the solution of", before.solutions, after.solutions),
    ):
        found += [f"{what} {slug}" for slug in new if slug in old and old[slug] != new[slug]]
    if before.engine != after.engine:
        found.append("the grader")
    return " and ".join(filter(None, (", ".join(found[:-1]), *found[-1:])))


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
