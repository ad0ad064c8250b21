"""Tries to leave a file in /dev/shm; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    name = f"/dev/shm/planted-{os.getpid()}"
    open(name, "w").close()
    os.remove(name)
    return "GAINED"
