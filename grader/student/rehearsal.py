"""Runs a small job of our own in the server, before the first fork.

The interpreter then has specialised its bytecode, filled its caches and grown its heap in pages
that all children share; each would pay for that again otherwise.
"""

import msgspec
import numpy as np

from grader.student.calls import Function
from grader.student.child import decode_order, encoded
from grader.student.frames import Position, RunOrder
from grader.student.loading import StudentFiles
from grader.student.signature import parse_signature
from grader.student.wire import (
    FunctionAnswer,
    Job,
    Place,
    Source,
    Task,
    TestInputs,
    TestReply,
    pack,
)

_FILE = "rehearsal.py"
_SOURCE = b"""import math

import numpy as np


def double(x):
    return 2 * np.asarray(x) + math.floor(0.5)
"""
_TIMES = 20  # the interpreter specialises what has run a few times


def rehearse() -> None:
    """Read an order, load and call a function as a child does, and forget it again."""
    case = (pack(np.arange(3.0)),)
    answer = FunctionAnswer(place=Place(file=_FILE))
    task = Task(
        part="rehearsal/double",
        signature="double(x[N]) -> y[N]",
        answer=answer,
        tests=(TestInputs(cases=(case,)),),
    )
    job = Job(sources=(Source(path=_FILE, data=_SOURCE),), tasks=(task,))
    order = msgspec.msgpack.encode(RunOrder(job=job, start=Position(0, 0)))
    for _ in range(_TIMES):
        decode_order(order)
        with StudentFiles({_FILE: _SOURCE}, "") as files:
            function = Function(files, answer, parse_signature(task.signature), task.imports)
            cases = tuple(function.run(case) for _ in range(2))
        encoded(TestReply(task=0, test=0, cases=cases))
