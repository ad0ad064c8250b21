"""Tries to list the root folder; must see nothing."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    os.listdir("/")
    return "GAINED"
