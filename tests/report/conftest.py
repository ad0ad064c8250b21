"""One written sample report for all tests that only look at it."""

import pytest

from grader.report import write_report
from tests.report import samples


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The folder of the sample report."""
    folder = tmp_path_factory.mktemp("reports") / "homework-2" / "alice"
    write_report(samples.report(), problems=samples.problems(), folder=folder)
    return folder
