"""Tries to hang inside one call of C with a catastrophic pattern; must run out of time."""
# ends: timed out
# bare: same

import re


def f(secret, port, victim):
    return bool(re.match(r"(a+)+$", "a" * 64 + "b"))
