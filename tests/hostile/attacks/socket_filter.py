"""Tries to load a program into the kernel as a socket's filter; must be refused."""
# ends: exception
# bare: gains

import ctypes
import socket
import struct


def f(secret, port, victim):
    attach_filter = 26
    program = ctypes.create_string_buffer(struct.pack("=HBBI", 6, 0, 0, 2**18), 8)
    one, other = socket.socketpair()
    filter = struct.pack("HL", 1, ctypes.addressof(program))
    one.setsockopt(socket.SOL_SOCKET, attach_filter, filter)
    return "GAINED"
