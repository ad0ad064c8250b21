"""Takes out what every page of a printed document repeats: headers, footers, page numbers.

They stand in the middle of answers where text is pulled out of pages. Numbers that differ from page
to page must count up with the pages, so that answers which look alike stay. Knows nothing of parts.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from grader.student.labels import read_label
from grader.student.texts import NEW_PAGE, Line

EDGE = 2
"""How many lines at the head and at the foot of a page may repeat."""
_MIN_PAGE = 20
"""The lines that at least stand between page numbers which have no header beside them."""
_MAX_NUMBER = 30
"""The characters that a line with a page's number may have."""
_MAX_LABEL = 12
_DIGITS = re.compile(r"\d+")
_ENDED = re.compile(r"[.!?:;]\s*$")
"""A page that ends like this ends a sentence; else the sentence goes on behind the page's edge."""
_NUMBER = re.compile(
    r"\s*(?:[-–—]\s*)?(?:page\s+|seite\s+|p\.\s*)?(\d{1,3})(?:\s*(?:/|of|von)\s*\d{1,3})?"
    r"(?:\s*[-–—])?\s*",
    re.IGNORECASE,
)


def without_page_edges(lines: Sequence[Line]) -> list[Line]:
    """The lines without the headers and footers of pages."""
    has_pages = any(line.text.startswith(NEW_PAGE) for line in lines)
    drop = _at_edges(lines) if has_pages else _at_numbers(lines)
    kept: list[Line] = []
    goes_on = False
    for number, line in enumerate(lines):
        text = line.text.removeprefix(NEW_PAGE)
        if number in drop:
            goes_on = True
            while kept and not kept[-1].text.strip():
                kept.pop()
        elif text.strip() or not goes_on or not kept or _ENDED.search(kept[-1].text[-9:]):
            kept.append(line if text is line.text else Line(text, line.place))
            goes_on = False
    return kept


def _at_edges(lines: Sequence[Line]) -> set[int]:
    """The lines at the edges of pages that at least half of the pages repeat."""
    starts = [k for k, line in enumerate(lines) if k == 0 or line.text.startswith(NEW_PAGE)]
    edges: dict[int, int] = {}
    filled_pages = 0
    for page, (start, end) in enumerate(pairwise([*starts, len(lines)])):
        filled = [k for k in range(start, end) if lines[k].text.strip(" \t\f")]
        filled_pages += bool(filled)
        edges.update((k, page) for k in (*filled[:EDGE], *filled[-EDGE:]))
    return _repeating(lines, edges, at_least=max(2, (filled_pages + 1) // 2))


def _at_numbers(lines: Sequence[Line]) -> set[int]:
    """Lone numbers that count up from page to page, with the lines that repeat beside them."""
    chain: list[int] = []
    for k, line in enumerate(lines):
        found = _NUMBER.fullmatch(line.text) if len(line.text) < _MAX_NUMBER else None
        if found and int(found[1]) == len(chain) + 1 and not _is_answer(lines, k):
            chain.append(k)
    if len(chain) < 2:  # noqa: PLR2004  # a single page repeats nothing
        return set()
    beside = {n: page for page, k in enumerate(chain) for n in _neighbours(lines, k)}
    headers = _repeating(lines, beside, at_least=max(2, len(chain) - 1))
    is_far = all(b - a >= _MIN_PAGE for a, b in pairwise(chain))
    return {*chain, *headers} if headers or is_far else set()


def _repeating(lines: Sequence[Line], pages: Mapping[int, int], *, at_least: int) -> set[int]:
    """Of the lines with their pages, those that stand on several pages alike."""
    alike: dict[str, list[int]] = defaultdict(list)
    for k in pages:
        text = " ".join(lines[k].text.split())
        if "=" not in text:  # else an answer, whatever it looks like
            alike[_DIGITS.sub("#", text)].append(k)
    repeated: set[int] = set()
    for same in alike.values():
        texts = [lines[k].text for k in same]
        is_label = read_label(texts[0].strip(" \t\f")) is not None
        if len(same) < at_least or not _counts_up([pages[k] for k in same], texts):
            continue
        if not is_label:
            repeated.update(same)
        elif len({text.strip() for text in texts}) == 1:
            repeated.update(same[1:])  # the problem's name on each of its pages
    return repeated


def _counts_up(pages: Sequence[int], texts: Sequence[str]) -> bool:
    """Whether each number in the lines is the same on all pages, or counts up with them."""
    slots = zip(*(map(int, _DIGITS.findall(text[:200])) for text in texts), strict=False)
    return all(
        len(set(slot)) == 1 or len({n - page for n, page in zip(slot, pages, strict=True)}) == 1
        for slot in slots
    )


def _is_answer(lines: Sequence[Line], k: int) -> bool:
    """Whether a number stands right below a label or a heading, as an answer does."""
    above = lines[k - 1].text.strip() if k else ""
    is_label = len(above) < _MAX_LABEL and bool(_DIGITS.search(above))
    return not above or above.startswith("#") or is_label


def _neighbours(lines: Sequence[Line], k: int) -> Iterator[int]:
    """The filled lines next to a line."""
    yield from (n for n in (k - 1, k + 1) if 0 <= n < len(lines) and lines[n].text.strip())
