"""Tries to ask the kernel about the network; must be refused."""
# ends: exception
# bare: gains

import socket


def f(secret, port, victim):
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()
    return "GAINED"
