"""Tries to signal another process by kill; must be refused."""
# ends: exception
# bare: gains

import os
import signal


def f(secret, port, victim):
    os.kill(victim, signal.SIGCONT)
    return "GAINED"
