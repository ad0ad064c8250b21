"""What the references expect: computed once per problem, kept on disk by content.

Runs references, oracles, misconceptions and experiments on drawn cases, and stores the results as
plain data, so that a later run needs neither torch nor the solution's code. Knows nothing of
submissions.
"""

from grader.expected.binding import bind_outputs, inputs_by_name
from grader.expected.cache import expected_for
from grader.expected.compute import compute_expected
from grader.expected.leaks import Secrets, public_texts
from grader.expected.patience import OutOfTimeError, bounded
from grader.expected.public import GRADIENTS, public_part, tried_part
from grader.expected.solutions import PartCode, carried, is_valid, load_solution

__all__ = [
    "GRADIENTS",
    "OutOfTimeError",
    "PartCode",
    "Secrets",
    "bind_outputs",
    "bounded",
    "carried",
    "compute_expected",
    "expected_for",
    "inputs_by_name",
    "is_valid",
    "load_solution",
    "public_part",
    "public_texts",
    "tried_part",
]
