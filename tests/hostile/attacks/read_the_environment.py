"""Tries to find the judge's environment; must find a clean one."""
# ends: returned
# bare: same

import os


def f(secret, port, victim):
    return "GAINED" if "PLANTED" in str(dict(os.environ)) else "nothing"
