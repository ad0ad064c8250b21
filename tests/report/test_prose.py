"""A text that was wrapped by hand is joined again, and nothing else of it is changed."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.prose import unwrapped

LONG = "Batch norm keeps the inputs of each layer in one range, so"
LONGER = f"{LONG} a larger step is as stable as a smaller one was before."


def test_paragraphs_wrapped_at_any_usual_width_are_one_line_each():
    for width in (72, 80, 100):
        typed = "\n\n".join(textwrap.fill(f"{LONGER} {LONGER}", width) for _ in range(2))
        assert unwrapped(typed) == f"{LONGER} {LONGER}\n\n{LONGER} {LONGER}"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (f"- {LONG}\n  it is stable\n- second", f"- {LONG} it is stable\n- second"),
        (f"1. {LONG}\n2) {LONG}\n(c) {LONG}", None),
        (f"{LONG}\n* an item", None),
        (f"{LONG}\n\n{LONG}", None),
        (f"{LONG}  \nafter a hard end", None),
        (f"{LONG}\\\nafter a hard end", None),
        ("pro: a larger field\ncon: gridding", None),
        (f"| {LONG} |\n| {LONG} |\nbehind the table", None),
        (f"# {LONG}\nbelow the heading", None),
        (f"```\n{LONG}\nof = code\n```\nbehind", None),
        (f"so:\n\n    {LONG}\n    of = code", None),
        (f"{LONG}\r\nit is stable", f"{LONG} it is stable"),
    ],
)
def test_lines_that_mean_something_stay(typed, shown):
    assert unwrapped(typed) == (typed if shown is None else shown)


LINES = (LONG, f"- {LONG}", f"  {LONG}", f"{LONG}  ", f"    {LONG}", "| a |", "# b", "```", "", "c")


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_no_word_is_changed(lines):
    typed = "\n".join(lines)
    assert unwrapped(typed).split() == typed.split()
