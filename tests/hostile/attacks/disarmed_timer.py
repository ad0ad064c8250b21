"""Tries to outlive its time by stopping the timer; must run out of time."""
# ends: timed out
# bare: same

import signal


def f(secret, port, victim):
    signal.setitimer(signal.ITIMER_PROF, 0)
    while True:
        pass
