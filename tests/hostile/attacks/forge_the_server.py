"""Tries to speak as the server; must be told."""
# ends: not an answer
# bare: same

import os
import struct


def f(secret, port, victim):
    data = struct.pack(">cI", b"E", 0)
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
    return "sent"
