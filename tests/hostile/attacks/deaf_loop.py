"""Tries to outlive its time by ignoring signals; must run out of time."""
# ends: timed out
# bare: same

import signal


def f(secret, port, victim):
    for number in (signal.SIGPROF, signal.SIGTERM, signal.SIGXCPU, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass
