"""Runs a small job of our own in the server, before the first fork.

The interpreter then has specialised its bytecode, filled its caches and grown its heap in pages
that all children share; each would pay for that again otherwise.
"""

import sys
from typing import Any

import msgspec
import numpy as np

from grader.student.calls import Function
from grader.student.child import decode_order, encoded
from grader.student.frames import Position, RunOrder
from grader.student.loading import StudentFiles
from grader.student.packing import pack
from grader.student.signature import parse_signature
from grader.student.wire import FunctionAnswer, Job, Place, Source, Task, TestInputs, TestReply

_FILE = "rehearsal.py"
_SOURCE = b"""import math

import numpy as np


def double(x):
    return 2 * np.asarray(x) + math.floor(0.5)
"""
# The first is loaded as it is, the second one by its syntax tree.
_SOURCES = (_SOURCE, _SOURCE + b"\n\nprint(double(2))\n")
_TIMES = 10  # the interpreter specialises what has run a few times


def rehearse() -> None:
    """Do once what children do, with numpy and, where it is imported, with torch."""
    _rehearse_call()
    if "torch" in sys.modules:
        _rehearse_torch(sys.modules["torch"])


def _rehearse_call() -> None:
    """Read an order, load and call a function as a child does, and forget it again."""
    case = (pack(np.arange(3.0)),)
    answer = FunctionAnswer(place=Place(file=_FILE))
    task = Task(
        part="rehearsal/double",
        signature=parse_signature("double(x[N]) -> y[N]"),
        answer=answer,
        tests=(TestInputs(cases=(case,)),),
    )
    for source in _SOURCES * _TIMES:
        job = Job(sources=(Source(path=_FILE, data=source),), tasks=(task,))
        decode_order(msgspec.msgpack.encode(RunOrder(job=job, start=Position(0, 0))))
        with StudentFiles({_FILE: source}, "") as files:
            function = Function(files, answer, task.signature, task.imports)
            cases = tuple(function.run(case) for _ in range(2))
        encoded(TestReply(task=0, test=0, cases=cases))


def _rehearse_torch(torch: Any) -> None:
    """One step of training, which makes torch set up what it puts off; the numbers do not matter.

    An optimiser imports a compiler, which takes a second and wants to write files: children can do
    neither, so that a server for students who train imports it first.
    """
    torch.manual_seed(0)
    image = torch.ones(2, 1, 4, 4)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(1, 2, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(8, 2)
    )
    parameters = list(net.parameters())
    loss = torch.nn.functional.cross_entropy(net(image), torch.tensor([0, 1]))
    loss.backward()
    if "torch._dynamo" in sys.modules:
        torch.optim.Adam(parameters).step()
    repr(pack(loss)), repr(loss), repr(image.double())
