"""Tries to take 8 GiB as an array; must be out of memory."""
# ends: out of memory
# bare: same

import numpy as np


def f(secret, port, victim):
    return np.empty(2**30)
