"""The seam: reads submissions and runs jobs on warm fork servers.

A server that dies is started again and its job repeated once; whatever a child does costs the test
that it was in. Knows nothing of expected values.
"""

import contextlib
from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest
from typing import Self

import msgspec
from msgspec.structs import replace

from grader.errors import SandboxError
from grader.model import Walls
from grader.sandbox.children import Child
from grader.sandbox.levels import Choice, Level
from grader.sandbox.outcomes import JobRun, TaskOutcome
from grader.sandbox.servers import Server, ServerDiedError
from grader.student import frames
from grader.student.formats import is_document
from grader.student.frames import ReadOrder, RunOrder
from grader.student.wire import (
    Asked,
    Index,
    Job,
    Place,
    ReadRequest,
    Source,
    Task,
    Unread,
)

_MAX_UNREADABLE = 3


class Sandbox:
    """Warm servers for one grading; use it as a context manager.

    Starting is quick: the servers import while the judge does its own work.
    """

    def __init__(self, *, walls: Walls | None = None) -> None:
        self._choice = Choice(walls)
        self._level: Level | None = None
        self._servers: dict[tuple[str, ...], Server] = {}
        self._ahead: tuple[Job, Child] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
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
            self._level, self._servers[()] = self._choice.settle()
        return self._level

    def close(self) -> None:
        """End all servers; nothing of them is left."""
        self._drop_ahead()
        if self._level is None:
            self._choice.give_up()
        while self._servers:
            self._servers.popitem()[1].close()

    def _start(self, *, extra: tuple[str, ...]) -> Server:
        """The server, started if it is not there; the first one has been tried already."""
        level = self.level
        if extra not in self._servers:
            self._servers[extra] = Server(level.way, extra=extra)
        return self._servers[extra]

    def _restart(self, *, extra: tuple[str, ...]) -> Server:
        self._servers.pop(extra).close()
        return self._start(extra=extra)

    # --- running --------------------------------------------------------------------------------

    def run(self, job: Job) -> tuple[TaskOutcome, ...]:
        """Run all tests of a job; one outcome per task, in order."""
        found: dict[int, TaskOutcome] = {}
        for extra, numbers, part in _parts(job):
            outcomes = self._run_on(part, extra=extra)
            found.update(zip(numbers, outcomes, strict=True))
        return tuple(found[n] for n in range(len(job.tasks)))

    def run_all(self, jobs: Iterable[Job]) -> Iterator[tuple[TaskOutcome, ...]]:
        """Run jobs one after the other; outcomes in the same order.

        While the caller judges the outcomes of one, the next one has begun.
        """
        jobs = tuple(jobs)
        for extra in {_needs(task, job.sources) for job in jobs for task in job.tasks}:
            self._start(extra=extra)  # importing torch takes a second: begin now
        return self._run_one_ahead(jobs)

    def _run_one_ahead(self, jobs: tuple[Job, ...]) -> Iterator[tuple[TaskOutcome, ...]]:
        for job, following in zip_longest(jobs, jobs[1:]):
            outcomes = self.run(job)
            if following is not None:
                self._begin(following)
            yield outcomes

    def _begin(self, job: Job) -> None:
        """Let a child begin with a job; whoever runs that job next goes on with it."""
        for extra, _, part in islice(_parts(job), 1):
            run = JobRun(part)
            if run.position is not None:
                with contextlib.suppress(ServerDiedError):  # it is told when the job is run
                    self._ahead = part, _child(self._start(extra=extra), part, run)

    def _begun(self, job: Job) -> Child | None:
        """The child that has begun with a job; one that has begun with another is ended."""
        if self._ahead is not None and self._ahead[0] == job:
            child, self._ahead = self._ahead[1], None
            return child
        self._drop_ahead()
        return None

    def _drop_ahead(self) -> None:
        if self._ahead is not None:
            (_, child), self._ahead = self._ahead, None
            with contextlib.suppress(ServerDiedError), child:
                pass

    def _run_on(self, job: Job, *, extra: tuple[str, ...]) -> tuple[TaskOutcome, ...]:
        server, run = self._start(extra=extra), JobRun(job)
        try:
            _follow(server, job, run, begun=self._begun(job))
        except ServerDiedError:
            server = self._restart(extra=extra)
            run = JobRun(job)  # from the start, so that a rerun gives what a first run gives
            try:
                _follow(server, job, run)
            except ServerDiedError as error:
                run = JobRun(job)  # nothing of it counts
                run.fail(f"the grader's own server ended: {error}")
                self._restart(extra=extra)
        return run.outcomes()

    # --- reading --------------------------------------------------------------------------------

    def read(self, sources: tuple[Source, ...], asked: tuple[Asked, ...] = ()) -> Index:
        """Index a submission; a file that ends its reader is named and left out.

        Args:
            sources: the submission's files.
            asked: the parts that its documents may answer.
        """
        self._see_off()
        unread: list[Unread] = []
        for _ in range(_MAX_UNREADABLE):
            try:
                index, culprit = self._read_once(ReadRequest(sources=sources, asked=asked))
            except ServerDiedError:
                self._restart(extra=())
                index, culprit = self._read_once(ReadRequest(sources=sources, asked=asked))
            if index is not None:
                return Index(found=index.found, unread=(*index.unread, *unread))
            unread.append(_died_reading(sources, culprit))
            sources = tuple(s for n, s in enumerate(sources) if n != culprit)
        return Index(unread=tuple(unread))

    def _see_off(self) -> None:
        """Wait until nothing of the submission before lives, which could read this one's files."""
        self._drop_ahead()
        for extra, server in tuple(self._servers.items()):
            try:
                server.settle()
            except ServerDiedError:
                self._restart(extra=extra)

    def _read_once(self, wanted: ReadRequest) -> tuple[Index | None, int]:
        """The index, or None and the number of the file that the reader died of."""
        server = self._start(extra=())
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


def _follow(server: Server, job: Job, run: JobRun, *, begun: Child | None = None) -> None:
    """Run children until every test of the job has an outcome.

    Args:
        begun: a child that has begun with the job already.

    Raises:
        ServerDiedError: the server ended or is silent.
        SandboxError: a child can not be set up.
    """
    while run.position is not None:
        with begun or _child(server, job, run) as child:
            begun = None
            run.begin()
            child.step(job.tasks[run.position.task].cpu_s)
            _follow_child(child, job, run)


def _child(server: Server, job: Job, run: JobRun) -> Child:
    """A child that goes on with a job where the run of it is; there is a test to run."""
    assert run.position is not None
    order = RunOrder(job=job, start=run.position)
    return Child(server, order, cpu_s=job.tasks[run.position.task].cpu_s)


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


def _parts(job: Job) -> Iterator[tuple[tuple[str, ...], list[int], Job]]:
    """A job by the servers that it needs: their packages, which tasks, and a job of these."""
    needs = [_needs(task, job.sources) for task in job.tasks]
    for extra in sorted(set(needs)):
        numbers = [number for number, need in enumerate(needs) if need == extra]
        yield extra, numbers, replace(job, tasks=tuple(job.tasks[n] for n in numbers))


def _needs(task: Task, sources: tuple[Source, ...]) -> tuple[str, ...]:
    """What the answer's server must have imported beside numpy: torch where it may and does use it.

    Optimisers need a compiler of torch's, which takes another second.
    """
    if "torch" not in task.imports or hasattr(task.answer, "texts"):
        return ()
    code = [
        source.data
        for source in sources
        if source.path.endswith((".py", ".ipynb")) or is_document(source.path)
    ]
    if not any(b"torch" in data for data in code):
        return ()
    return ("torch", "torch._dynamo") if any(b"optim" in data for data in code) else ("torch",)


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
