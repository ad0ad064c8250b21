"""Tries to have the kernel signal another process about its socket; must be refused."""
# ends: exception
# bare: gains

import array
import fcntl
import socket


def f(secret, port, victim):
    set_owner = 0x8901
    one, other = socket.socketpair()
    fcntl.ioctl(one, set_owner, array.array("i", [victim]))
    return "GAINED"
