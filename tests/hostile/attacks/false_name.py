"""Tries to break messages with a class whose name is markup; must arrive as plain text."""
# ends: unusable
# bare: same

Odd = type("<script>alert(1)</script>", (), {})


def f(secret, port, victim):
    return Odd()
