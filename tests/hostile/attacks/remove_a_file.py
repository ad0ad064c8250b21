"""Tries to remove a planted file; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    os.remove(secret + ".spare")
    return "GAINED"
