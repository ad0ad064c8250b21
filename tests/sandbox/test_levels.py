"""Which level a machine has: by what the canary could do, never by what is installed."""

import pytest

from grader.model import Walls
from grader.sandbox.advising import Machine, advice
from grader.sandbox.levels import FROM_INSIDE, Level, level_of
from grader.sandbox.servers import Way
from grader.student.canary import NAMESPACES, PROCESSES, SEE_FILES, SEE_PROCESSES, SOCKETS

INSIDE, BESIDE = Way(bubblewrap="/usr/bin/bwrap"), Way()
READ = "read the judge's files"


@pytest.mark.parametrize(
    ("way", "attacks", "walls"),
    [
        (INSIDE, (), Walls.FULL),
        (INSIDE, (SEE_PROCESSES,), Walls.REDUCED),
        (INSIDE, (SOCKETS, PROCESSES, NAMESPACES), Walls.NONE),
        (INSIDE, (SEE_FILES,), Walls.NONE),
        (INSIDE, (READ,), Walls.NONE),
        (BESIDE, (), Walls.REDUCED),
        (BESIDE, (SEE_FILES,), Walls.REDUCED),
        (BESIDE, (SOCKETS,), Walls.NONE),
        (BESIDE, (READ, SEE_FILES), Walls.NONE),
    ],
)
def test_a_level_is_what_the_canary_could_not_do(
    way: Way, attacks: tuple[str, ...], walls: Walls
) -> None:
    assert level_of(way, attacks) is walls


REDUCED = Level(walls=Walls.REDUCED, way=BESIDE, attacks=(SEE_FILES,))
NONE = Level(
    walls=Walls.NONE,
    way=BESIDE,
    failures=(f"without bubblewrap: {FROM_INSIDE} {PROCESSES}",),
)
DEBIAN, UBUNTU = "kernel.unprivileged_userns_clone", "kernel.apparmor_restrict_unprivileged_userns"
CONTAINER = ("docker run --security-opt seccomp=unconfined", "systempaths=unconfined", "unmask=ALL")


def test_full_walls_need_no_advice() -> None:
    assert advice(Level(walls=Walls.FULL, way=INSIDE)) == ()


@pytest.mark.parametrize(
    ("level", "machine", "wanted"),
    [
        (NONE, Machine(platform="darwin"), [("on Linux",)]),
        (REDUCED, Machine(has_bubblewrap=False), [("apt-get install bubblewrap",)]),
        (
            NONE,
            Machine(has_bubblewrap=False),
            [("apt-get install bubblewrap",), ("apt-get install libseccomp2",)],
        ),
        (
            Level(
                walls=Walls.NONE,
                way=BESIDE,
                failures=(
                    f"bubblewrap: {FROM_INSIDE} {SOCKETS} and {PROCESSES}",
                    f"without bubblewrap: {FROM_INSIDE} {PROCESSES}",
                ),
            ),
            Machine(),
            [("apt-get install libseccomp2",)],
        ),
        (
            REDUCED,
            Machine(settings={DEBIAN: 0, "user.max_user_namespaces": 0}),
            [(f"sudo sysctl -w user.max_user_namespaces=10000 {DEBIAN}=1`",)],
        ),
        (REDUCED, Machine(settings={UBUNTU: 1, DEBIAN: 1}), [(f"sudo sysctl -w {UBUNTU}=0`",)]),
        (REDUCED, Machine(is_container=True), [CONTAINER]),
        (
            REDUCED,
            Machine(is_container=True, settings={UBUNTU: 1}),
            [CONTAINER, (f"on its host: `sudo sysctl -w {UBUNTU}=0`",)],
        ),
        (REDUCED, Machine(settings={DEBIAN: 1, UBUNTU: 0}), [("`bwrap --unshare-user",)]),
        (
            Level(walls=Walls.REDUCED, way=INSIDE, attacks=(SEE_PROCESSES,)),
            Machine(),
            [("a kernel with Landlock",)],
        ),
    ],
)
def test_advice_names_each_obstacle_and_its_command(
    level: Level, machine: Machine, wanted: list[tuple[str, ...]]
) -> None:
    told = advice(level, machine)
    assert len(told) == len(wanted)
    for sentence, pieces in zip(told, wanted, strict=True):
        assert all(piece in sentence for piece in pieces)


def test_a_note_says_what_stays_open() -> None:
    level = Level(walls=Walls.REDUCED, way=BESIDE, attacks=(SEE_FILES,))
    assert level.note.endswith("but could see which files there are")
