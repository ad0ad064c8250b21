"""The student's side as one ordinary process, for a student's own machine.

Follows orders from the standard input and replies on the standard output, one after the other. It
needs neither fork nor walls; time is limited by a watchdog, memory where the system can. Knows
inputs and answers; no expected values.
"""

import contextlib
import faulthandler
import os
import shutil
import signal
import tempfile
from typing import BinaryIO

import msgspec

from grader.student.child import DEADLINE_SIGNAL, Child, limit_memory
from grader.student.frames import (
    WALL_FACTOR,
    Order,
    RunOrder,
    StreamEndedError,
    read_frame,
)
from grader.student.wire import Source


class PlainChild(Child):
    """A child that nobody forked: it follows one order after the other."""

    def __init__(self, replies: BinaryIO) -> None:
        super().__init__(stream=-1, trace=-1, folder="", doors=None)
        self._replies = replies

    def serve(self, orders: BinaryIO) -> None:
        """Follow orders until there are no more."""
        with contextlib.suppress(StreamEndedError):
            while True:
                _, payload = read_frame(orders.read)
                self._follow_in_folder(msgspec.msgpack.decode(payload, type=Order))

    def _follow_in_folder(self, order: Order) -> None:
        before = os.getcwd()  # noqa: PTH109  # a text, as `folder` is
        self.folder = tempfile.mkdtemp(prefix="grader-")
        os.chdir(self.folder)
        try:
            for source in order.job.sources if isinstance(order, RunOrder) else ():
                _write(source)
            self._follow(order)
        finally:
            faulthandler.cancel_dump_traceback_later()
            if hasattr(signal, "setitimer"):
                super()._limit_step(0)
            os.chdir(before)
            shutil.rmtree(self.folder, ignore_errors=True)

    def _limit_step(self, cpu_s: float) -> None:
        faulthandler.dump_traceback_later(WALL_FACTOR * cpu_s, exit=True, file=2)
        if hasattr(signal, "setitimer"):
            super()._limit_step(cpu_s)

    def _send(self, data: bytes) -> None:
        self._replies.write(data)
        self._replies.flush()


def main() -> None:
    """Serve on streams that the student's own prints and reads do not reach."""
    orders = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    import numpy as np  # noqa: F401  # before memory is limited

    if hasattr(faulthandler, "register"):
        faulthandler.register(DEADLINE_SIGNAL, 2, all_threads=False, chain=True)
    with contextlib.suppress(NameError, ValueError, OSError):  # not every system can
        limit_memory()
    PlainChild(replies).serve(orders)


def _write(source: Source) -> None:
    folder = os.path.dirname(source.path)  # noqa: PTH120  # a text, as everywhere on this side
    if folder:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103  # as above
    with open(source.path, "xb") as file:  # noqa: PTH123  # as above
        file.write(source.data)


if __name__ == "__main__":
    main()
