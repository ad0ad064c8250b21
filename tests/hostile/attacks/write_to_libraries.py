"""Tries to change a library for later children; must be refused."""
# ends: exception
# bare: can not be shown: it would touch the installation

import numpy


def f(secret, port, victim):
    open(numpy.__file__, "r+").close()
    return "GAINED"
