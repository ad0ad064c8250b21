"""Finds students' files as modules: by their place in the submission, under private names.

Asked after the standard library and the packages, so that a student's `random.py` shadows nothing.
Knows nothing of what may be imported, nor of how a file is run.
"""

import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import PurePosixPath
from types import ModuleType

from grader.student.trees import place_of

ROOT = "_handed_in"
"""The package under which students' files are loaded, whatever they are called."""


class Siblings:
    """The files of one submission as a finder of `sys.meta_path`.

    Args:
        sources: per path inside the submission its bytes.
        execute: runs a file in a module's namespace.

    Attributes:
        main: the file whose siblings are found.
        loaded: the names of all modules that were found.
    """

    def __init__(
        self, sources: Mapping[str, bytes], execute: Callable[[ModuleType, str], None]
    ) -> None:
        self.main = ""
        self.loaded: set[str] = set()
        self._sources, self._execute = sources, execute

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The protocol of `sys.meta_path`; asked last, after the standard library."""
        del path, target  # names alone decide
        if name == ROOT:
            return self._package(name)
        place = self.place(name)
        if place is None:
            return None
        return self._package(name) if place.endswith("/") else self.spec(name, place)

    def place(self, name: str) -> str | None:
        """The file that a module's name means, or the folder, which ends in a slash."""
        first, *rest = name.split(".")
        if first == ROOT:
            return place_of(rest, (PurePosixPath(),), self._sources)
        return place_of([first, *rest], PurePosixPath(self.main).parents, self._sources)

    def spec(self, name: str, path: str) -> ModuleSpec:
        """How a file is loaded under a name."""
        self.loaded.add(name)
        loader = Loader(self._sources, path, self._execute)
        spec = ModuleSpec(name, loader)  # type: ignore[arg-type]  # a loader by its methods
        if path.endswith("/__init__.py"):
            spec.submodule_search_locations = []
        return spec

    def _package(self, name: str) -> ModuleSpec:
        self.loaded.add(name)
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = []
        return spec

    def load(self, spec: ModuleSpec) -> None:
        """Load a student's file by its plain name, even where a library of ours has that name."""
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        if spec.loader is not None:
            try:
                spec.loader.exec_module(module)
            except BaseException:
                del sys.modules[spec.name]
                self.loaded.discard(spec.name)
                raise

    def forget(self) -> None:
        """Drop all modules that were loaded."""
        for name in self.loaded:
            sys.modules.pop(name, None)
        self.loaded.clear()


class Loader:
    """Loads one file of a submission; the mark by which students' modules are known."""

    def __init__(
        self,
        sources: Mapping[str, bytes],
        path: str,
        execute: Callable[[ModuleType, str], None],
    ) -> None:
        self.path = path
        self._sources, self._execute = sources, execute

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The usual module."""
        del spec
        return None  # the protocol's way to say so

    def exec_module(self, module: ModuleType) -> None:
        """Run the file."""
        self._execute(module, self.path)

    def get_source(self, name: str) -> str:
        """The text, for tracebacks and `inspect`."""
        del name
        return self._sources[self.path].decode(errors="replace")


def private_name(path: str) -> str:
    """The name under which a file is loaded."""
    return f"{ROOT}.{path.rpartition('.')[0].replace('/', '.')}"
