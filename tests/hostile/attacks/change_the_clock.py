"""Tries to set the clock; must be refused."""
# ends: exception
# bare: can not be shown: it would change the machine

import ctypes
import platform


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 227 if platform.machine() == "x86_64" else 112
    if libc.syscall(number, 0, ctypes.create_string_buffer(16)) < 0 and ctypes.get_errno() in (
        1,
        13,
        38,
    ):
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
