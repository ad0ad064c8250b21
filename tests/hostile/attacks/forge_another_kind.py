"""Tries to send an index or attacks in place of a reply; must be told."""
# ends: not an answer
# bare: same

import os
import struct


def f(secret, port, victim):
    data = struct.pack(">cI", b"I", 1) + b"\x80" + struct.pack(">cI", b"A", 1) + b"\x90"
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
    return "sent"
