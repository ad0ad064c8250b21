"""Ends authors' code that takes too long, where the system has a timer for it.

Knows nothing of what runs.
"""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class OutOfTimeError(Exception):
    """What ran took longer than it may."""


@contextlib.contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """End what runs inside after so many seconds by the clock.

    Raises:
        OutOfTimeError: it took longer.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not hasattr(signal, "setitimer") or not is_main:
        yield
        return
    before = signal.signal(signal.SIGALRM, _stop)
    left = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)
        # Somebody else's timer goes on; late by what ran here, which is bounded.
        signal.setitimer(signal.ITIMER_REAL, *left)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise OutOfTimeError
