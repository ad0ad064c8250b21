"""Tries to mount a file system; must be refused."""
# ends: exception
# bare: can not be shown: it would change the machine

import ctypes
import platform


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 165 if platform.machine() == "x86_64" else 40
    if libc.syscall(number, b"none", b"/tmp", b"tmpfs", 0, 0) < 0 and ctypes.get_errno() in (
        1,
        13,
        38,
    ):
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
