"""Tries to forge replies by patching our code in its process; must give its own result only."""
# ends: any
# bare: same

import sys


def f(secret, port, victim):
    packing = sys.modules["grader.student.packing"]
    sys.modules["grader.student.calls"].pack = lambda value: packing.Scalar("forged")
    return "honest"
