"""Tries to import the judge's side; must not be there."""
# ends: exception|import refused
# bare: gains

import importlib


def f(secret, port, victim):
    importlib.import_module("grader.model")
    return "GAINED"
