"""Tries to signal another process by tgkill; must be refused."""
# ends: exception
# bare: gains

import ctypes
import platform


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 234 if platform.machine() == "x86_64" else 131
    if libc.syscall(number, victim, victim, 18) < 0 and ctypes.get_errno() in (1, 3, 13, 38):
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
