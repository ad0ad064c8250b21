"""Making any text inert: what a student typed, printed or raised becomes plain characters.

Escaping for HTML is the templates' business; this module takes away what escaping leaves alive:
terminal sequences, control characters, marks that turn the reading direction, broken surrogates and
sheer length. It must not know where a text comes from: every text is treated alike.
"""

import re

LIMIT = 8_000

# Everything that a terminal or a bidirectional renderer would act on; newline and tab stay.
_ACTIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u00ad\u061c\u115f\u180e\u200b\u200d-\u200f"
    "\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_TERMINAL = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[@-Z\\\\-_])")
_PICTURES = 0x2400
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def clean(text: str, *, limit: int = LIMIT) -> str:
    """Give the text as inert characters, at most `limit` of them and a word on what was cut.

    Terminal sequences disappear. Control characters become their pictures (`␀`), direction marks
    their names (`‹U+202E›`), so that a reader sees that something was there.
    """
    text = clip(text, limit=limit)
    if _ACTIVE.search(text) is None:
        return text
    text = _TERMINAL.sub("", text.replace("\r\n", "\n"))
    return _ACTIVE.sub(_picture, text)


def clip(text: str, *, limit: int) -> str:
    """Cut a text to its first `limit` characters, and say how many were left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]} … ({len(text) - limit} more characters)"


def _picture(match: re.Match[str]) -> str:
    character = match.group()
    if character < " ":
        return chr(_PICTURES + ord(character))
    if "\ud800" <= character <= "\udfff":
        return _REPLACEMENT
    return f"‹U+{ord(character):04X}›"
