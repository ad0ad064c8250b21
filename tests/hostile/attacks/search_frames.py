"""Tries to find the truth in the frames above; must find inputs alone."""
# ends: returned
# bare: same

import re
import sys


def f(secret, port, victim):
    frame = sys._getframe()
    while frame is not None:
        if re.search("PLANTED-TRUTH-[0-9a-f]{16}", repr(frame.f_locals) + repr(frame.f_globals)):
            return "GAINED"
        frame = frame.f_back
    return "nothing"
