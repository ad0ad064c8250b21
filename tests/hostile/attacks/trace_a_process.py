"""Tries to trace another process; must be refused."""
# ends: exception
# bare: gains

import ctypes


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(0x4206, victim, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
