"""Tries to handle page faults itself; must be refused."""
# ends: exception
# bare: can not be shown: an ordinary user is refused anyway

import ctypes
import platform


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 323 if platform.machine() == "x86_64" else 282
    if libc.syscall(number, 0) < 0 and ctypes.get_errno() in (1, 13, 38):
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
