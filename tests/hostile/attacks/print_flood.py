"""Tries to flood the log; must be cut and cost nothing."""
# ends: returned
# bare: same

import os


def f(secret, port, victim):
    for _ in range(50):
        print("y" * 10**5)
        os.write(1, b"y" * 10**5)
        os.write(2, b"y" * 10**5)
    return "flooded"
