"""Tries to fill sentences, pages and the terminal with a description of megabytes; must be told."""
# ends: not an answer
# bare: same

import os
import struct
import sys


def f(secret, port, victim):
    packing = sys.modules["grader.student.packing"]
    wire = sys.modules["grader.student.wire"]
    value = wire.Returned(value=packing.Unusable("A" * 10**6))
    reply = wire.TestReply(task=0, test=0, cases=(wire.CaseReply(result=value),))
    data = sys.modules["msgspec"].msgpack.encode(reply)
    data = struct.pack(">cI", b"T", len(data)) + data
    for descriptor in range(3, 64):
        left = data
        try:
            while left:
                left = left[os.write(descriptor, left) :]
        except OSError:
            pass
    return "honest"
