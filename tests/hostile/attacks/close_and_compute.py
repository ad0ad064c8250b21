"""Tries to close its stream and compute on unseen; must be ended."""
# ends: killed|exited|not an answer
# bare: same

import os


def f(secret, port, victim):
    os.closerange(3, 256)
    while True:
        pass
