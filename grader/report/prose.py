"""A text that was wrapped by hand, with the lines of each paragraph joined again.

A page wraps it to its own width. As in Markdown, items, tables, headings, code and blank lines keep
their lines; so does a line that is too short to have been wrapped. No word is changed. It must not
know who wrote the text.
"""

import re

_WRAPPED = 50  # characters; a shorter line ends where its writer meant it to end
_BEGINS = re.compile(r"\s*(?:(?:[-*+•–]|\(?(?:\d{1,3}|[A-Za-z])[.)])\s|[|>#]|```|~~~)")
_STANDS_ALONE = re.compile(r"\s*(?:[|#]|```|~~~)|    |\t")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_HARD_ENDS = ("  ", "\\")


def unwrapped(text: str) -> str:
    """Join the lines of each paragraph and item."""
    joined: list[str] = []
    before, is_fenced = "", False
    for line in text.split("\n"):
        if not is_fenced and _goes_on(before, line):
            joined[-1] = f"{joined[-1].rstrip()} {line.strip()}"
        else:
            joined.append(line)
        is_fenced ^= bool(_FENCE.match(line))
        before = line
    return "\n".join(joined)


def _goes_on(before: str, line: str) -> bool:
    """Whether `line` is the rest of what the line before it says."""
    is_wrapped = len(before.strip()) >= _WRAPPED and not before.endswith(_HARD_ENDS)
    is_rest = bool(line.strip()) and not _BEGINS.match(line)
    return is_wrapped and is_rest and not _STANDS_ALONE.match(before)
