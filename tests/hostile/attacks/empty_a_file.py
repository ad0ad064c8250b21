"""Tries to shorten a planted file by its path; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    os.truncate(secret, os.path.getsize(secret))
    return "GAINED"
