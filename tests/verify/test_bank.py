"""The whole bank is proven: on one draw with a few mutants here, with all of it in the sweep."""

from pathlib import Path

import pytest

from grader.course import find_course
from grader.verify import Asked, prove

ROOT = Path(__file__).parents[2]
SLUGS = sorted(path.parent.name for path in ROOT.glob("problems/*/problem.yaml"))


def faults(slug, asked):
    course = find_course(given=ROOT, near=ROOT)
    files = [(course.problem_file(slug), course.solution_file(slug))]
    (proof,) = prove(files, asked, processes=1, progress=lambda _: None)
    own = [finding.sentence for finding in proof.findings if finding.is_fault]
    return own + [f"{p.name}: {f.check}: {f.sentence}" for p in proof.parts for f in p.faults]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_problem_of_the_bank_is_proven(slug):
    assert faults(slug, Asked(seeds=1, mutants=4)) == []


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_a_problem_is_proven_on_twenty_draws_and_with_all_mutants(slug):
    assert faults(slug, Asked(mutants=0)) == []
