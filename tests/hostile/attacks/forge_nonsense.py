"""Tries to forge a reply on every descriptor with bytes that are none; must be told."""
# ends: not an answer
# bare: same

import os
import struct


def f(secret, port, victim):
    data = struct.pack(">cI", b"T", 3) + b"abc"
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
    return "sent"
