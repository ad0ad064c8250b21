"""The same answers read the same, whatever their values, in many layouts and formats."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.student.formulas import evaluate, read
from grader.student.reading import read_submission
from grader.student.signature import Signature, Variable
from grader.student.wire import Asked, Notation, Source

COUNTS = Asked(
    number="1.1", key="counts", kind="computed", names=("depthwise", "total", "with_bias")
)
SIZE = Asked(number="1.2", key="size", kind="computed", names=("size",), inputs=("I", "K", "S"))
FACTOR = Asked(number="2.1", key="factor", kind="computed", names=("factor",))
WHY = Asked(number="2.2", key="why", kind="text")
SHEET = (COUNTS, SIZE, FACTOR, WHY)
TEXT = "Because the outputs stay in a range (see 1.2)."


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, Fraction]:
    """A number as students type it, and its value."""
    value = draw(st.integers(-(10**6), 10**9))
    large = draw(st.integers(10**6, 10**9))  # a smaller one with a comma may be a decimal number
    other = draw(st.integers(1, 999))
    return draw(
        st.sampled_from(
            [
                (str(value), Fraction(value)),
                (f"{large:,}", Fraction(large)),
                (f"{value}/{other}", Fraction(value, other)),
                (f"{other}*{other + 1} + {other}", Fraction(other * (other + 1) + other)),
                (f"{other}.25", Fraction(4 * other + 1, 4)),
                (f"{other} * 3 = {other * 3}", Fraction(other * 3)),
            ]
        )
    )


@st.composite
def formulas(draw: st.DrawFn) -> str:
    """A formula in several letters."""
    a, b, c = (draw(st.integers(1, 9)) for _ in range(3))
    return draw(
        st.sampled_from(
            [
                f"(I - {a}*(K - 1))/S + {b}",
                f"{a}*I*K - {b}*S**2",
                f"(I - (K - 1)*{c})**2*S",
                f"I/S + {a}*K*S - {c}",
                f"-{a}*(I + K) + {b}*S",
            ]
        )
    )


def md(counts: dict[str, str], size: str, factor: str) -> str:
    rows = "\n".join(f"- {name}: {value}" for name, value in counts.items())
    return f"# Mine\n\n## 1.1\n\n{rows}\n\n## 1.2\n\n`{size}`\n\n## 2.1\n\n{factor}\n\n## 2.2\n\n{TEXT}\n"


def table(counts: dict[str, str], size: str, factor: str) -> str:
    rows = "\n".join(f"| {name} | {value} |" for name, value in counts.items())
    return (
        f"**1.1**\n\n| value | count |\n|---|---|\n{rows}\n\n**1.2** ${size}$\n\n"
        f"**2.1** ${factor}$\n\n**2.2** {TEXT}\n"
    )


def marked(counts: dict[str, str], size: str, factor: str) -> str:
    lines = [f"Answer 1.1 {name}: {value}" for name, value in counts.items()]
    return "\n".join([*lines, f"Answer 1.2: {size}", f"Answer 2.1: {factor}", f"2.2 {TEXT}"])


def tex(counts: dict[str, str], size: str, factor: str) -> str:
    names = {name: name.replace("_", r"\_") for name in counts}
    items = "\n".join(rf"\item {names[name]}: ${value}$" for name, value in counts.items())
    return (
        "\\documentclass{article}\n\\newcommand{\\answer}[1]{#1}\n\\begin{document}\n"
        "\\section*{Problem 1}\n\\begin{enumerate}[label=\\arabic*.]\n\\item\n"
        f"\\begin{{itemize}}\n{items}\n\\end{{itemize}}\n\\item \\[ \\answer{{{size}}} \\]\n"
        "\\end{enumerate}\n\\section*{Problem 2}\n\\begin{enumerate}\n"
        f"\\item ${factor}$\n\\item {TEXT}\n\\end{{enumerate}}\n\\end{{document}}\n"
    )


def pulled(counts: dict[str, str], size: str, factor: str) -> str:
    """Text pulled out of pages: labels glued, headers and footers between the lines."""
    rows = "\n".join(f"{name} = {value}" for name, value in counts.items())
    edge = "Jane Doe, 1234567"
    return (
        f"Deep Learning\n1.1We count\n{rows}\n{edge}\n1\n\fDeep Learning\n1.2\n{size}\n{edge}\n2\n\f"
        f"Deep Learning\n2.1\n{factor}\n2.2{TEXT}\n{edge}\n3\n"
    )


def typed(counts: dict[str, str], size: str, factor: str) -> str:
    rows = "\n".join(f"  {name}: '{value}'" for name, value in counts.items())
    return f"1.1:\n{rows}\n1.2: '{size}'\n2.1: '{factor}'\n2.2: '{TEXT}'\n"


LAYOUTS = {
    "hw.md": md,
    "table.md": table,
    "marked.txt": marked,
    "hw.tex": tex,
    "pulled.txt": pulled,
    "answers.yaml": typed,
}


def values(name: str, text: str) -> dict[tuple[str, str], Fraction | float | str]:
    """What is read of a file, by part and name, evaluated at one point."""
    index = read_submission((Source(path=name, data=text.encode()),), SHEET)
    parts = {part.number: part for part in SHEET} | {part.key: part for part in SHEET}
    found: dict[tuple[str, str], Fraction | float | str] = {}
    for one in index.found:
        part = parts[one.key[0]]
        label = one.key[1] if len(one.key) > 1 else (part.names or ("",))[0]
        found[part.key, label] = one.text if part is WHY else valued(part, label, one.text)
    return found


def valued(part: Asked, name: str, text: str) -> Fraction | float:
    signature = Signature(
        name="f",
        inputs=tuple(Variable(name=n) for n in part.inputs),
        outputs=tuple(Variable(name=n) for n in part.names),
    )
    formula = read(text, signature=signature, notation=Notation(), output=name)
    at = {"I": 64, "K": 5, "S": 3}
    point = {n: at[n] for n in part.inputs}
    got = evaluate(formula, point, signature=signature, notation=Notation(), layout="")
    return got if isinstance(got, float) else Fraction(got)


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(LAYOUTS)),
    st.tuples(numbers(), numbers(), numbers()),
    formulas(),
    numbers(),
)
def test_the_same_answers_read_the_same_in_every_format(
    name: str,
    counts: tuple[tuple[str, Fraction], ...],
    size: str,
    factor: tuple[str, Fraction],
) -> None:
    """Numbers with separators, fractions, negative ones, calculations, formulas of many letters."""
    labels = dict(zip(COUNTS.names, counts, strict=True))
    text = LAYOUTS[name]({label: typed for label, (typed, _) in labels.items()}, size, factor[0])
    assert values(name, text) == {
        **{("counts", label): value for label, (_, value) in labels.items()},
        ("size", "size"): valued(SIZE, "size", size),
        ("factor", "factor"): factor[1],
        ("why", ""): TEXT,
    }
