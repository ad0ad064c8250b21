"""Tries to write to a planted file; must be refused."""
# ends: exception
# bare: gains


def f(secret, port, victim):
    open(secret, "r+").close()
    return "GAINED"
