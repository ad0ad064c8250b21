"""Tries to exhaust the judge's stack with a value nested without an end; must be told."""
# ends: not an answer
# bare: same

import os
import struct
import sys


def f(secret, port, victim):
    wire = sys.modules["grader.student.wire"]
    encode = sys.modules["msgspec"].msgpack.encode
    reply = encode(wire.TestReply(task=0, test=0, cases=()))
    nested = b"\x92\xa4many\x91" * 100_000 + b"\xc0"
    reply = reply.replace(b"\xa5cases\x90", b"\xa5cases\x91\x81\xa6result\x82\xa4type\xa8returned\xa5value" + nested)
    data = struct.pack(">cI", b"T", len(reply)) + reply
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
    return "honest"
