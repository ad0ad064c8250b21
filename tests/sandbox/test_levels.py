"""Which level a machine has: by what the canary could do, never by what is installed."""

import pytest

from grader.model import Walls
from grader.sandbox.levels import Level, advice, level_of
from grader.sandbox.servers import Way
from grader.student.canary import NAMESPACES, PROCESSES, SEE_FILES, SEE_PROCESSES, SOCKETS

INSIDE, BESIDE = Way(bubblewrap="/usr/bin/bwrap"), Way()
READ = "read the judge's files"


@pytest.mark.parametrize(
    ("way", "attacks", "walls"),
    [
        (INSIDE, (), Walls.FULL),
        (INSIDE, (SEE_PROCESSES,), Walls.REDUCED),
        (INSIDE, (SOCKETS, PROCESSES, NAMESPACES), Walls.REDUCED),
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


def test_full_walls_need_no_advice() -> None:
    assert advice(Level(walls=Walls.FULL, way=INSIDE)) == ()


def test_advice_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("grader.sandbox.levels.find_bubblewrap", lambda: None)
    failures = (f"without bubblewrap: from inside one could {PROCESSES}",)
    bubblewrap, seccomp = advice(Level(walls=Walls.NONE, way=Way(), failures=failures))
    assert "install bubblewrap" in bubblewrap
    assert "libseccomp" in seccomp


def test_a_note_says_what_stays_open() -> None:
    level = Level(walls=Walls.REDUCED, way=BESIDE, attacks=(SEE_FILES,))
    assert level.note.endswith("but could see which files there are")
