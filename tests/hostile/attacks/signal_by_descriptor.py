"""Tries to signal another process by a descriptor of it; must be refused."""
# ends: exception
# bare: gains

import os
import signal


def f(secret, port, victim):
    signal.pidfd_send_signal(os.pidfd_open(victim), signal.SIGCONT)
    return "GAINED"
