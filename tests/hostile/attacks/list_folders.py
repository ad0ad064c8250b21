"""Tries to list the folder of a planted solution; must see nothing."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    os.listdir(os.path.dirname(secret))
    return "GAINED"
