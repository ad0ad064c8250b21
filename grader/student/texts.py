"""Turns the bytes of a write-up into lines: encodings, line ends, letters that only look different.

Word, browsers and pdftotext leave ligatures, soft hyphens, mathematical letters and words cut in
two; each stands for what anybody would read. Knows nothing of parts or answers.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import zip_longest

import msgspec

from grader.student.wire import Place

MAX_BYTES = 2**20
"""The bytes that a write-up may have, its pictures left out."""
MAX_LINE = 4_000
MAX_LINES = 5_000
MAX_RAW_LINE = 100_000
"""The characters of a line that are looked at before it is divided, as pasted pages are."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 4_000
NEW_PAGE = "\f"
_ENDS = re.compile(r"\r\n?|[\v\u0085\u2028\u2029]")
_LIGATURES = {
    ord(sign): unicodedata.normalize("NFKC", sign) for sign in map(chr, range(0xFB00, 0xFB07))
}
_LETTERS = {
    code: plain
    for code in range(0x1D400, 0x1D800)
    if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1 and plain != chr(code)
}
_READ_ALIKE = {**_LIGATURES, **_LETTERS, 0xAD: None, 0x210E: "h"}
_STRANGE = re.compile("[\u00ad\u210e\ufb00-\ufb06\U0001d400-\U0001d7ff]")
_IMAGE = re.compile(r"data:image/[\w.+-]{1,20};base64,[A-Za-z0-9+/=\s]{100,}")
_CUT = re.compile(r"[a-z]{3}-$|[A-Za-z]{2}\u00ad$")
_REST = re.compile(r"[a-z]{2,}\S*")


class Line(msgspec.Struct, frozen=True):
    """One line of a write-up, and where it stands."""

    text: str
    place: Place


def without_images(data: bytes) -> bytes:
    """A document without the pictures that are pasted into it as text."""
    if b";base64," not in data:
        return data
    return _IMAGE.sub("", data.decode("latin-1")).encode("latin-1")


def decoded(data: bytes) -> str:
    """The text of a document in UTF-8, UTF-16 or UTF-32, else in the code page of Windows."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace").removeprefix("\ufeff")
    sample = data[:_SAMPLE]
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        halves = sample[start::2]
        if len(halves) > 1 and halves.count(0) > 0.7 * len(halves) and any(sample[1 - start :: 2]):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def lines_of(text: str, file: str) -> tuple[list[Line], bool]:
    """The lines of a text, and whether there are more than are read.

    What stands behind the sign for a new page is a line of its own and begins with that sign.
    """
    if not text.isascii() or "\r" in text or "\v" in text:
        text = _ENDS.sub("\n", text)
    pieces = text.split("\n", MAX_LINES)
    lines: list[Line] = []
    for number, piece in enumerate(pieces[:MAX_LINES], 1):
        place = Place(file=file, line=number)
        if NEW_PAGE not in piece:
            lines.append(Line(piece[:MAX_RAW_LINE], place))
            continue
        first, *pages = piece[:MAX_RAW_LINE].split(NEW_PAGE, MAX_LINES)
        lines += [Line(first, place)] if first.strip() else []
        lines += (Line(NEW_PAGE + page, place) for page in pages)
    return lines[:MAX_LINES], len(pieces) > MAX_LINES or len(lines) > MAX_LINES


def as_read(lines: Sequence[Line]) -> list[Line]:
    """The lines with the letters that anybody would read, and words that were cut in two."""
    found = [
        line
        if line.text.isascii() or not _STRANGE.search(line.text)
        else Line(line.text.translate(_READ_ALIKE), line.place)
        for line in _mended(lines)
    ]
    return [line if len(line.text) <= MAX_LINE else _shortened(line) for line in found]


def _shortened(line: Line) -> Line:
    return Line(line.text[:MAX_LINE], line.place)


def _mended(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, where a word that is cut at a line's end is whole again."""
    carried = ""
    for line, after in zip_longest(lines, lines[1:]):
        text = line.text
        if carried:  # the line begins with it: it was looked up there
            text, carried = text.lstrip()[len(carried) :].lstrip(), ""
        is_cut = _CUT.search(text[-8:].rstrip()) is not None
        rest = _REST.match(after.text.lstrip()[:60]) if is_cut and after else None
        if rest is not None:
            carried = rest.group()
            text = text.rstrip()[:-1] + carried
        yield line if text is line.text else Line(text, line.place)
