"""Tries to read what it has inherited; must find its own pipes alone."""
# ends: returned
# bare: same

import os
import stat


def f(secret, port, victim):
    found = []
    for descriptor in range(3, 256):
        try:
            found.append(os.fstat(descriptor).st_mode)
        except OSError:
            continue
    return "GAINED" if len(found) > 2 or not all(map(stat.S_ISFIFO, found)) else "two pipes"
