"""Tries to watch the machine by its counters; must be refused."""
# ends: exception
# bare: can not be shown: an ordinary user is refused anyway

import ctypes
import platform


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 298 if platform.machine() == "x86_64" else 241
    if libc.syscall(
        number, ctypes.create_string_buffer(128), 0, -1, -1, 0
    ) < 0 and ctypes.get_errno() in (1, 13, 38):
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
