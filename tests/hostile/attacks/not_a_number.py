"""Tries to win comparisons with nan and inf; must arrive as what it is."""
# ends: returned
# bare: same


def f(secret, port, victim):
    return float("nan")
