"""Tries to end the process before any reply; must cost this test and be called exited."""
# ends: exited
# bare: same

import os


def f(secret, port, victim):
    os._exit(0)
