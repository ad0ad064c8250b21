"""Tries to open files by the newest call; must be refused."""
# ends: exception
# bare: gains

import ctypes
import platform


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 437 if platform.machine() == "x86_64" else 437
    if libc.syscall(
        number, -100, secret.encode(), ctypes.create_string_buffer(24), 24
    ) < 0 and ctypes.get_errno() in (1, 2, 13, 38):
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
