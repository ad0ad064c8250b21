"""Tries to change the rights of a planted file; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    os.chmod(secret, 0o644)
    return "GAINED"
