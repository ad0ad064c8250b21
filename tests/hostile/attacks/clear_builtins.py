"""Tries to break our code by emptying builtins; must cost nobody else anything."""
# ends: any
# bare: same

import builtins


def f(secret, port, victim):
    builtins.__dict__.clear()
