"""Tries to get a handle of the server from its own stream; must be refused."""
# ends: exception
# bare: can not be shown: kernels before 6.5 give no such handle

import os
import socket
import stat


def f(secret, port, victim):
    peer_handle = 77
    for descriptor in range(3, 64):
        try:
            if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                continue
        except OSError:
            continue
        socket.socket(fileno=os.dup(descriptor)).getsockopt(socket.SOL_SOCKET, peer_handle, 4)
        return "GAINED"
