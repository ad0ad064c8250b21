"""Tries to begin a frame that never ends; must cost this test."""
# ends: any
# bare: same

import os
import struct


def f(secret, port, victim):
    data = struct.pack(">cI", b"T", 10**6) + b"x"
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
    return "sent"
