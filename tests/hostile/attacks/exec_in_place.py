"""Tries to become another program; must be refused, and no reply without walls."""
# ends: exception
# bare: ends exited|killed

import os


def f(secret, port, victim):
    os.execv("/bin/true", ["true"])
    return "GAINED"
