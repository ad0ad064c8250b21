"""The floor of a class run: a fork of a warm interpreter and the students' own code, no more.

Reads jobs from a file, runs each in one forked child, prints the seconds by the clock of each.
"""

# ruff: noqa: BLE001, T201  # a student's code may raise anything; figures are printed

import os
import resource
import sys
import time
import types
from pathlib import Path

import msgspec
import numpy as np

from grader.student.packing import unpack
from grader.student.wire import Job

_CPU_S = 10
_WARM = np.eye(2)


def main(path):
    jobs = msgspec.msgpack.decode(Path(path).read_bytes(), type=tuple[Job, ...])
    if any(b"import torch" in source.data for job in jobs for source in job.sources):
        import torch  # noqa: F401  # warm as well
    for job in jobs:
        began = time.perf_counter()
        pid = os.fork()
        if pid == 0:
            _live(job)
        os.waitpid(pid, 0)
        print(time.perf_counter() - began)


def _live(job):
    """Import the files and call what the job calls; what goes wrong is nobody's concern here."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    names = {}
    for source in job.sources:
        if source.path.endswith(".py"):
            module = types.ModuleType(source.path[:-3])
            try:
                exec(compile(source.data, source.path, "exec"), module.__dict__)
            except BaseException:
                continue
            names |= module.__dict__
    for task in job.tasks:
        function = names.get(task.signature.name)
        for case in (case for test in task.tests for case in test.cases):
            if function is not None:
                try:
                    function(*map(unpack, case))
                except BaseException:
                    break
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
