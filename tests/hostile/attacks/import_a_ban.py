"""Tries to get a package that is not allowed by importlib; must not be there."""
# ends: exception|import refused
# bare: same

import importlib


def f(secret, port, victim):
    importlib.import_module("torch")
    return "GAINED"
