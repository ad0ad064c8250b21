"""Tries to close the folder in which each submission gets its own; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    folder = os.path.dirname(os.getcwd())
    before = os.stat(folder).st_mode
    os.chmod(folder, 0)
    os.chmod(folder, before)
    return "GAINED"
