"""Tries to exhaust the reader with a million small items; must arrive as no value."""
# ends: unusable
# bare: same


def f(secret, port, victim):
    return [0] * 10**6
