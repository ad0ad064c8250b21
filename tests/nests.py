"""Folders in one another, deeper than a path may be long and than Python may recurse."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEEP = 3_000


@contextmanager
def nested(folder: Path) -> Iterator[None]:
    """Lay them below `folder`, and take them away: what cleans up after tests recurses as well."""
    top = folder / "d"
    top.mkdir()
    here = os.open(top, os.O_RDONLY)
    for _ in range(DEEP):
        os.mkdir("d", dir_fd=here)  # by descriptor: no path is so long
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    try:
        yield
    finally:
        subprocess.run(["rm", "-rf", top], check=True)
