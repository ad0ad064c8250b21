"""Tries to leave state for the next child in the cache of library files; must be refused."""
# ends: exception
# bare: can not be shown: only the owner of a library may see what is cached of it

import ctypes
import os
import random


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    file = os.open(random.__file__, os.O_RDONLY)
    os.pread(file, 10, 0)
    size, none = os.fstat(file).st_size, ctypes.c_long(0)
    page = libc.mmap(None, ctypes.c_size_t(size), 1, 1, file, none)
    ways = {
        "fadvise": lambda: -libc.posix_fadvise(file, none, none, 4),
        "page out": lambda: libc.madvise(ctypes.c_void_p(page), ctypes.c_size_t(size), 21),
        "cold": lambda: libc.madvise(ctypes.c_void_p(page), ctypes.c_size_t(size), 20),
    }
    if any(way() == 0 for way in ways.values()):
        return "GAINED"
    cached = (ctypes.c_ubyte * (size // 4096 + 1))()
    if libc.mincore(ctypes.c_void_p(page), ctypes.c_size_t(size), cached) == 0:
        return "GAINED"
    raise OSError("refused")
