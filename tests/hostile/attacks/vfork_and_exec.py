"""Tries to run a program; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
    return "GAINED"
