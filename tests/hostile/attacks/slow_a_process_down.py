"""Tries to lower another process's priority; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    os.setpriority(os.PRIO_PROCESS, victim, 1)
    return "GAINED"
