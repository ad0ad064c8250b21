"""Tries to leave a file in /tmp; must be refused."""
# ends: exception
# bare: gains

import os
import tempfile


def f(secret, port, victim):
    descriptor, name = tempfile.mkstemp(dir="/tmp")
    os.remove(name)
    return "GAINED"
