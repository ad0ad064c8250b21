"""Tries to reach the host of a virtual machine; must be refused."""
# ends: exception
# bare: can not be shown: many kernels have no such sockets

import socket


def f(secret, port, victim):
    socket.socket(socket.AF_VSOCK).close()
    return "GAINED"
