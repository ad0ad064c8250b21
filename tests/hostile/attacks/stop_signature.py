"""Tries to break the binding of its inputs by a signature that raises; must stay in this test."""
# ends: returned|exception|exited|does not load
# bare: same


class Odd:
    def __call__(self, *given):
        return "honest"

    @property
    def __signature__(self):
        raise KeyboardInterrupt


f = Odd()
