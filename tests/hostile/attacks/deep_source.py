"""Tries to crash the parser at run time with nested source; must stay in this test."""
# ends: any
# bare: same


def f(secret, port, victim):
    return str(eval("(" * 10**5 + ")" * 10**5))
