"""Tries to take memory outside its limit as a file without a name; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    os.ftruncate(os.memfd_create("hidden"), 2**24)
    return "GAINED"
