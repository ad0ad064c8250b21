"""The judge's side of the seam imports where there is nothing to fork with."""

import subprocess
import sys

WITHOUT = """
import os, signal, sys
for name in ("resource", "fcntl", "termios", "pwd", "grp"):
    sys.modules[name] = None
for name in ("fork", "setsid", "pidfd_open", "geteuid"):
    if hasattr(os, name):
        delattr(os, name)
from grader.errors import SandboxError
from grader.sandbox import Sandbox
try:
    Sandbox().close()
except SandboxError as error:
    print(error)
"""


def test_a_system_without_fork_gets_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True
    )
    assert "can not be run on" in done.stdout
    assert "Windows Subsystem for Linux" in done.stdout
