"""Keeps what the references expect on disk, by content.

The file's name is a digest of everything that the values depend on, so a stale one is never read.
"""

import contextlib
import functools
import hashlib
import os
import tempfile
from pathlib import Path

import msgspec

import grader
from grader.expected.compute import compute_expected
from grader.expected.solutions import load_solution, no_solution
from grader.model import ExpectedProblem, Problem, decode, encode

_PACKAGE = Path(grader.__file__).parent


def expected_for(
    problem: Problem, *, public: Path, private: Path, cache: Path | None
) -> ExpectedProblem:
    """What the references expect, from `cache` if it was computed before.

    Args:
        public: the problem's problem.yaml.
        private: its solution file.
        cache: the folder that keeps results, or None to compute afresh.

    Raises:
        ProblemError: the solution is absent, broken, or disagrees with its oracle.
    """
    if not private.is_file():
        raise no_solution(private)
    digest = _digest(public, private)
    file = None if cache is None else cache / f"{problem.slug}-{digest[:32]}.msgpack"
    if file is not None and (kept := _read(file)) is not None:
        return kept
    solution = load_solution(private, problem)
    parts = compute_expected(problem, solution, private)
    computed = ExpectedProblem(slug=problem.slug, digest=digest, parts=parts)
    if file is not None:
        _write(file, computed)
    return computed


def _digest(public: Path, private: Path) -> str:
    """A digest of the problem's two files and of the engine's own code."""
    digest = hashlib.blake2b(digest_size=32)
    for path in (public, private):
        digest.update(path.read_bytes() + b"\0")
    digest.update(_engine())
    return digest.hexdigest()


@functools.cache
def _engine() -> bytes:
    """The state of the engine's own code, which all problems of a run share."""
    states = ((path.relative_to(_PACKAGE), path.stat()) for path in sorted(_PACKAGE.rglob("*.py")))
    return "".join(f"{path} {s.st_size} {s.st_mtime_ns}\n" for path, s in states).encode()


def _read(file: Path) -> ExpectedProblem | None:
    try:
        return decode(file.read_bytes(), ExpectedProblem)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None  # absent, or spoilt, as by a full disk: compute it again


def _write(file: Path, computed: ExpectedProblem) -> None:
    """Write beside and rename, so that no reader meets half a file.

    Where nothing can be written, the next run computes it again.
    """
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in file.parent.glob(f"{computed.slug}-{'[0-9a-f]' * 32}.msgpack"):
            old.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(encode(computed))
        Path(name).replace(file)
