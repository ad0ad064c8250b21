"""A Dask scheduler and workers on this machine, each a process of its own."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.batch.classes import wait_for

DASK = Path(sys.executable).with_name("dask")
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@contextlib.contextmanager
def cluster(folder, workers):
    """A scheduler and worker processes; gives the address and the workers."""
    file = folder / "scheduler.json"
    environment = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "3"}
    here = ["--port", "0", "--no-dashboard", "--host", "127.0.0.1", "--scheduler-file", file]
    started = [subprocess.Popen([DASK, "scheduler", *here], env=environment, **QUIET)]
    workers_ended = contextlib.ExitStack()
    try:
        wait_for(file.is_file)
        for number in range(workers):
            scratch = folder / f"worker{number}"
            scratch.mkdir()
            started.append(workers_ended.enter_context(worker_in(scratch, file)))
        yield json.loads(file.read_text())["address"], started[1:]
    finally:
        workers_ended.close()
        started[0].kill()
        started[0].wait()


@contextlib.contextmanager
def worker_in(scratch, file):
    """A worker with a folder of its own."""
    arguments = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--scheduler-file", file]
    process = subprocess.Popen(
        [DASK, "worker", *arguments, "--local-directory", scratch],
        env={**os.environ, "TMPDIR": str(scratch)},
        **QUIET,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for_workers(address, count):
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)
