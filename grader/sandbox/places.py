"""Where the interpreter, its libraries and the packages lie that a server needs: an explicit list.

The import path as a whole is never opened: under an editable install it would hold the course.
"""

import os
import stat
import sys
import sysconfig
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec

OURS = ("grader", "msgspec", "numpy", "yaml")
TORCH = (
    *("torch", "torchgen", "functorch", "typing_extensions", "sympy", "mpmath", "networkx"),
    *("filelock", "fsspec", "jinja2", "markupsafe", "nvidia", "triton"),
)
SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/share/zoneinfo", "/etc/ld.so.cache")
LINKS = ("/lib", "/lib64", "/lib32", "/bin")
ALTERNATIVES = "/etc/alternatives"  # Debian's numpy reaches its linear algebra through it
_PACKAGES = ("site-packages", "dist-packages")


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """What a server needs of the file system.

    Attributes:
        interpreter: the real one, outside every virtual environment.
        packages: per package the folder that holds it.
        package_paths: the packages themselves; of `grader` the student's side alone.
        trees: libraries of the system and of the interpreter.
        masked: folders of packages inside `trees`, which must not show.
    """

    interpreter: str
    packages: dict[str, str]
    package_paths: tuple[str, ...]
    trees: tuple[str, ...]
    masked: tuple[str, ...]

    def readable(self) -> list[str]:
        """All that a child may read: trees without folders of packages, and the packages."""
        entries = [entry for tree in self.trees for entry in _around(tree, self.masked)]
        return [*entries, *self.package_paths, ALTERNATIVES]

    def closed_to(self, user: int) -> str | None:
        """A folder or file on the way that another user may not enter or read, if there is one.

        Args:
            user: the user, and the one group that it is in.
        """
        wanted = map(Path, (self.interpreter, *self.package_paths, *self.trees))
        ways = dict.fromkeys(step for path in wanted for step in (*reversed(path.parents), path))
        return next((str(step) for step in ways if not _is_open(step, user)), None)


@cache
def places(*, with_torch: bool) -> Places:
    """Find everything on this machine; nothing is imported for it."""
    packages, paths = {}, []
    for name in OURS + (TORCH if with_torch else ()):
        found = _package(name)
        if found is None:
            continue
        packages[name] = str(found.parent)
        paths += _student_side(found) if name == "grader" else _with_libraries(found)
    trees = _trees()
    return Places(
        interpreter=os.path.realpath(sys.executable),
        packages=packages,
        package_paths=tuple(map(str, paths)),
        trees=tuple(map(str, trees)),
        masked=tuple(str(place) for tree in trees for place in _masked(tree)),
    )


def _package(name: str) -> Path | None:
    """The folder of a package, or the file of a module."""
    spec = find_spec(name)
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    return Path(spec.origin) if spec.origin else None


def _student_side(package: Path) -> list[Path]:
    return [package / "__init__.py", package / "student"]


def _with_libraries(package: Path) -> list[Path]:
    """The package, and the shared libraries that wheels put beside it."""
    libraries = package.with_name(f"{package.name}.libs")
    return [package, libraries] if libraries.is_dir() else [package]


def _is_open(path: Path, user: int) -> bool:
    """Whether the permissions let a user into a folder, or read a file."""
    found = path.stat()
    needed = stat.S_IXOTH if stat.S_ISDIR(found.st_mode) else stat.S_IROTH
    if found.st_uid == user:
        needed <<= 6
    elif found.st_gid == user:
        needed <<= 3
    return bool(found.st_mode & needed)


def _trees() -> list[Path]:
    """System libraries, and the interpreter's where they lie elsewhere; without doubles."""
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    own = [sysconfig.get_path(kind, vars=base) for kind in ("stdlib", "platstdlib")]
    shared = sysconfig.get_config_var("LIBDIR") or f"{sys.base_prefix}/lib"
    found: list[Path] = []
    for path in map(Path, (*SYSTEM, shared, *own)):
        if path.exists() and not any(path.is_relative_to(tree) for tree in found):
            found.append(path)
    return found


def _masked(tree: Path) -> list[Path]:
    """Folders of packages inside a tree: `pythonX.Y/site-packages` and Debian's variants."""
    patterns = [f"{start}{name}" for name in _PACKAGES for start in ("", "python*/")]
    return [place for pattern in patterns for place in sorted(tree.glob(pattern))]


def _around(tree: str, masked: tuple[str, ...]) -> list[str]:
    """The tree, taken apart where a masked folder lies in it, without that folder."""
    if tree in masked:
        return []
    if not any(place.startswith(f"{tree}/") for place in masked):
        return [tree]
    return [part for entry in os.scandir(tree) for part in _around(entry.path, masked)]
