"""Tries to look like a victim of the system by SIGKILL to itself; must be called killed."""
# ends: killed
# bare: same

import os
import signal


def f(secret, port, victim):
    os.kill(os.getpid(), signal.SIGKILL)
