"""Tries to break the wire with half a character; must stay in this test."""
# ends: not a value
# bare: same


def f(secret, port, victim):
    return "\udc80"
