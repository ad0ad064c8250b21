"""Tries to make comparisons true by patching numpy; must change its own process alone."""
# ends: returned
# bare: same

import numpy as np


def f(secret, port, victim):
    np.allclose = np.array_equal = lambda *a, **k: True
    return "patched"
