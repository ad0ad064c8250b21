"""Tries to take 8 GiB of heap; must be out of memory."""
# ends: out of memory
# bare: same


def f(secret, port, victim):
    return bytearray(2**33)
