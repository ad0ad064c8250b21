"""Tries to compare equal as an array of a class of its own; must arrive as no value."""
# ends: unusable
# bare: same

import numpy as np


class Array(np.ndarray):
    def __eq__(self, other):
        return np.array(True)


def f(secret, port, victim):
    return np.zeros(3).view(Array)
