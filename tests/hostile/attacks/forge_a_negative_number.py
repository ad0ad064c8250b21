"""Tries to reply to a test before the first; must be told."""
# ends: not an answer
# bare: same

import os
import struct
import sys


def f(secret, port, victim):
    packing = sys.modules["grader.student.packing"]
    wire = sys.modules["grader.student.wire"]
    encode = sys.modules["msgspec"].msgpack.encode
    value = wire.Returned(value=packing.Scalar("GAINED"))
    reply = encode(wire.TestReply(task=-1, test=-1, cases=(wire.CaseReply(result=value),)))
    data = struct.pack(">cI", b"T", len(reply)) + reply
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
    return "honest"
