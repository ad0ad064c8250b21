"""The sheets that the corpus answers: the founding homework, and two of other numberings."""

from grader.student.wire import Asked

_TAPS = ("r1", "c1", "d1")


def _computed(
    number: str,
    key: str,
    *names: str,
    inputs: tuple[str, ...] = (),
    function: str = "",
    is_scalar: bool = True,
) -> Asked:
    return Asked(
        number=number,
        key=key,
        kind="computed",
        names=names,
        inputs=inputs,
        function=function,
        is_scalar=is_scalar,
    )


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
    _computed("3.1", "conv/pool", "dP", inputs=("P", "w", "dz"), is_scalar=False),
    _computed("3.2", "conv/kernel", "dW", inputs=("X", "dP"), is_scalar=False),
    _text("4.1"),
    _computed("4.2a", "se/parameters", "weights", "with_biases", inputs=("C", "r")),
    _text("4.2b"),
    _computed("5.1", "nets/v1", "depthwise", "pointwise", "total", "standard"),
    _computed("5.2", "nets/v2", "expand", "depthwise", "project", "total"),
    _computed(
        "6.1", "res/gradient", "da", inputs=("delta", "z1", "z3", "W1", "W2"), is_scalar=False
    ),
    _computed("6.2a", "res/plain", "da", inputs=("delta", "z1", "z2", "W1", "W2"), is_scalar=False),
    _text("6.2b"),
)
LETTERS = (
    _text("1a"),
    _computed("1b", "conv/size", "size", inputs=("I", "K", "S", "P"), function="output_size"),
    Asked(number="1c", key="conv/claims", kind="choice", names=("shift", "rotation", "fewer")),
    _computed("2a", "mlp/counts", "weights", "biases"),
    _computed("2b", "mlp/loss", "loss"),
    _computed("2c", "mlp/slope", "slope", inputs=("s",)),
    _computed("3a", "att/counts", "query", "key", "value", "output", "total"),
    _computed("3b", "att/cost", "cost", inputs=("n", "d")),
    _text("3c"),
    _computed(
        "4a",
        "soft/backward",
        "dx",
        inputs=("dy", "p"),
        function="softmax_backward",
        is_scalar=False,
    ),
    Asked(
        number="4b",
        key="soft/pick",
        kind="choice",
        pick="one",
        names=("larger", "smaller", "equal"),
    ),
    _computed("4c", "soft/ratio", "ratio"),
)
FLAT = (
    _computed("1", "q/total", "total"),
    _computed("2", "q/size", "size", inputs=("I", "K", "S", "P")),
    _text("3"),
    _computed("4", "q/pair", "mean", "variance"),
    Asked(number="5", key="q/pick", kind="choice", pick="one", names=("relu", "tanh", "sigmoid")),
    _computed("6", "q/field", "field", inputs=("k", "d")),
    Asked(number="7", key="q/claims", kind="choice", names=("momentum", "decay", "warmup")),
    _computed("8", "q/params", "params"),
    _computed("9", "q/rate", "rate"),
    _text("10"),
)
SHEETS = {"corpus": SHEET, "letters": LETTERS, "flat": FLAT}
"""Per folder of the corpus the sheet that its write-ups answer."""
NUMBERS = {part.key: part.number for sheet in SHEETS.values() for part in sheet}
