"""Tries to send out of band, where kernels have had holes; must be refused."""
# ends: exception
# bare: gains

import socket


def f(secret, port, victim):
    one, other = socket.socketpair()
    one.send(b"x", socket.MSG_OOB)
    return "GAINED"
