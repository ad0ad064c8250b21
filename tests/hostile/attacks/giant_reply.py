"""Tries to return more than a test may; must be told so."""
# ends: returned too much
# bare: same

import numpy as np


def f(secret, port, victim):
    return np.zeros(2**22)
