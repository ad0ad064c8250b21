"""Tries to change shared memory of the interpreter for siblings; must change its own copy."""
# ends: returned
# bare: same

import ctypes
import sys


def f(secret, port, victim):
    number = 7
    ctypes.memset(id(number) + 24, 9, 1)  # every later 7 of this process is 9
    sys.modules["numpy"].maximum = None
    return "changed"
