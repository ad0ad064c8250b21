"""Tries to tie another process to one CPU; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    os.sched_setaffinity(victim, os.sched_getaffinity(0))
    return "GAINED"
