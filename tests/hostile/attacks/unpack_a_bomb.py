"""Tries to unpack a small archive into much; must be out of memory."""
# ends: out of memory
# bare: same

import zlib


def f(secret, port, victim):
    small = zlib.compress(bytes(2**20))
    return len(zlib.decompress(small, bufsize=2**33))
