"""Tries to veto all that follows with an audit hook; must cost nobody else anything."""
# ends: any
# bare: same

import sys


def veto(*event):
    raise RuntimeError


def f(secret, port, victim):
    sys.addaudithook(veto)
    return "vetoed"
