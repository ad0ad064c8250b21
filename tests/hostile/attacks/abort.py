"""Tries to abort the interpreter; must cost this test and be called a crash."""
# ends: crashed
# bare: same

import os


def f(secret, port, victim):
    os.abort()
