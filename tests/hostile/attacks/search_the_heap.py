"""Tries to find the truth among all objects; must find none."""
# ends: returned
# bare: same

import gc
import re


def f(secret, port, victim):
    for item in gc.get_objects():
        if type(item) in (dict, list, tuple) and len(item) < 50:
            if re.search("PLANTED-TRUTH-[0-9a-f]{16}", repr(item)[:2000]):
                return "GAINED"
    return "nothing"
