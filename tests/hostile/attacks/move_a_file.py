"""Tries to rename a planted file; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    os.rename(secret + ".spare", secret + ".moved")
    os.rename(secret + ".moved", secret + ".spare")
    return "GAINED"
