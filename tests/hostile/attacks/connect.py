"""Tries to reach a port of this machine; must be refused."""
# ends: exception
# bare: gains

import socket


def f(secret, port, victim):
    socket.create_connection(("127.0.0.1", port), 1).close()
    return "GAINED"
