"""Tries to inject markup, escapes and formulas by its message; must stay text and short."""
# ends: exception
# bare: same


def f(secret, port, victim):
    raise ValueError("<img src=x onerror=alert(1)>\x1b[2J=cmd()\u202e\x00" * 1000)
