"""Tries to open what other processes have open by their folders in /proc; must be refused."""
# ends: exception
# bare: gains

import os


def f(secret, port, victim):
    refused = None
    for pid in (os.getppid(), victim):
        for number in range(64):
            try:
                os.open(f"/proc/{pid}/fd/{number}", os.O_RDONLY | os.O_NONBLOCK)
            except OSError as error:
                refused = error
            else:
                return "GAINED"
    raise refused
