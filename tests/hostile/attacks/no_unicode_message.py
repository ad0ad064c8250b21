"""Tries to break the wire with half a character in a message; must be told."""
# ends: exception
# bare: same


def f(secret, port, victim):
    raise ValueError("\udc80")
