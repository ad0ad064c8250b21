"""Tries to change the times of a planted file; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    os.utime(secret)
    return "GAINED"
