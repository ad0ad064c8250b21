"""Tries to read a planted solution through another process; must find nothing."""
# ends: exception
# bare: gains


def f(secret, port, victim):
    open(f"/proc/{victim}/root{secret}").read()
    return "GAINED"
