"""Tries to keep the judge busy with frames without an end; must be told."""
# ends: not an answer
# bare: same

import os
import struct


def f(secret, port, victim):
    frames = struct.pack(">cI", b"P", 3) + b"\x82\xa4t"
    frames *= 1000
    while True:
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, frames)
            except OSError:
                pass
