"""Tries to watch the folder in which submissions come and go; must be refused."""
# ends: exception
# bare: gains

import ctypes
import os


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(0)
    if watch < 0 or libc.inotify_add_watch(watch, os.path.dirname(secret).encode(), 0x100) < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
