"""Tries to smuggle objects in an array; must arrive as no value."""
# ends: unusable
# bare: same

import numpy as np


def f(secret, port, victim):
    return np.array([object(), secret], dtype=object)
