"""Tries to have megabytes quoted as the keys of a dict; must arrive as no value."""
# ends: unusable
# bare: same


def f(secret, port, victim):
    return {"k" * 10**6: 1, "y": 2}
