"""Tries to forge replies by patching our code in its process; must give its own result only."""
# ends: any
# bare: same

import sys


def f(secret, port, victim):
    wire = sys.modules["grader.student.wire"]
    sys.modules["grader.student.calls"].pack = lambda value: wire.Scalar("forged")
    return "honest"
