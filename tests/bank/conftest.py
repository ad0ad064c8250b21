"""What the tests of all problems share: one sandbox, and one bench per problem and process."""

import pytest

from grader.sandbox import Sandbox
from tests.bank.bench import Bench


@pytest.fixture(scope="session")
def sandbox():
    with Sandbox(walls=None) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def bench(request, sandbox):
    """The bench of the problem that the module names in SLUG."""
    return Bench(request.module.SLUG, sandbox, cache=None)
