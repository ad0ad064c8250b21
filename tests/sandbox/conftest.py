"""Warm sandboxes for all tests of a process: with the walls of this machine, and without."""

from collections.abc import Iterator

import pytest

from grader.model import Walls
from grader.sandbox import Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


@pytest.fixture(scope="session")
def bare() -> Iterator[Sandbox]:
    with Sandbox(walls=Walls.NONE) as made:
        yield made
