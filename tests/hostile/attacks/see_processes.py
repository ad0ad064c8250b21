"""Tries to see the command lines of other processes; must see none."""
# ends: exception
# bare: gains


def f(secret, port, victim):
    open(f"/proc/{victim}/cmdline", "rb").read()
    return "GAINED"
