"""Tries to leave by sys.exit inside the call; must be an answer that exited."""
# ends: exited
# bare: same

import sys


def f(secret, port, victim):
    sys.exit(0)
