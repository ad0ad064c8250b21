import pytest

from tests.batch.classes import run, write_class


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A graded class of six, to be copied by tests that change it."""
    root = write_class(tmp_path_factory.mktemp("template"), 6)
    run(root, "submissions", check=0)
    return root
