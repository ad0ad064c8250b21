"""Tries to reply with an array whose sizes no machine has; must be told."""
# ends: not an answer
# bare: same

import os
import struct
import sys


def f(secret, port, victim):
    packing = sys.modules["grader.student.packing"]
    wire = sys.modules["grader.student.wire"]
    encode = sys.modules["msgspec"].msgpack.encode
    array = packing.Array("float64", (2**62, 2**62, 0), b"")
    value = wire.Returned(value=array)
    reply = encode(wire.TestReply(task=0, test=0, cases=(wire.CaseReply(result=value),)))
    data = struct.pack(">cI", b"T", len(reply)) + reply
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
    return "honest"
