"""Tries to find what earlier children were given or replied; must find nothing."""
# ends: returned
# bare: same

import ctypes
import re


def f(secret, port, victim):
    # the test has run a child before that was given, and returned, a text like this
    pattern = re.compile(b"SIBLING-[0-9a-f]{16}")
    chunk = bytearray(2**20)
    import gc

    for item in gc.get_objects():
        if type(item) in (dict, list, tuple) and len(item) < 50:
            if pattern.search(repr(item)[:2000].encode(errors="replace")):
                return "GAINED"
    blocks = [ctypes.create_string_buffer(size) for size in (64, 512, 4096, 65536)]
    return "GAINED" if any(pattern.search(block.raw) for block in blocks) else "nothing"
