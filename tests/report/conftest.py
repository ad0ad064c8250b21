"""One written sample report and one browser, for all tests that only look."""

import os

import pytest
from playwright.sync_api import sync_playwright

from grader.report import write_report
from tests.report import samples

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-dev-shm-usage", "--disable-extensions"),
]


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The folder of the sample report."""
    folder = tmp_path_factory.mktemp("reports") / "homework-2" / "alice"
    write_report(samples.report(), problems=samples.problems(), folder=folder)
    return folder


@pytest.fixture(scope="session")
def browser():
    """One browser for each worker."""
    if not os.path.exists(CHROMIUM):  # noqa: PTH110  # a path of the system
        pytest.fail(f"{CHROMIUM} is missing; run `sh .ci/system-packages`")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()
