"""Café version, before the break."""


def v2_multiply_adds():
    return 42336, 127008, 42336, 211680
