"""Tries to start a process; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    if os.fork() == 0:
        os._exit(0)
    return "GAINED"
