"""Tries to empty a planted file by a flag of open; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    os.close(os.open(secret + ".spare", os.O_RDONLY | os.O_TRUNC))
    return "GAINED"
