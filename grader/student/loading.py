"""Loads students' files as modules: from their bytes, with an import rule.

Of a file, or of a notebook's cells, only the definitions are run that the wanted
names need, and the whole of it where that does not do. A package that a part does not allow is
stood in for while a file loads, so that an import which nothing needs costs nothing; using it is
refused with a sentence. This is a courtesy and no wall: what must not be read is not there.
"""

import ast
import builtins
import contextlib
import importlib.util
import re
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any, Self

from grader.student.excerpts import compiled, excerpt
from grader.student.inert import is_inert
from grader.student.siblings import ROOT, Loader, Siblings, private_name
from grader.student.standins import ImportRefusedError, StandIn, shim, shim_remark
from grader.student.trees import lines_in_try, source_line, trees_of

_CERTAIN = (OSError, SyntaxError, MemoryError, RecursionError, SystemExit)
_MAKES_NAMES = re.compile(
    rb"\b(?:globals|locals|vars|exec|eval|setattr)\(|__dict__|sys\.modules|import \*"
)


class StudentFiles:
    """The Python files and notebooks of one submission as importable modules.

    Attributes:
        sources: per path inside the submission its bytes, and per cell of a loaded notebook those
            of the cell.
        folder: where the files lie, for `__file__`.
        unneeded: packages that were stood in for while loading.
        supplied: names that libraries no longer have and that were supplied, a sentence each.
        is_whole: whether the last file was run as a whole.
        is_lenient: whether arrays of one element are taken as numbers in what is loaded next.
    """

    def __init__(self, sources: Mapping[str, bytes], folder: str) -> None:
        self.sources, self.folder = dict(sources), folder
        self.unneeded: dict[str, None] = {}
        self.supplied: dict[str, None] = {}
        self.is_whole = True
        self.is_lenient = False
        self._allowed: frozenset[str] = frozenset()
        self._wanted: tuple[str, ...] = ()
        self._is_loading = False
        self._siblings = Siblings(self.sources, self.execute)
        self._guarded: dict[str, frozenset[int]] = {}
        self._codes: dict[str, CodeType] = {}
        self._import, self._find_spec = builtins.__import__, importlib.util.find_spec

    def __enter__(self) -> Self:
        builtins.__import__ = self._checked_import
        importlib.util.find_spec = self._checked_find_spec
        sys.meta_path.append(self._siblings)
        return self

    def __exit__(self, *error: object) -> None:
        self._forget()
        sys.meta_path.remove(self._siblings)
        builtins.__import__ = self._import
        importlib.util.find_spec = self._find_spec

    def load(self, path: str, allowed: frozenset[str], names: tuple[str, ...] = ()) -> ModuleType:
        """Execute a file and return its module; siblings beside it can be imported.

        Args:
            path: the file inside the submission.
            allowed: the packages that may be used beside the standard library.
            names: what is wanted of it; without any, the whole file is run.
        """
        if not names:
            return self._load(path, allowed, ())
        self._wanted = names
        try:
            module = self._load(path, allowed, names)
        except ImportError as error:
            return self._in_package(path, names, error)
        except _CERTAIN:
            raise  # nothing that was left out could help
        except BaseException as error:  # noqa: BLE001  # a file may end in any way when it is loaded
            return self._whole(path, names, error)
        return module if _has_all(module, names) else self._whole(path, names, None)

    def _whole(
        self, path: str, names: tuple[str, ...], trouble: BaseException | None
    ) -> ModuleType:
        """A file of which all is run, or the trouble that its needed definitions made."""
        try:
            module = self._load(path, self._allowed, ())
        except BaseException as error:  # noqa: BLE001  # as above
            raise (trouble or error) from None
        if trouble is not None and not _has_all(module, names):
            raise trouble from None  # it stands in what the answer needs
        return module

    def _in_package(self, path: str, names: tuple[str, ...], trouble: ImportError) -> ModuleType:
        """A file that its own packages import, loaded by way of these as Python does it."""
        if f"{path.rpartition('/')[0]}/__init__.py" not in self.sources:
            raise trouble
        self._forget()
        self.is_whole = True
        with contextlib.suppress(Exception):  # then the first trouble is what there is to say
            module = importlib.import_module(private_name(path))
            if _has_all(module, names):
                return module
        raise trouble from None

    def makes_names(self, path: str) -> bool:
        """Whether a file may give names a meaning in ways that only running it shows."""
        return _MAKES_NAMES.search(self.sources.get(path, b"")) is not None

    def _load(self, path: str, allowed: frozenset[str], names: tuple[str, ...]) -> ModuleType:
        self._forget()
        self._allowed, self.is_whole = allowed, not names
        self._siblings.main = path
        name = private_name(path)
        spec = self._siblings.spec(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        self.execute(module, path, names)
        return module

    def execute(self, module: ModuleType, path: str, names: tuple[str, ...] = ()) -> None:
        """Run the code of a file in a module's namespace, or what the names need of it."""
        module.__file__ = f"{self.folder}/{path}"
        if self._has_run(module, path, names):
            return
        found = excerpt(path, self._trees(path), names, self._wanted, is_lenient=self.is_lenient)
        self.supplied.update(dict.fromkeys(found.supplied))
        module.__dict__.update(found.names)
        was_loading, self._is_loading = self._is_loading, True
        try:
            for code in found.codes:
                exec(code, module.__dict__)  # noqa: S102  # running students' code is what this side is for
        finally:
            self._is_loading = was_loading

    def _has_run(self, module: ModuleType, path: str, names: tuple[str, ...]) -> bool:
        """Run a file as it is, if it can be seen quickly that nothing speaks against it."""
        if self.is_lenient or not path.endswith(".py"):
            return False
        with contextlib.suppress(Exception):  # then a closer look finds what is needed, or says why
            if path not in self._codes:  # each part of a problem loads its file anew
                self._codes[path] = compiled(self.sources[path], path)
            if is_inert(self._codes[path], self.sources[path], names):
                exec(self._codes[path], module.__dict__)  # noqa: S102  # as above
                self.is_whole |= bool(names)  # nothing is left out of a sibling anyway
                return True
        return False

    def _trees(self, path: str) -> list[tuple[str, ast.Module]]:
        trees = trees_of(path, self.sources)
        for file, tree in trees:
            self._guarded[file] = self._guarded.get(file, frozenset()) | set(lines_in_try(tree))
        return trees

    def _forget(self) -> None:
        """Drop what was loaded before, so that a part never meets another part's state."""
        self._siblings.forget()
        self.unneeded.clear()
        self.supplied.clear()

    # --- the import rule ------------------------------------------------------------------------

    def _checked_import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002  # the names that Python calls it with
        locals: Mapping[str, Any] | None = None,  # noqa: A002  # as above
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """Python's own import for everybody, but for students' modules and what is not allowed."""
        loader = None if globals is None else globals.get("__loader__")
        if level or type(loader) is not Loader:
            return self._import(name, globals, locals, fromlist or (), level)
        if self._may_import(name):
            return self._namesake(name, fromlist or ()) or self._import(
                name, globals, locals, fromlist or (), level
            )
        frame = sys._getframe(1)  # noqa: SLF001  # the only way to learn where the import stands
        file, line = frame.f_code.co_filename, frame.f_lineno
        top = name.partition(".")[0]
        sentence = self._refusal(top, file, line)
        plain = shim(name, fromlist or (), sentence)
        if plain is not None:
            self.supplied[shim_remark(top)] = None
            return plain
        is_guarded = line in self._guarded.get(file, ())
        if is_guarded or not self._is_loading or fromlist == ("*",):
            raise ImportRefusedError(sentence, name=top)
        self.unneeded[top] = None
        return StandIn(sentence, top, lambda: self._is_loading)

    def _namesake(self, name: str, wanted: Sequence[str]) -> ModuleType | None:
        """The student's file, where a library of that name does not have what is imported."""
        path = self._siblings.place(name) if wanted and name not in self._siblings.loaded else None
        if path is None or path.endswith("/"):
            return None
        with contextlib.suppress(ImportError):
            library = self._import(name, None, None, wanted, 0)
            if all(one == "*" or hasattr(library, one) for one in wanted):
                return None
        private = f"{ROOT}:{path}"
        if private not in sys.modules:
            self._siblings.load(self._siblings.spec(private, path))
        return sys.modules[private]

    def _checked_find_spec(self, name: str, package: str | None = None) -> ModuleSpec | None:
        """`importlib.util.find_spec`, which knows of no package that a student may not import."""
        asking = sys._getframe(1).f_globals.get("__loader__")  # noqa: SLF001  # as above
        if type(asking) is Loader and not self._may_import(name):
            return None
        return self._find_spec(name, package)

    def _may_import(self, name: str) -> bool:
        top = name.partition(".")[0]
        if top in self._allowed or top in sys.stdlib_module_names:
            return True
        if top in self._siblings.loaded:
            return True
        spec = self._siblings.find_spec(top)
        if spec is not None:
            self._siblings.load(spec)
        return spec is not None

    def _refusal(self, top: str, path: str, line: int) -> str:
        shown = source_line(self.sources, path, line)
        allowed = ", ".join([*sorted(self._allowed), "Python's standard library"])
        return (
            f"{top} is not allowed in this part: line {line} of {path}, `{shown}`"
            f" (allowed: {allowed}; no file of the submission is called {top})"
        )


def _has_all(module: ModuleType, names: tuple[str, ...]) -> bool:
    return all(hasattr(module, name) for name in names)
