"""Tries to change its root folder; must be refused."""
# ends: exception
# bare: can not be shown: an ordinary user is refused anyway

import ctypes
import platform


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 161 if platform.machine() == "x86_64" else 51
    if libc.syscall(number, b".") < 0 and ctypes.get_errno() in (1, 13, 38):
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
