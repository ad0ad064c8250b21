"""Tries to read a planted solution by its path; must find nothing."""
# ends: exception
# bare: gains


def f(secret, port, victim):
    open(secret).read()
    return "GAINED"
