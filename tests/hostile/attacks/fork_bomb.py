"""Tries to fill the table of processes; must be refused, and swept without walls."""
# ends: exception
# bare: gains

import os
import time


def f(secret, port, victim):
    for _ in range(40):
        if os.fork() == 0:
            time.sleep(10)
            os._exit(0)
    return "GAINED"
