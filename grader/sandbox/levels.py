"""Which walls there are: starts a server, lets a child attack its walls, and names the level.

Knows nothing of answers.
"""

import contextlib
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from grader.errors import SandboxError
from grader.model import Walls
from grader.sandbox.children import Child
from grader.sandbox.places import places
from grader.sandbox.servers import NOBODY, Server, ServerDiedError, Way, ways
from grader.student import frames
from grader.student.canary import SEE_FILES, SEE_PROCESSES
from grader.student.frames import AttackOrder

# The names of things, not what is in them. Whoever has the kernel's other calls can do more than
# those that are tried: leave messages, shared memory and keys, or close the folder of all.
_TOLERABLE_INSIDE = frozenset({SEE_PROCESSES})
_TOLERABLE = _TOLERABLE_INSIDE | {SEE_FILES}
FROM_INSIDE = "from inside one could"
_NOTES = {
    Walls.FULL: "students' code ran in bubblewrap, behind Landlock and seccomp: no network, no"
    " processes, no files but its own",
    Walls.REDUCED: "students' code ran where it could not reach this machine's files, processes or"
    " network, but could {open}",
    Walls.NONE: "students' code ran as an ordinary process with limits on time, memory and files;"
    " nothing kept it from reading this machine's files or using its network",
}


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """A way to start servers, what it keeps in, and what was tried before it in vain.

    Attributes:
        attacks: what the canary could do all the same.
        failures: per stronger way one sentence.
    """

    walls: Walls
    way: Way
    attacks: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """What the level means, in words."""
        return _NOTES[self.walls].format(open=" and ".join(self.attacks))


class Canary:
    """A file and a port that nobody inside may reach; planted while servers are tried."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="grader-planted-")
        folder = Path(self._folder.name)
        folder.chmod(0o755)  # the walls have to hold, not the owner's permissions
        self._file = folder / "planted"
        self._file.write_text("planted", encoding="ascii")
        self._file.chmod(0o666)
        self._listener = socket.create_server(("127.0.0.1", 0))

    @property
    def order(self) -> AttackOrder:
        """What a child is to attack."""
        return AttackOrder(file=str(self._file), port=self._listener.getsockname()[1])

    def close(self) -> None:
        """Remove what was planted."""
        self._listener.close()
        self._folder.cleanup()


def attacks_of(server: Server, order: AttackOrder) -> tuple[str, ...]:
    """What a child of the server could do.

    Raises:
        ServerDiedError: the server or the child did not come so far.
    """
    attacks: tuple[str, ...] | None = None
    said = "the canary said nothing"
    with Child(server, order, cpu_s=frames.READ_CPU_S) as child:
        while attacks is None and (found := child.receive()) is not None:
            kind, payload = found
            if kind == frames.ATTACKS:
                attacks = msgspec.msgpack.decode(payload, type=tuple[str, ...])
            elif kind == frames.BROKEN:
                said = payload.decode(errors="replace")
        if attacks is None:
            raise ServerDiedError(f"{said} (status {child.end().status})")
    return attacks


def level_of(way: Way, attacks: tuple[str, ...]) -> Walls:
    """The level that a way has, by what could be done in it."""
    if way.bubblewrap and not attacks:
        return Walls.FULL
    tolerable = _TOLERABLE_INSIDE if way.bubblewrap else _TOLERABLE
    return Walls.REDUCED if tolerable.issuperset(attacks) else Walls.NONE


class Choice:
    """Tries ways, the strongest first, until one has the level that is wanted.

    The first server starts at once; waiting for it, and for others where it fails, is put off until
    the answer is needed.
    """

    def __init__(self, wanted: Walls | None) -> None:
        self._wanted = wanted
        self._ways = _ways_for(wanted)
        self._canary = Canary()
        self._failures: list[str] = []
        self._server = self._next_started()

    def settle(self) -> tuple[Level, Server]:
        """Wait for the strongest way that holds.

        Raises:
            SandboxError: the walls that are wanted can not be had.
        """
        with contextlib.closing(self._canary):
            while True:
                if self._server is None:
                    why = "; ".join(self._failures) or "bubblewrap is not installed"
                    raise SandboxError(f"the walls '{self._wanted}' can not be had here: {why}")
                level = self._tried(self._server)
                if level is not None:
                    return level, self._server
                self._server.close()
                self._server = self._next_started()

    def give_up(self) -> None:
        """End what was started; nobody will ask."""
        self._canary.close()
        if self._server is not None:
            self._server.close()

    def _next_started(self) -> Server | None:
        """A server of the next way that starts at all."""
        for way in self._ways:
            closed = places(with_torch=False).closed_to(NOBODY) if way.is_nobody else None
            if closed is not None:
                self._fail(way, f"{closed} is closed to other users")
                continue
            try:
                server = Server(way)
            except ServerDiedError as error:
                self._fail(way, str(error))
                continue
            server.prepare()
            return server
        return None

    def _tried(self, server: Server) -> Level | None:
        """The level of a server, or None where it is not what is wanted."""
        way = server.way
        if not way.is_walled:
            return Level(walls=Walls.NONE, way=way, failures=tuple(self._failures))
        try:
            attacks = attacks_of(server, self._canary.order)
        except ServerDiedError as error:
            self._fail(way, str(error))
            return None
        walls = level_of(way, attacks)
        if walls is not Walls.NONE and self._wanted in (None, walls):
            return Level(walls=walls, way=way, attacks=attacks, failures=tuple(self._failures))
        self._fail(way, f"{FROM_INSIDE} {' and '.join(attacks)}")
        return None

    def _fail(self, way: Way, why: str) -> None:
        self._failures.append(f"{_named(way)}: {why}")


def _ways_for(wanted: Walls | None) -> Iterator[Way]:
    """The ways that may have what is wanted; without a wish, in the end the one without walls."""
    if wanted is not Walls.NONE:
        is_full = wanted is Walls.FULL
        yield from (w for w in ways() if wanted is None or bool(w.bubblewrap) == is_full)
    if wanted in (None, Walls.NONE):
        yield Way(is_walled=False)


def _named(way: Way) -> str:
    walls = "bubblewrap" if way.bubblewrap else "without bubblewrap"
    return f"{walls}, as nobody" if way.is_nobody else walls
