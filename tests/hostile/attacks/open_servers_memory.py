"""Tries to open the server's memory in /proc; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    open(f"/proc/{os.getppid()}/mem", "rb").close()
    return "GAINED"
