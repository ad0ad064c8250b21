"""Tries to equal everything; must arrive as no value."""
# ends: unusable
# bare: same


class Equal:
    def __eq__(self, other):
        return True

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: False
    __hash__ = None


def f(secret, port, victim):
    return Equal()
