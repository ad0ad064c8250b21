"""Tries to overflow the stack of C; must be a crash, too deep or out of memory."""
# ends: crashed|recursion too deep|out of memory
# bare: same

import sys


class Deep:
    def __getattr__(self, name):
        return getattr(self, name + "a")


def f(secret, port, victim):
    sys.setrecursionlimit(10**9)
    Deep().b
