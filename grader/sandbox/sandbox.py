"""The seam: reads submissions and runs jobs on warm fork servers.

A server that dies is started again and its job repeated once; whatever a child does costs the test
that it was in. Knows nothing of expected values.
"""

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

import msgspec

from grader.errors import SandboxError
from grader.model import Walls
from grader.sandbox.children import Child
from grader.sandbox.levels import Choice, Level
from grader.sandbox.outcomes import JobRun, TaskOutcome
from grader.sandbox.servers import Server, ServerDiedError
from grader.student import frames
from grader.student.frames import ReadOrder, RunOrder
from grader.student.wire import Asked, Index, Job, Place, ReadRequest, Source, Task, Unread

_MAX_UNREADABLE = 3


class Sandbox:
    """Warm servers for one grading; use it as a context manager.

    Starting is quick: the servers import while the judge does its own work.
    """

    def __init__(self, *, walls: Walls | None = None) -> None:
        self._choice = Choice(walls)
        self._level: Level | None = None
        self._servers: dict[bool, Server] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def walls(self) -> Walls:
        """What holds student code in."""
        return self.level.walls

    @property
    def walls_note(self) -> str:
        """What holds student code in, in words."""
        return self.level.note

    @property
    def level(self) -> Level:
        """The walls, how they were found, and why there are no stronger ones.

        Raises:
            SandboxError: the walls that are wanted can not be had.
        """
        if self._level is None:
            self._level, self._servers[False] = self._choice.settle()
        return self._level

    def close(self) -> None:
        """End all servers; nothing of them is left."""
        if self._level is None:
            self._choice.give_up()
        while self._servers:
            self._servers.popitem()[1].close()

    def _start(self, *, with_torch: bool) -> Server:
        """The server, started if it is not there; the first one has been tried already."""
        level = self.level
        if with_torch not in self._servers:
            self._servers[with_torch] = Server(level.way, with_torch=with_torch)
        return self._servers[with_torch]

    def _restart(self, *, with_torch: bool) -> Server:
        self._servers.pop(with_torch).close()
        return self._start(with_torch=with_torch)

    # --- running --------------------------------------------------------------------------------

    def run(self, job: Job) -> tuple[TaskOutcome, ...]:
        """Run all tests of a job; one outcome per task, in order."""
        needs = [_needs_torch(task, job.sources) for task in job.tasks]
        found: dict[int, TaskOutcome] = {}
        for with_torch in sorted(set(needs)):
            numbers = [n for n, need in enumerate(needs) if need == with_torch]
            tasks = tuple(job.tasks[n] for n in numbers)
            part = msgspec.structs.replace(job, tasks=tasks)
            outcomes = self._run_on(part, with_torch=with_torch)
            found.update(zip(numbers, outcomes, strict=True))
        return tuple(found[n] for n in range(len(job.tasks)))

    def run_all(self, jobs: Iterable[Job]) -> Iterator[tuple[TaskOutcome, ...]]:
        """Run jobs one after the other; outcomes in the same order."""
        jobs = tuple(jobs)
        if any(_needs_torch(task, job.sources) for job in jobs for task in job.tasks):
            self._start(with_torch=True)  # importing torch takes a second: begin now
        return map(self.run, jobs)

    def _run_on(self, job: Job, *, with_torch: bool) -> tuple[TaskOutcome, ...]:
        server = self._start(with_torch=with_torch)
        run = JobRun(job)
        try:
            _follow(server, job, run)
        except ServerDiedError:
            server = self._restart(with_torch=with_torch)
            run = JobRun(job)  # from the start, so that a rerun gives what a first run gives
            try:
                _follow(server, job, run)
            except ServerDiedError as error:
                run = JobRun(job)  # nothing of it counts
                run.fail(f"the grader's own server ended: {error}")
                self._restart(with_torch=with_torch)
        return run.outcomes()

    # --- reading --------------------------------------------------------------------------------

    def read(self, sources: tuple[Source, ...], asked: tuple[Asked, ...] = ()) -> Index:
        """Index a submission; a file that ends its reader is named and left out.

        Args:
            sources: the submission's files.
            asked: the parts that its documents may answer.
        """
        unread: list[Unread] = []
        for _ in range(_MAX_UNREADABLE):
            try:
                index, culprit = self._read_once(ReadRequest(sources=sources, asked=asked))
            except ServerDiedError:
                self._restart(with_torch=False)
                index, culprit = self._read_once(ReadRequest(sources=sources, asked=asked))
            if index is not None:
                return Index(found=index.found, unread=(*index.unread, *unread))
            unread.append(_died_reading(sources, culprit))
            sources = tuple(s for n, s in enumerate(sources) if n != culprit)
        return Index(unread=tuple(unread))

    def _read_once(self, wanted: ReadRequest) -> tuple[Index | None, int]:
        """The index, or None and the number of the file that the reader died of."""
        server = self._start(with_torch=False)
        culprit = 0
        with Child(server, ReadOrder(wanted), cpu_s=frames.READ_CPU_S) as child:
            while (found := child.receive()) is not None:
                kind, payload = found
                if kind == frames.INDEX:
                    return _strict_index(payload, wanted.sources), culprit
                if kind == frames.BROKEN:
                    raise _broken(payload)
                culprit = msgspec.msgpack.decode(payload, type=int)
        return None, culprit


def _follow(server: Server, job: Job, run: JobRun) -> None:
    """Run children until every test of the job has an outcome.

    Raises:
        ServerDiedError: the server ended or is silent.
        SandboxError: a child can not be set up.
    """
    while run.position is not None:
        order = RunOrder(job=job, start=run.position)
        with Child(server, order, cpu_s=job.tasks[run.position.task].cpu_s) as child:
            run.begin()
            _follow_child(child, job, run)


def _follow_child(child: Child, job: Job, run: JobRun) -> None:
    """Take a child's frames until all is done or it ends; what it was doing has an outcome then."""
    while run.position is not None and not run.is_spoiled:
        found = child.receive()
        if found is None:
            break
        kind, payload = found
        if kind == frames.BROKEN and not run.has_begun:
            raise _broken(payload)
        if kind == frames.PROGRESS:
            child.step(job.tasks[run.position.task].cpu_s)
        run.take(kind, payload)
    if run.position is not None:
        run.end(child.end())


def _broken(payload: bytes) -> SandboxError:
    return SandboxError(f"a child can not be set up: {payload[:2000].decode(errors='replace')}")


def _needs_torch(task: Task, sources: tuple[Source, ...]) -> bool:
    """Whether the answer may import torch, and some file says the word."""
    if "torch" not in task.imports or hasattr(task.answer, "texts"):
        return False
    return any(
        b"torch" in source.data for source in sources if source.path.endswith((".py", ".ipynb"))
    )


def _strict_index(payload: bytes, sources: tuple[Source, ...]) -> Index | None:
    """The index, unless it names files that were not sent."""
    try:
        index = msgspec.msgpack.decode(payload, type=Index)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    paths = {source.path for source in sources}
    places = {f.place.file for f in index.found} | {u.place.file for u in index.unread}
    return index if places <= paths else None


def _died_reading(sources: tuple[Source, ...], number: int) -> Unread:
    """Says which file the reader died of."""
    path = sources[number].path if number < len(sources) else ""
    return Unread(
        place=Place(file=path),
        message="reading this file took more time or memory than allowed; nothing of it was read",
    )
