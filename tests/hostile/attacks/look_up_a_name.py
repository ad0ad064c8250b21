"""Tries to tell a name server something; must be refused."""
# ends: exception
# bare: can not be shown: it must not leave this machine

import socket


def f(secret, port, victim):
    socket.getaddrinfo("planted.invalid", 80)
    return "GAINED"
