"""Tries to exhaust the judge's memory with an array of many rows that hold nothing; must arrive as no value."""
# ends: unusable
# bare: same

import numpy as np


def f(secret, port, victim):
    return np.empty((2**40, 0))
