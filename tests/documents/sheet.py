"""The sheet that the corpus answers: the founding homework, with parts of every kind."""

from grader.student.wire import Asked

_TAPS = ("r1", "c1", "d1")


def _computed(number: str, key: str, *names: str, inputs: tuple[str, ...] = ()) -> Asked:
    return Asked(number=number, key=key, kind="computed", names=names, inputs=inputs)


def _text(number: str) -> Asked:
    return Asked(number=number, key=f"text/{number}", kind="text")


SHEET = (
    _text("1.1"),
    _computed("1.2a", "bn/scaled", "gradient", inputs=("g", "alpha")),
    _text("1.2b"),
    Asked(
        number="1.3",
        key="bn/effect",
        kind="choice",
        pick="one",
        names=("stronger", "weaker", "same"),
    ),
    Asked(number="1.4", key="bn/place", kind="choice", names=("by-layer", "either", "size")),
    _text("2.1"),
    _computed("2.2a", "dil/one", "rows", "columns", inputs=_TAPS),
    _computed("2.2b", "dil/two", "rows", "columns", inputs=(*_TAPS, "r2", "c2", "d2")),
    _computed("2.3", "dil/volume", "values", inputs=("D", "N", "K", "I")),
    _computed("3.1", "conv/pool", "dP", inputs=("P", "w", "dz")),
    _computed("3.2", "conv/kernel", "dW", inputs=("X", "dP")),
    _text("4.1"),
    _computed("4.2a", "se/parameters", "weights", "with_biases", inputs=("C", "r")),
    _text("4.2b"),
    _computed("5.1", "nets/v1", "depthwise", "pointwise", "total", "standard"),
    _computed("5.2", "nets/v2", "expand", "depthwise", "project", "total"),
    _computed("6.1", "res/gradient", "da", inputs=("delta", "z1", "z3", "W1", "W2")),
    _computed("6.2a", "res/plain", "da", inputs=("delta", "z1", "z2", "W1", "W2")),
    _text("6.2b"),
)
NUMBERS = {part.key: part.number for part in SHEET}
