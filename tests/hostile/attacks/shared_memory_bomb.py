"""Tries to take 8 GiB of shared memory; must be refused."""
# ends: exception|out of memory
# bare: same

import mmap


def f(secret, port, victim):
    return mmap.mmap(-1, 2**33).size()
