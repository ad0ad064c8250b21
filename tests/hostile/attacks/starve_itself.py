"""Tries to have its deadline put off by threads that keep its first one waiting; must run out of time."""
# ends: timed out
# bare: same

import hashlib
import signal
import threading


def f(secret, port, victim):
    signal.setitimer(signal.ITIMER_PROF, 0)
    data = bytes(2**20)

    def burn():
        while True:
            hashlib.sha256(data)  # without the lock of the interpreter

    for _ in range(30):
        threading.Thread(target=burn, daemon=True).start()
    burn()
