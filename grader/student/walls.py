"""The walls that a child closes around itself: Landlock, seccomp, no capabilities.

Built once in the server, closed in each child after its limits are set and before anything of a
student's is touched. What the system does not offer is left out here; the canary finds by trying
what then stands open. Knows nothing of answers.
"""

import contextlib
import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from grader.student.seccomp import OWN_PID, compiled_filter

# Landlock: which files may be read, and who may be signalled.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION = 1  # flag of landlock_create_ruleset
_PATH_BENEATH = 1
_WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE, _IOCTL_DEV = 1 << 1, 1 << 2, 1 << 3, 1 << 14, 1 << 15
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many file rights each version knows
_CONNECT_AND_BIND = 0b11
_SIGNALS_AND_SOCKETS = 0b11
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
_WRITABLE = "/dev/null"
_TRUNCATION_VERSION = 3  # the first Landlock that keeps files from being emptied

_ALL_CAPABILITIES = struct.pack("=Ii", 0x20080522, 0)  # the version of the call; of this process
_SET_DUMPABLE, _SET_SECCOMP, _NO_NEW_PRIVILEGES, _FILTER = 4, 22, 38, 2


class _Program(ctypes.Structure):
    """The kernel's `sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


class Walls:
    """What the server has prepared for its children.

    Attributes:
        landlock: the version of Landlock in use, 0 for none.
        has_seccomp: whether there is a filter.
        descriptors: what a child must keep open until its walls are closed.
    """

    def __init__(self, readable: Iterable[str]) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._capset = self._libc.capset
        # Nobody of the same user may look into the server's memory, or trace it.
        self._libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0)
        self.landlock = max(0, self._libc.syscall(_CREATE_RULESET, None, 0, _VERSION))
        self._ruleset = self._build_ruleset(readable) if self.landlock else -1
        self._filter = compiled_filter(is_read_only=self.landlock < _TRUNCATION_VERSION)

    @property
    def has_seccomp(self) -> bool:
        """Whether the system could compile a filter."""
        return bool(self._filter)

    @property
    def descriptors(self) -> frozenset[int]:
        """Open descriptors that `close_around_me` uses."""
        return frozenset({self._ruleset} - {-1})

    def close_around_me(self) -> None:
        """Close all walls around the calling process, for good.

        Raises:
            OSError: one of them does not close.
        """
        self._drop_capabilities()
        # Without it an unprivileged process may have neither Landlock nor seccomp.
        self._check(self._libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        if self._ruleset >= 0:
            self._check(self._libc.syscall(_RESTRICT_SELF, self._ruleset, 0))
            os.close(self._ruleset)  # a rule added later would open the siblings' walls too
        if self._filter:
            mine = self._filter.replace(struct.pack("=I", OWN_PID), struct.pack("=I", os.getpid()))
            program = _Program(len(mine) // 8, mine)
            self._check(self._libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0))

    def _drop_capabilities(self) -> None:
        """As root without walls of namespaces, capabilities would undo everything else."""
        self._check(self._capset(_ALL_CAPABILITIES, bytes(24)))

    def _check(self, result: int) -> None:
        if result < 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))

    def _build_ruleset(self, readable: Iterable[str]) -> int:
        """A ruleset that knows every right of this kernel, and grants reading alone."""
        rights = (1 << _RIGHTS.get(self.landlock, 16)) - 1
        has_network, has_scopes = self.landlock >= 4, self.landlock >= 6  # noqa: PLR2004  # versions of Landlock
        attributes = struct.pack("=Q", rights)
        if has_network:
            attributes += struct.pack("=Q", _CONNECT_AND_BIND)
        if has_scopes:
            attributes += struct.pack("=Q", _SIGNALS_AND_SOCKETS)
        ruleset: int = self._libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
        self._check(ruleset)
        for path in (*readable, *_DEVICES):
            self._grant(ruleset, path, (_READ_FILE | _READ_DIR) & rights)
        self._grant(ruleset, _WRITABLE, (_READ_FILE | _WRITE_FILE | _TRUNCATE) & rights)
        return ruleset

    def _grant(self, ruleset: int, path: str, rights: int) -> None:
        with contextlib.suppress(FileNotFoundError):
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            if not Path(path).is_dir():
                rights &= ~_READ_DIR
            rule = struct.pack("=Qi", rights, descriptor)
            self._check(self._libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0))
            os.close(descriptor)
