"""Diagnosing what students really write: right, or silent, but never wrong."""

from collections import Counter

import numpy as np
import pytest

from grader.compare import scale_of
from grader.diagnose import FailedCase, diagnose

from .wrong_solutions import WRONG


def diagnosed(name, seed=0):
    problem, wrong, _ = WRONG[name]
    rng = np.random.default_rng(seed)
    inputs = [problem.inputs(rng, case) for case in range(3)]
    truths = [problem.truth(**values) for values in inputs]
    with np.errstate(all="ignore"):
        actuals = [wrong(**values) for values in inputs]
    failed = [
        FailedCase(actual=a, expected=t, inputs=i, scale=scale_of(t, tuple(i.values())))
        for a, t, i in zip(actuals, truths, inputs, strict=True)
    ]
    return diagnose(failed, signature=problem.signature, output=0, bound=1e-8)


def judged(name, seed):
    found, right = diagnosed(name, seed), WRONG[name][2]
    if found is None:
        return "silent"
    return "right" if found.kind in right else f"wrong: {found.kind}"


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_solution_is_diagnosed_rightly_or_not_at_all(name):
    for seed in range(3):
        assert judged(name, seed) in {"right", "silent"}


def test_most_wrong_solutions_are_diagnosed():
    counts = Counter(judged(name, 0) for name in WRONG)
    assert counts == {"right": 68, "silent": 7}
