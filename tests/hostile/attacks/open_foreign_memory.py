"""Tries to open another process's memory in /proc; must be refused."""
# ends: exception
# bare: gains


def f(secret, port, victim):
    open(f"/proc/{victim}/mem", "rb").close()
    return "GAINED"
