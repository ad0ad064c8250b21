"""Tries to become root in a namespace of its own; must be refused."""
# ends: exception
# bare: can not be shown: some systems refuse it to everybody

import ctypes
import platform


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 272 if platform.machine() == "x86_64" else 97
    if libc.syscall(number, 0x10000000) < 0 and ctypes.get_errno() in (1, 13, 38):
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
