"""Tries to change the submission for later children; must be refused."""
# ends: exception
# bare: gains


def f(secret, port, victim):
    open("a.py", "a").close()
    return "GAINED"
