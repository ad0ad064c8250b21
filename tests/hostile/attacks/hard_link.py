"""Tries to reach a planted solution by a hard link; must not make one."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    os.link(secret, "link")
    open("link").read()
    return "GAINED"
