"""Tries to reply with types of msgpack's own; must be told."""
# ends: not an answer
# bare: same

import os
import struct
import sys


def f(secret, port, victim):
    reply = b"\xc9" + struct.pack(">IB", 4, 255) + bytes(4)
    data = struct.pack(">cI", b"T", len(reply)) + reply
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
    return "honest"
