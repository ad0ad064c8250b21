"""Tries to keep a secret in the kernel for the next child; must be refused."""
# ends: exception
# bare: can not be shown: some kernels have no keys

import ctypes
import platform


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 248 if platform.machine() == "x86_64" else 217
    if libc.syscall(number, b"user", b"planted", b"x", 1, -1) < 0 and ctypes.get_errno() in (
        1,
        13,
        38,
    ):
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
