"""Tries to read what it has inherited; must find its own pipe and stream alone."""
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
    kinds = sorted(map(stat.S_IFMT, found))
    return "nothing" if kinds == [stat.S_IFIFO, stat.S_IFSOCK] else "GAINED"
