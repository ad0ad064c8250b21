"""Tries to reach other families of sockets by making a pair; must be refused."""
# ends: exception
# bare: can not be shown: few families have pairs, and no machine must have them

import ctypes
import errno
import os


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    for family in range(2, 46):
        pair = (ctypes.c_int * 2)()
        if libc.socketpair(family, 1, 0, pair) == 0 or ctypes.get_errno() != errno.EPERM:
            return "GAINED"  # a family answered, if only to say that it has no pairs
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))
