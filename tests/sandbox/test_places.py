"""Whether another user gets to what a server needs: asked of the permissions, nothing is started."""

import os
from pathlib import Path

import pytest

from grader.sandbox import Sandbox
from grader.sandbox.places import Places, places
from grader.sandbox.servers import NOBODY

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="servers need a fork")


def needed(path: Path) -> Places:
    return Places(interpreter=str(path), packages={}, package_paths=(), trees=(), masked=())


def test_a_folder_that_a_stranger_may_not_enter_is_named(tmp_path: Path) -> None:
    """The owner gets in; for others the first closed folder on the way is the answer."""
    shut = tmp_path / "shut"
    shut.mkdir()
    (shut / "python").touch()
    shut.chmod(0o700)
    found = needed(shut / "python").closed_to(os.getuid() + 1)
    assert found is not None
    assert (shut / "python").is_relative_to(found)
    assert needed(shut / "python").closed_to(os.getuid()) is None


def test_what_everybody_may_read_is_open() -> None:
    """A program of the system is open to any user."""
    assert needed(Path("/bin/sh").resolve()).closed_to(os.getuid() + 1) is None


def test_a_way_that_can_not_work_is_not_tried(sandbox: Sandbox) -> None:
    """Root does not start a server as nobody where nobody could not run it, and says why."""
    closed = places(with_torch=False).closed_to(NOBODY)
    if os.geteuid() != 0 or closed is None:
        pytest.skip("only root gives its identity away, and here it can")
    assert not sandbox.level.way.is_nobody
    assert f"{closed} is closed to other users" in sandbox.level.failures[0]
