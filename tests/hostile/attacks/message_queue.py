"""Tries to leave a message for the next child; must be refused."""
# ends: exception
# bare: gains

import ctypes


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    queue = libc.msgget(0, 0o1600)
    if queue < 0:
        raise OSError(ctypes.get_errno(), "refused")
    libc.msgctl(queue, 0, None)
    return "GAINED"
