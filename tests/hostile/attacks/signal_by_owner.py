"""Tries to have the kernel signal another process about its pipe; must be refused."""
# ends: exception
# bare: gains

import fcntl
import os


def f(secret, port, victim):
    reading, writing = os.pipe()
    fcntl.fcntl(reading, fcntl.F_SETOWN, victim)
    return "GAINED"
