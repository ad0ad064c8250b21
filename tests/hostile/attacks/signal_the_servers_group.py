"""Tries to signal the group of the server; must be refused."""
# ends: exception
# bare: gains

import os
import signal


def f(secret, port, victim):
    os.killpg(os.getpgid(os.getppid()), signal.SIGCONT)
    return "GAINED"
