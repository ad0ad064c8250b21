"""Tries to signal another process by a queued signal; must be refused."""
# ends: exception
# bare: can not be shown: the kernel wants a filled record, and refuses ours

import ctypes
import platform


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 129 if platform.machine() == "x86_64" else 138
    if libc.syscall(
        number, victim, 18, ctypes.create_string_buffer(128)
    ) < 0 and ctypes.get_errno() in (1, 3, 13, 38):
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
