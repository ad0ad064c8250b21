"""Every attack on every level: it must gain nothing, leak nothing, harm nobody, and be named.

Each file in `attacks/` is one submission. Its first line says what it tries and what must happen;
`ends` names how its test must end behind walls; `bare` what happens without walls: `gains` (it must
then succeed, so that the wall is what stopped it), `same`, or why that can not be shown.
"""

import os
import re
import secrets
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from grader.errors import SandboxError
from grader.model import Walls
from grader.sandbox import Sandbox, outcomes
from grader.student import wire
from grader.student.signature import parse_signature
from grader.student.packing import Unusable, pack
from grader.student.wire import Job, Raised, Returned, Source

ATTACKS = sorted(Path(__file__).parent.glob("attacks/*.py"))
TRUTH = f"PLANTED-TRUTH-{secrets.token_hex(8)}"
HONEST = Source(path="honest.py", data=b"def f(secret, port, victim):\n    return 'honest'\n")
SIGNATURE = "f(secret: str, port: int, victim: int) -> y: str"


class Planted(msgspec.Struct):
    """What an attack may aim at: a file, a port, and a process that waits."""

    file: Path
    port: int
    victim: int


@pytest.fixture
def planted(tmp_path: Path, port: int, victim: int) -> Planted:
    for name in ("solution.py", "solution.py.spare"):
        (tmp_path / name).write_text(TRUTH, encoding="ascii")
        (tmp_path / name).chmod(0o666)  # walls have to hold, not permissions
    tmp_path.chmod(0o777)
    return Planted(tmp_path / "solution.py", port, victim)


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture(scope="session")
def victim() -> Iterator[int]:
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as process:
        yield process.pid
        process.kill()


@pytest.fixture(scope="session", params=[Walls.FULL, Walls.REDUCED])
def walled(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    os.environ["PLANTED"] = TRUTH
    with Sandbox(walls=request.param) as sandbox:
        try:
            sandbox.level  # noqa: B018  # finds out whether there are such walls
        except SandboxError as error:
            pytest.skip(str(error))
        text = f"SIBLING-{secrets.token_hex(8)}"  # given to a child, and returned by it
        source = Source(path="a.py", data=f"def f(*_):\n    return '{text}'\n".encode())
        run(sandbox, source, Planted(Path(text), 0, 0))
        yield sandbox


@pytest.fixture(scope="session")
def bare() -> Iterator[Sandbox]:
    os.environ["PLANTED"] = TRUTH
    with Sandbox(walls=Walls.NONE) as sandbox:
        yield sandbox


def header(attack: Path, key: str) -> str:
    found = re.search(rf"^# {key}: (.+)$", attack.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"{attack.name} has no line `# {key}:`"
    return found[1]


def run(sandbox: Sandbox, source: Source, planted: Planted) -> outcomes.TestOutcome:
    inputs = (pack(str(planted.file)), pack(planted.port), pack(planted.victim))
    task = wire.Task(
        part="hostile/attack",
        signature=parse_signature(SIGNATURE),
        answer=wire.FunctionAnswer(place=wire.Place(file=source.path)),
        tests=(wire.TestInputs(cases=(inputs,)),),
        cpu_s=0.5,
    )
    ((outcome,),) = [done.tests for done in sandbox.run(Job(sources=(source,), tasks=(task,)))]
    return outcome


def attacked(sandbox: Sandbox, attack: Path, planted: Planted) -> outcomes.TestOutcome:
    return run(sandbox, Source(path="a.py", data=attack.read_bytes()), planted)


def end_of(outcome: outcomes.TestOutcome) -> str:
    """How a test ended, in the words of `ends`."""
    if not outcome.cases:
        return outcome.reason.removesuffix(" by the clock")
    result = outcome.cases[0].result
    if isinstance(result, Raised):
        return result.reason
    return "unusable" if isinstance(result.value, Unusable) else "returned"


def gained(outcome: outcomes.TestOutcome) -> bool:
    return any(
        isinstance(case.result, Returned) and case.result.value == pack("GAINED")
        for case in outcome.cases
    )


def assert_unharmed(sandbox: Sandbox, planted: Planted) -> None:
    """The next child works, and what was planted is as it was."""
    honest = run(sandbox, HONEST, planted)
    assert end_of(honest) == "returned", honest
    assert honest.cases[0].result == Returned(value=pack("honest"))
    assert honest.remarks == ()
    for name in ("solution.py", "solution.py.spare"):
        assert planted.file.with_name(name).read_text(encoding="ascii") == TRUTH
    assert sorted(entry.name for entry in planted.file.parent.iterdir()) == [
        "solution.py",
        "solution.py.spare",
    ]
    os.kill(planted.victim, 0)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.stem)
def test_an_attack_behind_walls_gains_nothing(
    walled: Sandbox, attack: Path, planted: Planted
) -> None:
    outcome = attacked(walled, attack, planted)
    assert not gained(outcome), outcome
    assert TRUTH not in repr(outcome)
    ends = header(attack, "ends")
    assert ends == "any" or end_of(outcome) in ends.split("|"), outcome
    assert_unharmed(walled, planted)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.stem)
def test_an_attack_without_walls_shows_what_the_wall_was_for(
    bare: Sandbox, attack: Path, planted: Planted
) -> None:
    happens = header(attack, "bare")
    if happens.startswith("can not be shown"):
        pytest.skip(happens)
    outcome = attacked(bare, attack, planted)
    if happens == "gains":
        assert gained(outcome), outcome
        return
    assert not gained(outcome), outcome
    if happens.startswith("ends "):
        assert end_of(outcome) in happens.removeprefix("ends ").split("|")
    assert_unharmed(bare, planted)


def test_there_are_many_attacks_and_each_says_what_it_is() -> None:
    assert len(ATTACKS) >= 60
    for attack in ATTACKS:
        first = attack.read_text(encoding="utf-8").splitlines()[0]
        assert re.fullmatch(r'"""Tries to .+; must .+\."""', first), attack.name
