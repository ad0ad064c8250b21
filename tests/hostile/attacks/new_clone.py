"""Tries to start a process by the newest call; must be refused."""
# ends: exception
# bare: can not be shown: two processes would reply

import ctypes
import platform


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 435 if platform.machine() == "x86_64" else 435
    if libc.syscall(number, ctypes.create_string_buffer(88), 88) < 0 and ctypes.get_errno() in (
        1,
        13,
        38,
    ):
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
