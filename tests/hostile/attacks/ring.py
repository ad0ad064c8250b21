"""Tries to get around the filter by a ring of requests; must be refused."""
# ends: exception
# bare: can not be shown: some kernels have no rings

import ctypes
import platform


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 425 if platform.machine() == "x86_64" else 425
    if libc.syscall(number, 4, ctypes.create_string_buffer(256)) < 0 and ctypes.get_errno() in (
        1,
        13,
        38,
    ):
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
