"""Tries to make timers of its own, which no deadline knows; must be refused."""
# ends: exception
# bare: gains

import ctypes


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(222, 0, None, ctypes.byref(ctypes.c_long())) < 0:  # timer_create on x86-64
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
