"""Tries to signal the server; must be refused."""
# ends: exception
# bare: gains

import os
import signal


def f(secret, port, victim):
    os.kill(os.getppid(), signal.SIGCONT)
    return "GAINED"
