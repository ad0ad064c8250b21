"""Tries to pass as a tensor by name; must stay in this test."""
# ends: exception|unusable
# bare: same


class Tensor:
    def detach(self):
        raise KeyError("detached")


Tensor.__module__ = "torch"


def f(secret, port, victim):
    return Tensor()
