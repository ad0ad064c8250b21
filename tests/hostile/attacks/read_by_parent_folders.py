"""Tries to climb out of its folder by openat; must find nothing."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    here = os.open(".", os.O_RDONLY)
    up = "../" * 20 + secret.lstrip("/")
    os.read(os.open(up, os.O_RDONLY, dir_fd=here), 100)
    return "GAINED"
