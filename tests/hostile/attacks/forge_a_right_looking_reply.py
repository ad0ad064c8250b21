"""Tries to reply by itself with a well-formed reply; must be its own result only."""
# ends: any
# bare: same

import os
import struct

import numpy


def f(secret, port, victim):
    import sys

    packing = sys.modules["grader.student.packing"]
    wire = sys.modules["grader.student.wire"]
    encode = sys.modules["msgspec"].msgpack.encode
    reply = wire.TestReply(
        task=0, test=0, cases=(wire.CaseReply(result=wire.Returned(value=packing.Scalar("forged"))),)
    )
    data = encode(reply)
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack(">cI", b"T", len(data)) + data)
        except OSError:
            pass
    os._exit(0)
