"""Tries to fill the machine with threads; must stay within its memory."""
# ends: any
# bare: same

import threading
import time


def f(secret, port, victim):
    for _ in range(64):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return "started"
