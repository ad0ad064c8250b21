"""Tries to hold the grader up without computing; must run out of time."""
# ends: timed out
# bare: same

import time


def f(secret, port, victim):
    time.sleep(3600)
