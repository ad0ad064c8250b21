"""Tries to read another process's memory by process_vm_readv; must be refused."""
# ends: exception
# bare: gains

import ctypes
import platform


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 310 if platform.machine() == "x86_64" else 270
    if libc.syscall(
        number, victim, ctypes.create_string_buffer(16), 1, ctypes.create_string_buffer(16), 1, 0
    ) < 0 and ctypes.get_errno() in (1, 3, 13, 38):
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
