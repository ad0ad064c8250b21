"""Tries to cut the reply off by closing all descriptors; must cost this test alone."""
# ends: exited|killed
# bare: same

import os


def f(secret, port, victim):
    os.closerange(0, 256)
    return "closed"
