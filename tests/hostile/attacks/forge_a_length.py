"""Tries to make us reserve 4 GiB by a length; must be told."""
# ends: returned too much
# bare: same

import os
import struct


def f(secret, port, victim):
    data = struct.pack(">cI", b"T", 2**32 - 1)
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
    return "sent"
