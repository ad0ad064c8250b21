"""Each child starts from the same state: random numbers, the order of sets, and one thread."""

from importlib.util import find_spec

import msgspec
import pytest

from grader.sandbox import Sandbox
from grader.student.wire import Task
from tests.sandbox.jobs import outcomes, task, values

DRAWS = """
import random
import numpy as np

AT_LOAD = random.random(), float(np.random.rand())

def f(x):
    if x == 1:
        import os
        os._exit(1)
    names = {str(n) for n in range(50)}
    return AT_LOAD, random.random(), float(np.random.rand()), " ".join(names), hash("x")
"""
DRAWS_TENSORS = """
import torch

AT_LOAD = torch.rand(2)

def f(x):
    return AT_LOAD, torch.rand(2)
"""
TRAINS = """
import torch

def f(x):
    a = torch.full((400, 400), float(x), requires_grad=True)
    (a @ a).sum().backward()
    return float(a.grad[0, 0]), torch.get_num_threads()
"""

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")


def undated(sandbox: Sandbox, asked: Task) -> list[object]:
    """The outcomes without the seconds that they took."""
    return [msgspec.structs.replace(test, cpu_s=0.0) for test in outcomes(sandbox, DRAWS, asked)]


def test_the_same_code_gives_the_same_record_twice(sandbox: Sandbox) -> None:
    """What a file draws while it loads or runs, and the order of its sets, is the same each time."""
    asked = task((0.0, 2.0))
    first = undated(sandbox, asked)
    outcomes(sandbox, "import random\ndef f(x): return random.random()")
    assert undated(sandbox, asked) == first
    with Sandbox() as fresh:
        assert undated(fresh, asked) == first


def test_a_child_in_the_place_of_another_draws_the_same(sandbox: Sandbox) -> None:
    """A test that ends its child changes nothing for the next one, which another child runs."""
    before, ended, after = values(outcomes(sandbox, DRAWS, task((0.0, 1.0, 2.0))))
    assert ended == "exited"
    assert before == after


@needs_torch
def test_training_after_a_fork_neither_hangs_nor_takes_all_cores(sandbox: Sandbox) -> None:
    """A large product and its gradient end in a child of the torch server, on one thread."""
    asked = task((1.0, 2.0), imports=("numpy", "torch"), cpu_s=30.0)
    assert values(outcomes(sandbox, TRAINS, asked)) == [(800.0, 1), (1600.0, 1)]


@needs_torch
def test_torch_draws_the_same_in_each_case(sandbox: Sandbox) -> None:
    """Both tests get the same random tensors, and so does a file that draws while it loads."""
    asked = task((1.0, 2.0), imports=("numpy", "torch"), cpu_s=30.0)
    (loaded, drawn), (loaded_again, drawn_again) = values(outcomes(sandbox, DRAWS_TENSORS, asked))
    assert (drawn == drawn_again).all()
    assert (loaded == loaded_again).all()
    assert (loaded == drawn).all()
