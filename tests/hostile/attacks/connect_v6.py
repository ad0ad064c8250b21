"""Tries to open a socket of the newer protocol; must be refused."""
# ends: exception
# bare: gains

import socket


def f(secret, port, victim):
    socket.socket(socket.AF_INET6).close()
    return "GAINED"
