"""Tries to leave a segment of shared memory behind; must be refused."""
# ends: exception
# bare: gains

import ctypes


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    segment = libc.shmget(0, 2**16, 0o1600)
    if segment < 0:
        raise OSError(ctypes.get_errno(), "refused")
    libc.shmctl(segment, 0, None)
    return "GAINED"
