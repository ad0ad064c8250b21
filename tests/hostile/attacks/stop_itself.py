"""Tries to stand still for ever by SIGSTOP to itself; must run out of time."""
# ends: timed out
# bare: same

import os
import signal


def f(secret, port, victim):
    os.kill(os.getpid(), signal.SIGSTOP)
