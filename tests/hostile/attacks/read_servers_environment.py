"""Tries to read the environment of the server; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    open(f"/proc/{os.getppid()}/environ", "rb").read()
    return "GAINED"
