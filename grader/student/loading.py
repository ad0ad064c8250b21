"""Loads students' files as modules: from their bytes, under private names, with an import rule.

Siblings are importable after the standard library and the packages, so that a student's `random.py`
shadows nothing. Of a file, or of a notebook's cells, only the definitions are run that the wanted
names need, and the whole of it where that does not do. A package that a part does not allow is
stood in for while a file loads, so that an import which nothing needs costs nothing; using it is
refused with a sentence. This is a courtesy and no wall: what must not be read is not there.
"""

import ast
import builtins
import importlib.machinery
import importlib.util
import itertools
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any, Self

from grader.student.aliases import Aliases, conversions
from grader.student.listings import parsed_listings
from grader.student.notebooks import Cell, cell_path, code_of, parse_cell, read_cells
from grader.student.slicing import needed_statements
from grader.student.wire import is_document

ROOT = "_handed_in"
"""The package under which students' files are loaded, whatever they are called."""


class ImportRefusedError(ModuleNotFoundError):
    """A package that the part does not allow is imported or used; the text is the sentence."""


class StudentFiles:
    """The Python files and notebooks of one submission as importable modules.

    Attributes:
        sources: per path inside the submission its bytes, and per cell of a loaded notebook those
            of the cell.
        folder: where the files lie, for `__file__`.
        unneeded: packages that were stood in for while loading.
        supplied: names that libraries no longer have and that were supplied, a sentence each.
        is_whole: whether the last file was run as a whole.
    """

    def __init__(self, sources: Mapping[str, bytes], folder: str) -> None:
        self.sources, self.folder = dict(sources), folder
        self.unneeded: dict[str, None] = {}
        self.supplied: dict[str, None] = {}
        self.is_whole = True
        self._allowed: frozenset[str] = frozenset()
        self._beside = PurePosixPath()
        self._is_loading = False
        self._loaded: set[str] = set()
        self._guarded: dict[str, frozenset[int]] = {}
        self._import = builtins.__import__

    def __enter__(self) -> Self:
        builtins.__import__ = self._checked_import
        sys.meta_path.append(self)
        return self

    def __exit__(self, *error: object) -> None:
        self._forget()
        sys.meta_path.remove(self)
        builtins.__import__ = self._import

    def load(self, path: str, allowed: frozenset[str], names: tuple[str, ...] = ()) -> ModuleType:
        """Execute a file and return its module; siblings beside it can be imported.

        Args:
            path: the file inside the submission.
            allowed: the packages that may be used beside the standard library.
            names: what is wanted of it; without any, the whole file is run.
        """
        if not names:
            return self._load(path, allowed, ())
        trouble: BaseException | None = None
        try:
            module = self._load(path, allowed, names)
        except BaseException as error:  # noqa: BLE001  # a file may end in any way when it is loaded
            trouble = error
        else:
            if all(hasattr(module, name) for name in names):
                return module
        try:
            return self._load(path, allowed, ())
        except BaseException:
            if trouble is not None:
                raise trouble from None  # it stands in what the answer needs
            raise

    def _load(self, path: str, allowed: frozenset[str], names: tuple[str, ...]) -> ModuleType:
        self._forget()
        self._allowed, self.is_whole = allowed, not names
        self._beside = PurePosixPath(path).parent
        name = ".".join([ROOT, *PurePosixPath(path).with_suffix("").parts])
        spec = self._spec(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        self.execute(module, path, names)
        return module

    def execute(self, module: ModuleType, path: str, names: tuple[str, ...] = ()) -> None:
        """Run the code of a file in a module's namespace, or what the names need of it."""
        body = [(file, node) for file, tree in self._trees(path) for node in tree.body]
        needed: Sequence[tuple[int, ast.stmt]] = list(enumerate(node for _, node in body))
        if names:
            needed = needed_statements([node for _, node in body], names)
        aliases = Aliases([node for _, node in needed])
        self.supplied.update(dict.fromkeys(aliases.supplied))
        module.__dict__.update(conversions())
        was_loading, self._is_loading = self._is_loading, True
        try:
            for file, group in itertools.groupby(needed, key=lambda one: body[one[0]][0]):
                tree = ast.Module(
                    body=[aliases.rewritten(node) for _, node in group], type_ignores=[]
                )
                # The relative path as file name keeps our folders out of tracebacks.
                code = compile(tree, file, "exec", dont_inherit=True)
                exec(code, module.__dict__)  # noqa: S102  # running students' code is what this side is for
        finally:
            self._is_loading = was_loading

    def _trees(self, path: str) -> list[tuple[str, ast.Module]]:
        """The syntax trees of a file, or of each cell of a notebook, with the names they go by."""
        trees: list[tuple[str, ast.Module]] = []
        if path.endswith(".ipynb"):
            for cell in read_cells(self.sources[path]):
                if cell.kind == "code":
                    trees += self._cell(path, cell)
        elif is_document(path):
            trees += ((path, tree) for tree in parsed_listings(path, self.sources[path]))
        else:
            trees.append((path, ast.parse(self.sources[path], path)))
        for file, tree in trees:
            self._guarded[file] = self._guarded.get(file, frozenset()) | set(_lines_in_try(tree))
        return trees

    def _cell(self, path: str, cell: Cell) -> list[tuple[str, ast.Module]]:
        file = cell_path(path, cell.number)
        self.sources[file] = code_of(cell).encode(errors="replace")
        try:
            return [(file, parse_cell(path, cell))]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return []  # the index names it; the other cells count all the same

    def _forget(self) -> None:
        """Drop what was loaded before, so that a part never meets another part's state."""
        for name in self._loaded:
            sys.modules.pop(name, None)
        self._loaded.clear()
        self.unneeded.clear()
        self.supplied.clear()

    # --- finding siblings -----------------------------------------------------------------------

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The protocol of `sys.meta_path`; asked last, after the standard library."""
        del path, target  # names alone decide
        if name == ROOT:
            return self._package(name)
        parts = name.split(".")
        if parts[0] == ROOT:
            return self._file_or_folder(name, PurePosixPath(*parts[1:]))
        places = dict.fromkeys([self._beside, PurePosixPath()])
        specs = (self._file_or_folder(name, place.joinpath(*parts)) for place in places)
        return next((spec for spec in specs if spec is not None), None)

    def _file_or_folder(self, name: str, place: PurePosixPath) -> ModuleSpec | None:
        for path in (str(place / "__init__.py"), f"{place}.py"):
            if path in self.sources:
                return self._spec(name, path)
        is_folder = any(path.startswith(f"{place}/") for path in self.sources)
        return self._package(name) if is_folder else None

    def _package(self, name: str) -> ModuleSpec:
        self._loaded.add(name)
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = []
        return spec

    def _spec(self, name: str, path: str) -> ModuleSpec:
        self._loaded.add(name)
        spec = ModuleSpec(name, _Loader(self, path), origin=f"{self.folder}/{path}")  # type: ignore[arg-type]  # a loader by its methods
        spec.has_location = True  # sets `__file__`
        if path.endswith("/__init__.py"):
            spec.submodule_search_locations = []
        return spec

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
        if level or type(loader) is not _Loader or self._may_import(name):
            return self._import(name, globals, locals, fromlist or (), level)
        frame = sys._getframe(1)  # noqa: SLF001  # the only way to learn where the import stands
        file, line = frame.f_code.co_filename, frame.f_lineno
        top = name.partition(".")[0]
        sentence = self._refusal(top, file, line)
        is_guarded = line in self._guarded.get(file, ())
        if is_guarded or not self._is_loading or fromlist == ("*",):
            raise ImportRefusedError(sentence, name=top)
        self.unneeded[top] = None
        return _StandIn(sentence, top, lambda: self._is_loading)

    def _may_import(self, name: str) -> bool:
        top = name.partition(".")[0]
        if top in self._allowed or top in sys.stdlib_module_names:
            return True
        if top in self._loaded:
            return True
        spec = self.find_spec(top)
        if spec is not None:
            self._load_sibling(spec)
        return spec is not None

    def _load_sibling(self, spec: ModuleSpec) -> None:
        """Load a student's file by its plain name, even where a library of ours has that name."""
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        if spec.loader is not None:
            try:
                spec.loader.exec_module(module)
            except BaseException:
                del sys.modules[spec.name]
                self._loaded.discard(spec.name)
                raise

    def _refusal(self, top: str, path: str, line: int) -> str:
        shown = source_line(self.sources, path, line)
        allowed = ", ".join([*sorted(self._allowed), "Python's standard library"])
        return (
            f"{top} is not allowed in this part: line {line} of {path}, `{shown}`"
            f" (allowed: {allowed}; no file of the submission is called {top})"
        )


class _Loader:
    """Loads one file of a submission; the mark by which students' modules are known."""

    def __init__(self, files: StudentFiles, path: str) -> None:
        self.path = path
        self._files = files

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The usual module."""
        del spec
        return None  # the protocol's way to say so

    def exec_module(self, module: ModuleType) -> None:
        """Run the file."""
        self._files.execute(module, self.path)

    def get_source(self, name: str) -> str:
        """The text, for tracebacks and `inspect`."""
        del name
        return self._files.sources[self.path].decode(errors="replace")


class _StandIn:
    """What an import of a package gives that the part does not allow.

    While the file loads everything may be done with it that stands at the top of files
    (attributes, calls, decorators, base classes, annotations); later each use is refused.
    """

    def __init__(self, sentence: str, name: str, is_loading: Callable[[], bool]) -> None:
        self._sentence, self._name, self._is_loading = sentence, name, is_loading

    def _more(self, name: str) -> "_StandIn":
        if not self._is_loading():
            raise ImportRefusedError(self._sentence, name=self._name)
        return _StandIn(self._sentence, name, self._is_loading)

    def __getattr__(self, name: str) -> "_StandIn":
        if name.startswith("__"):
            raise AttributeError(name)
        return self._more(name)

    def __call__(self, *values: Any, **named: Any) -> "_StandIn":
        del values, named
        return self._more(self._name)

    def __getitem__(self, key: Any) -> "_StandIn":
        del key
        return self._more(self._name)

    __or__ = __ror__ = __getitem__

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        del bases
        self._more(self._name)
        return ()


def source_line(sources: Mapping[str, bytes], path: str, line: int) -> str:
    """A line of a file, stripped and cut, or ""."""
    lines = sources.get(path, b"").splitlines()
    return lines[line - 1].decode(errors="replace").strip()[:200] if 0 < line <= len(lines) else ""


def _lines_in_try(tree: ast.Module) -> Iterator[int]:
    """The lines whose imports the student expects to fail: bodies of `try` with handlers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and node.handlers:
            last = node.body[-1]
            yield from range(node.body[0].lineno, (last.end_lineno or last.lineno) + 1)
