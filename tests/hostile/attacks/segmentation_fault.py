"""Tries to crash the interpreter by reading address 0; must be called a crash."""
# ends: crashed
# bare: same

import ctypes


def f(secret, port, victim):
    ctypes.string_at(0)
