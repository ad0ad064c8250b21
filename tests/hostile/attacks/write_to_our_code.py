"""Tries to change our own code for later children; must be refused."""
# ends: exception
# bare: can not be shown: it would touch the installation

import sys


def f(secret, port, victim):
    open(sys.modules["grader.student.wire"].__file__, "r+").close()
    return "GAINED"
