"""Tries to act after the end by atexit and a thread that stays; must end with the reply."""
# ends: returned
# bare: same

import atexit
import threading
import time


def f(secret, port, victim):
    atexit.register(time.sleep, 60)
    threading.Thread(target=time.sleep, args=(60,)).start()
    return "stayed"
