"""Reading and running through the seam: values, ends, and what is left afterwards."""

import os
import re
import signal
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from grader.errors import SandboxError
from grader.model import Verdict, Walls
from grader.sandbox import Sandbox
from grader.student.packing import NoValue, unpack
from grader.student.wire import Job, Notation, Returned
from grader.submission.copying import MAX_BYTES, MAX_FILES
from tests.sandbox.jobs import formula_task, outcomes, sources, task, values

# --- reading ------------------------------------------------------------------------------------


def test_a_submission_is_indexed_outside_the_judge(sandbox: Sandbox) -> None:
    index = sandbox.read(sources({"a.py": "def f(): pass", "answers.yaml": "'5.1': 2.10"}))
    function, typed = index.found
    assert (function.kind, function.key) == ("function", ("f",))
    assert (typed.kind, typed.key, typed.text) == ("text", ("5.1",), "2.10")


def test_a_file_that_ends_its_reader_is_named_and_the_rest_is_read(sandbox: Sandbox) -> None:
    bomb = "f(" + "x(" * 80 + "lambda: " * 3000 + "1" + ")" * 81
    deep = "x = " + "+".join(["1"] * 400_000)
    files = {"a.py": "def f(): pass", "b.py": deep, "c.py": bomb, "d.py": "def g(): pass"}
    index = sandbox.read(sources(files))
    assert [one.key for one in index.found if one.place.file in ("a.py", "d.py")] == [
        ("f",),
        ("g",),
    ]
    assert {one.place.file for one in index.unread} <= {"b.py", "c.py"}


def test_an_empty_submission_has_an_empty_index(sandbox: Sandbox) -> None:
    assert sandbox.read(()).found == ()


# --- running ------------------------------------------------------------------------------------


def test_values_come_back_in_order(sandbox: Sandbox) -> None:
    tests = outcomes(sandbox, "def f(x): return 2 * x", task(inputs=(1.0, 2, 3.0)))
    assert [test.verdict for test in tests] == [Verdict.PASSED] * 3
    assert values(tests) == [2.0, 4, 6.0]


def test_arrays_keep_type_and_shape(sandbox: Sandbox) -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    (value,) = values(outcomes(sandbox, "def f(x): return x.T", task(inputs=(array,))))
    assert value.dtype == np.float32
    assert value.tolist() == array.T.tolist()


def test_several_tasks_run_in_one_job(sandbox: Sandbox) -> None:
    files = sources({"a.py": "def f(x): return 1", "b.py": "def f(x): return 2"})
    job = Job(sources=files, tasks=(task(), task(file="b.py"), task(inputs=())))
    assert [values(outcome.tests) for outcome in sandbox.run(job)] == [[1, 1], [2, 2], []]


def test_the_submissions_files_are_the_working_directory(sandbox: Sandbox) -> None:
    job = Job(
        sources=sources(
            {"a.py": "def f(x): return open('data/n.txt').read()", "data/n.txt": "seven"}
        ),
        tasks=(task(),),
    )
    assert values(sandbox.run(job)[0].tests) == ["seven", "seven"]


def test_the_largest_submission_has_room(sandbox: Sandbox) -> None:
    """Small files take whole pages of memory, and one submission goes while the next one comes."""
    small = {f"{number}.txt": "x" for number in range(MAX_FILES - 5)}
    large = {f"{number}.bin": bytes((MAX_BYTES - 10_000) // 4) for number in range(4)}
    job = Job(sources=sources({"a.py": "def f(x): return x", **small, **large}), tasks=(task(),))
    for _ in range(3):
        assert values(sandbox.run(job)[0].tests) == [0.0, 1.0]


def test_one_run_leaves_nothing_for_the_next(sandbox: Sandbox) -> None:
    source = (
        "import os, builtins\n"
        "def f(x):\n"
        "    seen = hasattr(builtins, 'left') or 'LEFT' in os.environ\n"
        "    builtins.left = os.environ['LEFT'] = 'x'\n"
        "    return seen\n"
    )
    for _ in range(2):
        assert values(outcomes(sandbox, source, task(inputs=(1.0,)))) == [False]


def test_the_environment_is_clean(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_PLANTED", "secret")
    with Sandbox() as fresh:
        tests = outcomes(fresh, "import os\ndef f(x): return 'GRADER_PLANTED' in os.environ")
    assert values(tests) == [False, False]


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
def test_torch_is_there_for_the_part_that_allows_it_alone(sandbox: Sandbox) -> None:
    source = "import torch\ndef f(x): return torch.tensor(x) * 2"
    files = sources({"a.py": source})
    allowed, refused = task(imports=("numpy", "torch"), cpu_s=30), task()
    job = Job(sources=files, tasks=(refused, allowed))
    first, second = sandbox.run(job)
    assert values(first.tests) == ["import refused"] * 2
    assert [float(value) for value in values(second.tests)] == [0.0, 2.0]


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
def test_a_network_can_be_trained(sandbox: Sandbox) -> None:
    source = (
        "import torch\n"
        "def f(x):\n"
        "    net = torch.nn.Linear(2, 1)\n"
        "    data, losses = torch.ones(3, 2), []\n"
        "    steps = torch.optim.Adam(net.parameters(), lr=0.1)\n"
        "    for _ in range(5):\n"
        "        steps.zero_grad()\n"
        "        loss = (net(data) - x).pow(2).mean()\n"
        "        loss.backward()\n"
        "        steps.step()\n"
        "        losses.append(loss.item())\n"
        "    return losses[-1] < losses[0]\n"
    )
    trained = task(inputs=(3.0,), imports=("numpy", "torch"), cpu_s=30)
    assert values(outcomes(sandbox, source, trained)) == [True]


# --- formulas -----------------------------------------------------------------------------------


def test_formulas_are_read_and_evaluated(sandbox: Sandbox) -> None:
    asked = formula_task(
        "I^2 / 3", "", "I +", signature="f(I: int) -> a, b, c", inputs=(2,), notation=Notation()
    )
    (outcome,) = sandbox.run(Job(sources=(), tasks=(asked,)))
    assert [(reply.output, bool(reply.tree)) for reply in outcome.formulas] == [
        (0, True),
        (2, False),
    ]
    assert outcome.formulas[1].error
    result = outcome.tests[0].cases[0].result
    assert isinstance(result, Returned)
    first, *others = unpack(result.value)
    assert first * 3 == 4
    assert others == [NoValue("not answered"), NoValue("could not be read")]


def test_a_formula_without_a_value_says_why(sandbox: Sandbox) -> None:
    asked = formula_task("1 / I", signature="f(I) -> a", inputs=(0,), notation=Notation())
    (outcome,) = sandbox.run(Job(sources=(), tasks=(asked,)))
    result = outcome.tests[0].cases[0].result
    assert isinstance(result, Returned)
    assert isinstance(unpack(result.value), NoValue)


# --- ends ---------------------------------------------------------------------------------------

FINE = "    return x\n"
ENDS = {
    "a loop": ("def f(x):\n    while x == 0: pass\n", Verdict.TIMED_OUT, "timed out"),
    "a sleep": (
        "import time\ndef f(x):\n    if x == 0: time.sleep(60)\n",
        Verdict.TIMED_OUT,
        "timed out",
    ),
    "a deaf loop": (
        "import signal\ndef f(x):\n    if x == 0:\n        signal.signal(signal.SIGPROF, signal.SIG_IGN)\n"
        "    while x == 0: pass\n",
        Verdict.TIMED_OUT,
        "timed out",
    ),
    "os._exit": (
        "import os\ndef f(x):\n    if x == 0: os._exit(0)\n",
        Verdict.RAISED,
        "exited",
    ),
    "a segmentation fault": (
        "import ctypes\ndef f(x):\n    if x == 0: ctypes.string_at(0)\n",
        Verdict.RAISED,
        "crashed",
    ),
    "a signal to itself": (
        "import os\ndef f(x):\n    if x == 0: os.kill(os.getpid(), 9)\n",
        Verdict.RAISED,
        "killed",
    ),
    "a forged frame": (
        "import os\ndef f(x):\n    if x == 0:\n        for n in range(3, 20):\n"
        "            try: os.write(n, b'T' + bytes([0, 0, 0, 3]) + b'abc')\n"
        "            except OSError: pass\n",
        Verdict.RAISED,
        "not an answer",
    ),
    "a frame of no kind": (
        "import os\ndef f(x):\n    if x == 0:\n        for n in range(3, 20):\n"
        "            try: os.write(n, b'E' * 100)\n"
        "            except OSError: pass\n",
        Verdict.RAISED,
        "not an answer",
    ),
    "an endless frame": (
        "import os\ndef f(x):\n    if x == 0:\n        for n in range(3, 20):\n"
        "            try: os.write(n, b'T' + bytes([255] * 4))\n"
        "            except OSError: pass\n",
        Verdict.RAISED,
        "returned too much",
    ),
}
if sys.version_info < (3, 12):  # newer ones count calls in C as well, and raise an error in time
    ENDS["a recursion without a limit"] = (
        "import sys\nclass A:\n    def __getattr__(self, n): return getattr(self, n + 'a')\n"
        "def f(x):\n    if x == 0:\n        sys.setrecursionlimit(10**9)\n        A().b\n",
        Verdict.RAISED,
        "crashed",
    )


@pytest.mark.parametrize("name", ENDS)
def test_an_end_costs_the_test_it_happens_in(sandbox: Sandbox, name: str) -> None:
    source, verdict, reason = ENDS[name]
    first, second = outcomes(sandbox, source + FINE, task(cpu_s=0.5))
    assert first.verdict is verdict
    assert first.reason.removesuffix(" by the clock") == reason
    assert first.sentence
    assert values((second,)) == [1.0]


def test_a_timeout_names_the_line(sandbox: Sandbox) -> None:
    first, _ = outcomes(sandbox, ENDS["a loop"][0] + FINE, task(cpu_s=0.25))
    # Which limit speaks first depends on how busy the machine is.
    assert re.fullmatch(
        r"ran out of time after (0.25 seconds of computing|0.75 seconds by the clock),"
        r" at line 2 of a\.py, `while x == 0: pass`",
        first.sentence,
    )
    assert first.traceback == ("line 2 of a.py, `while x == 0: pass`",)


def test_a_crash_names_the_line(sandbox: Sandbox) -> None:
    first, _ = outcomes(sandbox, ENDS["a segmentation fault"][0] + FINE)
    assert "line 3 of a.py" in first.sentence


def test_after_two_timeouts_the_rest_of_the_part_is_skipped(sandbox: Sandbox) -> None:
    source = "def f(x):\n    while x < 5: pass\n" + FINE
    hangs = task(inputs=(0, 1, 2, 9), cpu_s=0.2)
    job = Job(sources=sources({"a.py": source}), tasks=(hangs, task(inputs=(7,))))
    first, second = sandbox.run(job)
    assert [test.verdict for test in first.tests] == [
        Verdict.TIMED_OUT,
        Verdict.TIMED_OUT,
        Verdict.SKIPPED,
        Verdict.SKIPPED,
    ]
    assert values(second.tests) == [7]


def test_a_file_that_hangs_when_loaded_costs_two_tests_and_skips_the_rest(sandbox: Sandbox) -> None:
    tests = outcomes(sandbox, "while True: pass", task(inputs=(1, 2, 3), cpu_s=0.2))
    assert [test.verdict for test in tests] == [
        *(Verdict.TIMED_OUT, Verdict.TIMED_OUT, Verdict.SKIPPED),
    ]
    assert tests[2].reason == "two timeouts"


@pytest.mark.parametrize(
    "line",
    ["bytearray(4 * 2**30)", "[0] * 10**10", "np.ones(10**9)", "[list() for _ in range(10**9)]"],
)
def test_a_memory_bomb_is_told(sandbox: Sandbox, line: str) -> None:
    source = f"import numpy as np\ndef f(x):\n    return {line} if x == 0 else x\n"
    tests = outcomes(sandbox, source, task(cpu_s=20))
    assert values(tests) == ["out of memory", 1.0]


def test_a_return_beyond_the_limit_is_told(sandbox: Sandbox) -> None:
    source = "import numpy as np\ndef f(x): return np.zeros(10**7) if x == 0 else x"
    tests = outcomes(sandbox, source)
    assert values(tests) == ["returned too much", 1.0]


def test_a_flood_of_output_is_harmless(sandbox: Sandbox) -> None:
    source = (
        "import os\ndef f(x):\n    for _ in range(100):\n"
        "        print('y' * 10**5)\n        os.write(1, b'y' * 10**5)\n    return x\n"
    )
    assert values(outcomes(sandbox, source)) == [0.0, 1.0]


def test_a_result_never_outranks_a_reply_out_of_turn(sandbox: Sandbox) -> None:
    """A child that announces the next test early is stopped; its test is lost."""
    source = (
        "import os, struct\n"
        "def f(x):\n"
        "    body = bytes.fromhex('83a474797065a870726f6772657373a47461736b00a47465737401')\n"
        "    for n in range(3, 20):\n"
        "        try: os.write(n, struct.pack('>cI', b'P', len(body)) + body)\n"
        "        except OSError: pass\n"
        "    return x\n"
    )
    assert [test.reason for test in outcomes(sandbox, source)] == ["not an answer"] * 2


# --- what is left -------------------------------------------------------------------------------

FORKS = {
    "a child": "    if os.fork() == 0: time.sleep(60)\n",
    "a session": "    if os.fork() == 0:\n        os.setsid()\n        time.sleep(60)\n",
    "a grandchild": (
        "    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0: time.sleep(60)\n"
        "        os._exit(0)\n    os.wait()\n"
    ),
}


@pytest.mark.parametrize("name", FORKS)
def test_no_process_is_left_behind_even_without_walls(bare: Sandbox, name: str) -> None:
    source = "import os, time\ndef f(x):\n" + FORKS[name] + "    return os.getsid(0)\n"
    tests = outcomes(bare, source, task(inputs=(1.0,)))
    (session,) = values(tests)
    assert _processes_of(session) == []


def _processes_of(session: int) -> list[str]:
    """Processes that descend from a session, by the copy of its source in the working folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(entry.name)) == session:
                found.append(entry.name)
        except ProcessLookupError:
            continue
    return found


def test_the_scratch_folder_is_removed() -> None:
    with Sandbox(walls=Walls.NONE) as fresh:
        assert fresh.walls is Walls.NONE
        (scratch,) = [server._scratch for server in fresh._servers.values()]
        (folder, _) = values(outcomes(fresh, "import os\ndef f(x): return os.getcwd()"))
        assert not Path(folder).exists()
        assert Path(folder).parent == Path(scratch)
    assert not Path(scratch).exists()


def test_closing_ends_the_server() -> None:
    with Sandbox() as fresh:
        outcomes(fresh, "def f(x): return x")
        (pid,) = [server._process.pid for server in fresh._servers.values()]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


# --- our side -----------------------------------------------------------------------------------


def test_a_server_that_dies_is_started_again_and_the_job_repeated() -> None:
    with Sandbox() as fresh:
        outcomes(fresh, "def f(x): return x")
        (server,) = fresh._servers.values()
        os.kill(server._process.pid, signal.SIGKILL)
        server._process.wait()
        assert values(outcomes(fresh, "def f(x): return x")) == [0.0, 1.0]


def test_a_job_that_kills_every_server_is_not_decided() -> None:
    """Without walls a child can kill its server: then nothing of the job counts."""
    source = (
        "import os\nserver = os.getppid()\n"
        "def f(x):\n    if server != 1: os.kill(server, 9)\n    return x\n"
    )
    with Sandbox(walls=Walls.NONE) as fresh:
        tests = outcomes(fresh, source)
        assert {test.verdict for test in tests} == {Verdict.FAILED_TO_GRADE}
        assert values(outcomes(fresh, "def f(x): return x")) == [0.0, 1.0]


def test_start_does_not_wait_for_the_server() -> None:
    began = time.monotonic()
    with Sandbox():
        assert time.monotonic() - began < 1.0


def test_walls_that_can_not_be_had_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.sandbox.servers.find_bubblewrap", lambda: None)
    with Sandbox(walls=Walls.FULL) as fresh:
        for _ in range(2):  # and it stays so: nothing may run behind weaker walls afterwards
            with pytest.raises(SandboxError, match="bubblewrap is not installed"):
                fresh.run(Job(sources=(), tasks=(task(),)))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="counts descriptors in /proc")
def test_descriptors_and_zombies_do_not_grow(sandbox: Sandbox) -> None:
    job = Job(sources=sources({"a.py": "def f(x): return x"}), tasks=(task(),))
    sandbox.run(job)
    (pid,) = [s._process.pid for extra, s in sandbox._servers.items() if not extra]
    before = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    for _ in range(50):
        sandbox.run(job)
    assert len(list(Path(f"/proc/{pid}/fd").iterdir())) == before
