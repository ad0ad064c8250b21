"""Tries to walk the folders by descriptors that need no right to read; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    os.fchdir(os.open("/", os.O_PATH))
    with open(secret.lstrip("/")) as file:
        file.read()
    return "GAINED"
