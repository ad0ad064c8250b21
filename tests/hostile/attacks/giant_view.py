"""Tries to make us copy a terabyte that is one number; must be out of memory, inside."""
# ends: out of memory
# bare: same

import numpy as np


def f(secret, port, victim):
    return np.broadcast_to(np.zeros(1), (2**37,))
