"""Tries to run a shell; must be refused."""
# ends: exception
# bare: gains

import subprocess


def f(secret, port, victim):
    subprocess.run(["/bin/sh", "-c", "true"], check=True)
    return "GAINED"
