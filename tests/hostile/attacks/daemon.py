"""Tries to stay by double fork and a session of its own; must be refused, and swept without walls."""
# ends: exception
# bare: gains

import os
import time


def f(secret, port, victim):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(10)
        os._exit(0)
    return "GAINED"
