"""Tries to send a datagram; must be refused."""
# ends: exception
# bare: gains

import socket


def f(secret, port, victim):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port))
    return "GAINED"
