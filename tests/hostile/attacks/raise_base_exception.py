"""Tries to slip through handlers with an exception of its own kind; must be told."""
# ends: exception
# bare: same


class Slippery(BaseException):
    pass


def f(secret, port, victim):
    raise Slippery(secret)
