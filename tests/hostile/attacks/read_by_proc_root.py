"""Tries to read a planted solution through /proc/self/root; must find nothing."""
# ends: exception
# bare: gains


def f(secret, port, victim):
    open("/proc/self/root" + secret).read()
    return "GAINED"
