"""grader: checks deep-learning homework against executable references.

The front door for authors and tools. Names are loaded on first use, so that the student's side of
the border can import `grader.student` without touching anything else. The package itself takes
nothing but the version from here.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "GraderError": "grader.errors",
    "Solution": "grader.authoring",
    "Verdict": "grader.model",
    "Walls": "grader.model",
}

__all__ = ["GraderError", "Solution", "Verdict", "Walls", "__version__"]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'grader' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
