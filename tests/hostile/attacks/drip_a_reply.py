"""Tries to outlive its deadline by replying byte for byte; must be timed out."""
# ends: timed out
# bare: same

import os
import struct
import time


def f(secret, port, victim):
    pieces = struct.pack(">cI", b"T", 2**20) + bytes(2**20)
    for piece in pieces:
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, bytes([piece]))
            except OSError:
                pass
        time.sleep(0.01)
