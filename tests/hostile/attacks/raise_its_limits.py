"""Tries to lift its own limits; must be refused."""
# ends: exception
# bare: can not be shown: an ordinary user is refused anyway

import resource


def f(secret, port, victim):
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return "GAINED"
