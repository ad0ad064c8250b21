"""What would raise a level: one sentence for each obstacle, with the command that removes it.

Knows nothing of how a level is found; what stands in its way is read from the machine.
"""

import os
import sys
from pathlib import Path

import msgspec

from grader.model import Walls
from grader.sandbox.bubblewrap import find_bubblewrap
from grader.sandbox.levels import FROM_INSIDE, Level
from grader.student.canary import PROCESSES, SEE_PROCESSES

# What keeps a user from making namespaces: the setting, the value that does, the one that does not.
_SETTINGS = (
    ("user.max_user_namespaces", 0, 10_000),
    ("kernel.unprivileged_userns_clone", 0, 1),  # of Debian's kernels
    ("kernel.apparmor_restrict_unprivileged_userns", 1, 0),  # of Ubuntu's, since 23.10
)
# Of bubblewrap's own messages: a count is at its end; a part of /proc is covered.
_TOO_MANY, _NO_FRESH_PROC = "ENOSPC", "mount proc"
_TRIAL = "bwrap --unshare-user --unshare-pid --unshare-net --ro-bind / / --proc /proc true"


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What decides on the advice.

    Attributes:
        platform: as in `sys.platform`.
        settings: per name of `sysctl` its value, for those that there are.
        is_container: whether this looks like one.
    """

    platform: str = "linux"
    has_bubblewrap: bool = True
    settings: dict[str, int] = {}
    is_container: bool = False


def this_machine() -> Machine:
    """The machine that we are on."""
    marks = ("/.dockerenv", "/run/.containerenv")
    return Machine(
        platform=sys.platform,
        has_bubblewrap=find_bubblewrap() is not None,
        settings={name: value for name, _, _ in _SETTINGS if (value := _setting(name)) is not None},
        is_container="KUBERNETES_SERVICE_HOST" in os.environ
        or any(Path(mark).exists() for mark in marks),
    )


def advice(level: Level, machine: Machine | None = None) -> tuple[str, ...]:
    """What would raise a level; nothing for full walls."""
    if level.walls is Walls.FULL:
        return ()
    machine = machine or this_machine()
    if machine.platform != "linux":
        return (f"{machine.platform} has none of these walls; grade other people's work on Linux",)
    found = []
    if not machine.has_bubblewrap:
        found.append(
            "install bubblewrap: `sudo apt-get install bubblewrap`, or what your system has"
        )
    elif not level.way.bubblewrap and not any(map(_is_inside, level.failures)):
        found += _for_namespaces(machine, " ".join(level.failures))
    told = " ".join((*level.attacks, *level.failures))
    if PROCESSES in told:
        found.append("install libseccomp: `sudo apt-get install libseccomp2`")
    if SEE_PROCESSES in told:
        found.append("use a kernel with Landlock (5.13 or newer, `landlock` in its list `lsm=`)")
    return tuple(found)


def _is_inside(failure: str) -> bool:
    """Whether bubblewrap did start, and something else was missing."""
    return failure.startswith("bubblewrap") and FROM_INSIDE in failure


def _for_namespaces(machine: Machine, failures: str) -> list[str]:
    """What lets bubblewrap make namespaces here."""
    found = []
    if _NO_FRESH_PROC in failures or (machine.is_container and _TOO_MANY not in failures):
        # Namespaces are refused by the filter, mounts by AppArmor, and a new /proc by its masks.
        found.append(
            "let the container make user namespaces: `docker run --security-opt seccomp=unconfined"
            " --security-opt apparmor=unconfined --security-opt systempaths=unconfined …`, or"
            " `podman run --security-opt seccomp=unconfined --security-opt unmask=ALL …`"
        )
    wrong = [
        f"{name}={right}" for name, bad, right in _SETTINGS if machine.settings.get(name) == bad
    ]
    if wrong:
        host = " on its host" if found else ""
        command = f"sudo sysctl -w {' '.join(wrong)}"
        found.append(f"let users make user namespaces{host}: `{command}`")
    return found or [f"see why bubblewrap fails: `{_TRIAL}` says it"]


def _setting(name: str) -> int | None:
    try:
        return int(Path("/proc/sys", *name.split(".")).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None  # this kernel has no such setting
