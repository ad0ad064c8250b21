"""Tries to reach a service by a socket in the file system; must be refused."""
# ends: exception
# bare: gains

import socket


def f(secret, port, victim):
    socket.socket(socket.AF_UNIX).close()
    return "GAINED"
