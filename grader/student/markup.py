"""Turns the HTML that rich editors leave in write-ups into plain Markdown.

Only the tags that set text are known; every other tag stays what it is, text. Of a whole page the
head is left out. Character references are resolved once. Knows nothing of parts or answers.
"""

import re
from collections.abc import Sequence
from html.entities import html5

from grader.student.texts import Line

_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>b|strong|i|em|u|p|div|span|br|hr|h[1-6]|ul|ol|li|table|thead|tbody|tr|td"
    r"|th|sub|sup|blockquote|code|pre|font|mark|html|body)"
    r"(?:\s{1,3}[\w:-]{1,30}=(?:\"[^\"<>]{0,300}\"|'[^'<>]{0,300}'|[^\s<>\"']{1,80})){0,12}\s?/?>",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"&(?:#(?P<code>\d{1,7})|#[xX](?P<hex>[0-9A-Fa-f]{1,6})|(?P<name>\w{2,10}));"
)
_OPEN = {
    "b": "**",
    "strong": "**",
    "code": "`",
    "sub": "_{",
    "sup": "^{",
    "td": " | ",
    "th": " | ",
    "br": "\n",
    "hr": "\n",
    "p": "\n",
    "div": "\n",
    "li": "\n- ",
    "tr": "\n",
    "blockquote": "\n> ",
    **{f"h{k}": f"\n{'#' * k} " for k in range(1, 7)},
}
_CLOSE = {
    "b": "**",
    "strong": "**",
    "code": "`",
    "sub": "}",
    "sup": "}",
    "tr": " |\n",
    **dict.fromkeys(("p", "div", "blockquote", *(f"h{k}" for k in range(1, 7))), "\n"),
}
_PAGE = re.compile(r"\s{0,9}<(?:!doctype html|html)\b", re.IGNORECASE)
_MAX_HEAD = 100  # lines
_MAX_LINES = 2_000
"""The lines that one line of HTML may be divided into."""


def without_html(lines: Sequence[Line]) -> list[Line]:
    """The lines with tags as Markdown; what a tag sets apart becomes a line of its own."""
    found: list[Line] = []
    for line in _below_head(lines):
        text = line.text
        if "<" in text:
            text = _TAG.sub(_as_markdown, text)
        if "&" in text:
            text = _REFERENCE.sub(_resolved, text)
        if text is line.text:
            found.append(line)
        else:
            found += (Line(piece, line.place) for piece in text.split("\n", _MAX_LINES))
    return found


def _below_head(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines of a page without its head, which the student did not write."""
    if not any(_PAGE.match(line.text) for line in lines[:1]):
        return lines
    for number, line in enumerate(lines[:_MAX_HEAD]):
        _, end, rest = line.text.partition("</head>")
        if end:
            return [Line(rest, line.place), *lines[number + 1 :]]
    return lines


def _as_markdown(tag: re.Match[str]) -> str:
    signs = _CLOSE if tag["end"] else _OPEN
    return signs.get(tag["name"].lower(), "")


def _resolved(reference: re.Match[str]) -> str:
    if reference["name"]:
        return html5.get(f"{reference['name']};", reference.group())
    code = int(reference["code"] or int(reference["hex"], 16))
    return chr(code) if 32 <= code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else ""  # noqa: PLR2004  # no control signs, no halves of signs
