"""Tries to pass as a number of a class of its own; must arrive as no value."""
# ends: unusable
# bare: same


class Number(float):
    def __sub__(self, other):
        return 0.0


def f(secret, port, victim):
    return Number(3)
