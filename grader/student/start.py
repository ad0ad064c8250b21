"""The first lines of a server's interpreter: what can be imported, and nothing else.

Run as a script, without `site`, so that the import path is the standard library; packages come by
name from a list. Imports only the standard library before the list is in place. Its one
argument is a JSON object: `packages` (per name the folder that holds it) and what `serve` takes.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType


class Packages:
    """Finds the packages of the list, each in its own folder, and no others."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        self._folders = folders

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The protocol of `sys.meta_path`; submodules are found by the package's own path."""
        folder = self._folders.get(name)
        if path is not None or folder is None:
            return None
        return PathFinder.find_spec(name, [folder], target)


def main(settings: str) -> None:
    """Serve until the judge closes the control stream."""
    given = json.loads(settings)
    # After each fork libraries would renew locks, which nobody holds where one thread runs, and
    # seed random numbers, which each case does itself: time and memory of a child for nothing.
    os.register_at_fork = lambda **_: None
    sys.meta_path.append(Packages(given["packages"]))
    from grader.student.server import serve

    serve(
        given["control"],
        scratch=given["scratch"],
        preload=given["preload"],
        readable=given["readable"],
    )
    os._exit(0)  # to take everything down first would keep the judge waiting


if __name__ == "__main__":
    main(sys.argv[1])
