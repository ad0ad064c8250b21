"""The same answers in many layouts are read as the same parts."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.student.reading import read_submission
from grader.student.wire import Asked, Source

QUESTIONS = (
    "1.1",
    "1.2",
    "1.3",
    "1.4",
    "2.1",
    "2.2",
    "2.3",
    "3.1",
    "3.2",
    "4.1",
    "4.2",
    "5.1",
    "5.2",
    "6.1",
    "6.2",
)
SHEET = tuple(Asked(number=number, key=f"part/{number}", kind="text") for number in QUESTIONS)

ANSWERS = {
    "1.1": "Batch norm keeps the inputs in a range.\n\nSo the rate may be larger.",
    "1.2": "The gradient of $W$ is scaled by $\\alpha$.",
    "1.3": "It gets weaker (section 3.2 of the paper; 2.5 times at most).",
    "1.4": "Per channel:\n\n1. over the examples\n2. over the positions",
    "2.1": "Good:\n\n- wide field\n- same cost",
    "2.2": "Layer one:\n\n$$(r_1 + (d_1 - 1)(r_1 - 1))$$\n\nLayer two, with the one before:\n\n$$\n(r_2 - 1)\n$$\n(1)",
    "2.3": "The size is $$D * (I - (K - 1) * N) * (I - (K - 1) * N).$$\n(2)",
    "3.1": "$$\\begin{cases} W_{3(k-1)+l} & \\text{if maximum} \\\\ 0 & \\text{else} \\end{cases}$$",
    "3.2": "For all $i, j$ we have\n\n\\begin{align}\n1.1 &= 2 \\\\\n2.2 &= 3\n\\end{align}",
    "4.1": "No. Early layers profit more.",
    "4.2": "Too low: loss. Too high: cost.",
    "5.1": "The pair has 30 + 512 = 522 parameters, the other 3584.",
    "5.2": "72 + 180 + 57 = 309, so it went from 522 to 309.\n\n```\n6.1 in a fence\n```",
    "6.1": "$$\\frac{\\partial loss}{\\partial a}$$\n\n$$= g * Act'(z) * w$$",
    "6.2": "The bypass has a term of its own, see (3).\n\n(3)",
}


def _number(k: int) -> tuple[str, int, str]:
    number = QUESTIONS[k]
    problem, question = number.split(".")
    return number, int(question), problem


def _flat(label: Callable[[str], str], join: str = "\n\n") -> str:
    return "\n\n".join(f"{label(number)}{join}{text}" for number, text in ANSWERS.items())


def _nested(problem: str, label: Callable[[int], str], join: str = " ") -> str:
    pieces = []
    for k in range(len(QUESTIONS)):
        number, question, name = _number(k)
        if question == 1:
            pieces.append(problem.format(name))
        pieces.append(f"{label(question)}{join}{ANSWERS[number]}")
    return "\n\n".join(pieces)


def _letter(question: int) -> str:
    return chr(96 + question)


LAYOUTS = {
    "bare": _flat(str),
    "headings": _flat("## {}".format),
    "bold": _flat("**{}**".format, " "),
    "bold line": _flat("**{}**".format),
    "glued": _flat(str, "").replace("5.272", "5.2Then 72"),
    "glued after a space": _flat(str, " "),
    "bracket": _flat("{})".format, " "),
    "colon": _flat("Q{}:".format, " "),
    "question": _flat("### Question {}".format),
    "dash": _flat(lambda n: n.replace(".", "-") + ")", " "),
    "dot and letter": _flat(lambda n: f"{n[0]}.{_letter(int(n[2]))}", " "),
    "answer heading": _flat("### Answer {}".format),
    "exercise": _flat("Exercise {}.".format, " "),
    "latex sections": _flat(r"\subsection*{{{}}}".format, "\n"),
    "latex bold": _flat(r"\textbf{{{})}}".format, " "),
    "latex items": _flat(r"\item[{}]".format, " "),
    "letters in brackets": _nested("## Problem {}", lambda q: f"({_letter(q)})"),
    "letters with a bracket": _nested("## Problem {}", lambda q: f"{_letter(q)})"),
    "numbers with a dot": _nested("## Problem {}", lambda q: f"{q}."),
    "part and letter": _nested("## Problem {}", lambda q: f"Part ({_letter(q)})", "\n\n"),
    "bold letters": _nested("# {}", lambda q: f"**({_letter(q)})**"),
    "roman": _nested("**Problem {}**", lambda q: f"({('i', 'ii', 'iii', 'iv')[q - 1]})"),
    "problem in a line": _flat(lambda n: f"Problem {n[0]} ({_letter(int(n[2]))})"),
    "indented": _flat("    {}".format),
    "underlined": _flat(lambda n: f"{n}\n---"),
}


def parts(text: str, name: str = "hw.md") -> dict[str, str]:
    index = read_submission((Source(path=name, data=text.encode()),), SHEET)
    return {found.key[0].removeprefix("part/"): _squeezed(found.text) for found in index.found}


def _squeezed(text: str) -> str:
    text = text.replace("Then 72", "72").replace("---", "")
    return re.sub(r"\s+", " ", text).strip()


EXPECTED = {number: _squeezed(text) for number, text in ANSWERS.items()}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_parts(layout: str) -> None:
    assert parts(LAYOUTS[layout]) == EXPECTED


@pytest.mark.parametrize("layout", LAYOUTS)
def test_line_ends_and_a_title_change_nothing(layout: str) -> None:
    titled = "Deep Learning 2.1\r\n\r\nAssignment 2, 3.2.2024\r\n\r\n" + LAYOUTS[layout].replace(
        "\n", "\r\n"
    )
    assert parts(titled) == EXPECTED


@settings(max_examples=60)
@given(st.sampled_from(sorted(LAYOUTS)), st.sets(st.sampled_from(QUESTIONS), max_size=6))
def test_parts_that_are_left_out_take_nothing_from_others(layout: str, left_out: set[str]) -> None:
    """What a student answers is read the same, whatever else is missing; labels stay in place."""
    text = LAYOUTS[layout]
    for number in left_out:
        text = text.replace(f"Then {ANSWERS[number]}", "").replace(ANSWERS[number], "")
    expected = {n: t for n, t in EXPECTED.items() if n not in left_out}
    assert parts(text) == expected
