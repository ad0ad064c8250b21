"""Tries to open a port; must be refused."""
# ends: exception
# bare: gains

import socket


def f(secret, port, victim):
    socket.create_server(("127.0.0.1", 0)).close()
    return "GAINED"
