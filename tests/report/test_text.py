"""Text is made inert, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.text import clean, clip


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        ("plain αβ ∂L/∂W 😀\n\tindented", "plain αβ ∂L/∂W 😀\n\tindented"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("a\x00b\x07c\x1bd", "a␀b␇c␛d"),
        ("abc\u202edef", "abc‹U+202E›def"),
        ("zero\u200bwidth", "zero‹U+200B›width"),
        ("\ud800", "�"),
        ("one\r\ntwo", "one\ntwo"),
        ("\x9b31m", "‹U+009B›31m"),
    ],
)
def test_active_characters_disappear_or_become_visible(text, inert):
    assert clean(text) == inert


@given(st.text(st.characters(codec=None), max_size=60))
def test_nothing_active_is_left_and_cleaning_again_changes_nothing(text):
    once = clean(text)
    once.encode()
    assert all(c.isprintable() or c in "\n\t" or ord(c) >= 0xA0 for c in once)
    assert clean(once) == once


def test_huge_text_is_cut_and_says_so():
    assert clean("x" * 1_000_000, limit=10) == "xxxxxxxxxx … (999990 more characters)"
    assert clip("short", limit=10) == "short"
