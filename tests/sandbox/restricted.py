"""Command lines that take something away from the program behind them, as other machines do."""

import os
import shutil
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import grader

GRADE = Path(sys.executable).with_name("grade")
BUBBLEWRAP = shutil.which("bwrap") or "bwrap"
_PACKAGE = Path(grader.__file__).parent
_NOBODY = 65534
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _NO_SUCH_CALL = 0x7FFF0000, 0x00050000 | 38
_FIRST_OF_LANDLOCK = 444  # the same number on every architecture


def ordinary_user(course: Path) -> list[str]:
    """As a user without rights, to whom the machine, Python and us are there to read.

    Whoever runs the tests as a user is one already; root becomes nobody, who is given `course`.
    """
    if os.geteuid() != 0:
        return []
    for path in (course, *course.rglob("*")):
        os.chown(path, _NOBODY, _NOBODY)
    shown = (sys.base_prefix, sys.prefix, _PACKAGE, _PACKAGE.parent / "templates")
    binds = [
        arg for path in shown if Path(path).exists() for arg in _bound(Path(path), "--ro-bind")
    ]
    nobody = f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--inh-caps=-all"
    return [BUBBLEWRAP, *_system(), *binds, *_bound(course, "--bind"), "--", "setpriv", *nobody]


def without_namespaces() -> list[str]:
    """Where no user namespaces can be made, as in a container."""
    return [BUBBLEWRAP, *_everything(), "--unshare-user", "--disable-userns", "--"]


def twice_by_setting(first: int, second: int) -> list[str]:
    """Once for each value of the setting that says how many user namespaces there may be."""
    setting = "/proc/sys/user/max_user_namespaces"
    script = f'echo {first} > {setting}; "$@"; echo {second} > {setting}; exec "$@"'
    return ["unshare", "--user", "--map-root-user", "sh", "-c", script, "sh"]


def with_masked_proc() -> list[str]:
    """Where a part of /proc is covered, as in a container: nobody may mount a new one."""
    masked = "--proc", "/proc", "--dev-bind", "/dev/null", "/proc/cmdline"
    return [BUBBLEWRAP, *_everything(), "--unshare-user", "--unshare-pid", *masked, "--"]


def without_landlock(filter_descriptor: int) -> list[str]:
    """Where there are neither user namespaces nor Landlock; the descriptor holds `LANDLOCK_FILTER`."""
    program = "--seccomp", str(filter_descriptor)
    return [BUBBLEWRAP, *_everything(), "--unshare-user", "--disable-userns", *program, "--"]


# What the kernel makes of each call: it does not know the one that Landlock begins with.
LANDLOCK_FILTER = b"".join(
    struct.pack("=HBBI", *instruction)
    for instruction in (
        (_LOAD, 0, 0, 0),
        (_EQUAL, 0, 1, _FIRST_OF_LANDLOCK),
        (_RETURN, 0, 0, _NO_SUCH_CALL),
        (_RETURN, 0, 0, _ALLOW),
    )
)


def _everything() -> tuple[str, ...]:
    return ("--dev-bind", "/", "/")


def _system() -> Iterator[str]:
    for name in ("/usr", "/etc"):
        yield from ("--ro-bind", name, name)
    for link in map(Path, ("/bin", "/lib", "/lib64")):
        if link.is_symlink():
            yield from ("--symlink", str(link.readlink()), str(link))
        elif link.exists():
            yield from ("--ro-bind", str(link), str(link))
    for name in ("/proc", "/dev"):  # as they are, so that walls can be built inside
        yield from ("--dev-bind", name, name)
    yield from ("--perms", "1777", "--tmpfs", "/tmp")


def _bound(path: Path, how: str) -> Iterator[str]:
    """The path and folders on the way to it that anybody may walk."""
    for folder in reversed(path.parents):
        if folder not in (Path("/"), Path("/tmp"), Path("/usr")):
            yield from ("--perms", "0755", "--dir", str(folder))
    yield from (how, str(path), str(path))
