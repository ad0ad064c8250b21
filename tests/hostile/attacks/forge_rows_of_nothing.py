"""Tries to send an array of many rows that hold nothing past the packing; must be told."""
# ends: not an answer
# bare: same

import os
import struct
import sys


def f(secret, port, victim):
    packing = sys.modules["grader.student.packing"]
    wire = sys.modules["grader.student.wire"]
    value = wire.Returned(value=packing.Array("float64", (2**40, 0), b""))
    reply = wire.TestReply(task=0, test=0, cases=(wire.CaseReply(result=value),))
    data = sys.modules["msgspec"].msgpack.encode(reply)
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack(">cI", b"T", len(data)) + data)
        except OSError:
            pass
    return "honest"
