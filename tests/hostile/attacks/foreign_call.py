"""Tries to call the kernel as a 32-bit program; must be killed for it."""
# ends: killed
# bare: can not be shown: many kernels have no 32-bit calls

import ctypes
import mmap
import os
import platform


def f(secret, port, victim):
    if platform.machine() != "x86_64":
        os.kill(os.getpid(), 9)
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(bytes.fromhex("b814000000cd80c3"))  # getpid by interrupt 0x80
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    return "GAINED"
