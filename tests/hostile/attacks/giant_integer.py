"""Tries to hold the reader up with a giant integer; must arrive as no value."""
# ends: unusable
# bare: same


def f(secret, port, victim):
    return 10**10**5
