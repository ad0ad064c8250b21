"""Tries to change another process's limits; must be refused."""
# ends: exception
# bare: gains

import resource


def f(secret, port, victim):
    resource.prlimit(
        victim, resource.RLIMIT_NOFILE, resource.prlimit(victim, resource.RLIMIT_NOFILE)
    )
    return "GAINED"
