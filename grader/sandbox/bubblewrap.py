"""The command line of bubblewrap around a server: its own namespaces and a root of few folders.

Knows nothing of what the server does inside.
"""

import os
import shutil
from collections.abc import Iterator

from grader.sandbox.places import ALTERNATIVES, LINKS, Places

SCRATCH = "/scratch"  # a name of its own: on /tmp it would hide an environment that lies there
_SCRATCH_BYTES = 160 * 2**20  # two submissions in full: one may go while the next one comes
_NOBODY = "65534"


def find_bubblewrap() -> str | None:
    """The program, if it is installed."""
    return shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")


def command(program: str, needed: Places) -> list[str]:
    """All arguments up to the command that is to run inside."""
    return [program, *_namespaces(), *_files(needed), "--chdir", SCRATCH, "--"]


def _namespaces() -> Iterator[str]:
    # Each named, because `--unshare-all` goes on silently where the user namespace is refused.
    for kind in ("user", "pid", "net", "ipc", "uts"):
        yield f"--unshare-{kind}"
    yield "--unshare-cgroup-try"
    # Only an explicit user takes all capabilities away, also where root starts it.
    yield from ("--uid", _NOBODY, "--gid", _NOBODY, "--cap-drop", "ALL")
    yield "--die-with-parent"  # a judge that is killed leaves nothing running
    yield "--new-session"  # no terminal to type into


def _files(needed: Places) -> Iterator[str]:
    """Read-only trees, folders of packages masked, packages one by one; a small scratch folder."""
    for tree in needed.trees:
        yield from ("--ro-bind", tree, tree)
    for link in LINKS:
        if os.path.islink(link):  # noqa: PTH114  # a plain question
            yield from ("--symlink", os.readlink(link), link)  # noqa: PTH115  # as above
        elif link != "/bin":
            yield from ("--ro-bind-try", link, link)
    for place in needed.masked:
        yield from ("--tmpfs", place)
    for path in (needed.interpreter, *needed.package_paths):
        yield from ("--ro-bind", path, path)
    yield from ("--ro-bind-try", ALTERNATIVES, ALTERNATIVES)
    yield from ("--proc", "/proc", "--dev", "/dev")
    yield from ("--size", str(_SCRATCH_BYTES), "--tmpfs", SCRATCH)
    # What bubblewrap makes is writable memory until it is told otherwise, /dev/shm included.
    for place in ("/dev", *needed.masked, "/"):
        yield from ("--remount-ro", place)
