r"""The labels by which a sheet numbers its parts, as students write them at the head of a line.

`2.3`, `## Q2.3:`, `\subsection*{2.3}`, `2-3)`, `Problem 2` and below it `(c)`, `Part c` or `3.`.
Which of them name a part is for the sheet to say. Knows nothing of answers.
"""

import re

import msgspec

ROMAN = {
    name: k
    for k, name in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), 1)
}


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What may be a label at the head of a line.

    Attributes:
        tokens: the steps that it names, one below the other.
        is_full: whether they begin at the sheet; else at any level that is open.
        style: how it is written; the labels of one level look alike.
        weight: how much it looks like a label.
        is_heading: whether it stands in a heading, in bold, or behind a word for a question.
        is_marked: whether a heading, a word or a sign sets it off from the text.
        end: where the text behind it begins.
        is_open: whether the next label of its last level may be written in any way, since this
            one stands behind the others ("1.2 (a)", and then "(b)").
        steps: further steps that may follow at once, as in `2.3 (a)`, each with the place where
            the text behind it begins.
        rest: the letters that are glued to it.
        letter_at: where its last letter begins, which may belong to the text; 0 without one.
    """

    tokens: tuple[str, ...]
    is_full: bool
    style: str
    weight: float
    is_heading: bool
    is_marked: bool
    end: int
    is_open: bool = False
    steps: tuple[tuple[str, int], ...] = ()
    rest: str = ""
    letter_at: int = 0


_WORD = (
    r"problem|question|exercise|task|part|answer(?:\s+to)?|ans|solution(?:\s+to)?|q|ex|aufgabe|frage"
    r"|teil|teilaufgabe|antwort|lösung|exercice|problème|réponse|partie|ejercicio|problema|pregunta"
    r"|respuesta|opgave|oppgave|uppgift|esercizio"
)
_HEAD = re.compile(
    r"""(?P<open>\s*(?:
        [#>|]+\s*
      | \[![\w-]{1,20}\][+-]?\s*
      | [-*•]\s+(?=\S)
      | \\(?:sub)*(?:section|paragraph|part|chapter)\*?\s*\{\s*
      | \\(?:textbf|textit|emph|underline|noindent|large|Large|bf|item)\b\s*[{\[]?\s*
      | (?:\*\*|__)\s*
    )*)""",
    re.VERBOSE,
)
_NAMED = re.compile(rf"(?P<word>{_WORD})\b\.?\s*(?:no\.|\#|:)?\s*", re.IGNORECASE)
_GLUED_Q = re.compile(r"(?P<word>[qQ]|[eE]x)\.?\s*(?=\d)|(?P<answer>A)(?=\d{1,2}\s?[:).])")
_PROBLEM = re.compile(r"(?P<roman>[IVX]{1,4})[.\-–](?=\d)")
_ROMAN_PROBLEM = re.compile(r"(?P<roman>[IVX]{1,4})(?=\s?\([a-z]{1,4}\))")
_FULL = re.compile(
    r"""\(?(?P<numbers>\d{1,2}(?:(?:[.\-–—]|\s\.\s?)\d{1,2})*)(?!\d)(?![.,]\d)
    (?P<letter>
        [.\-]?(?P<plain>[a-z])(?![a-z0-9_^'])
      | [.,]?\s?\(\s?(?P<bracket>[a-z]|[ivx]+)\s?\)
      | \s(?P<spaced>[a-z])(?=[).:])
    )?""",
    re.VERBOSE,
)
_RELATIVE = re.compile(
    r"""(?: \(\s?(?P<both>[a-z]|[ivx]+|\d{1,2})\s?\)
          | (?P<half>[a-z]|[ivx]+|\d{1,2})\)
          | (?P<dot>[a-z]|[ivx]+|\d{1,2})\.(?=\s|$|\*|\}) )""",
    re.VERBOSE | re.IGNORECASE,
)
_BARE = re.compile(r"(?P<bare>[a-z]|[ivx]+|\d{1,2})(?![A-Za-z0-9])", re.IGNORECASE)
_THEN = re.compile(
    rf"[\s,]*(?:part\s+)?(?:{_RELATIVE.pattern}|(?<=\s)(?P<last>[a-z])(?=\s*$))",
    re.VERBOSE | re.IGNORECASE,
)
_CLOSE = re.compile(r"(?:\*\*|__|[}\]:.)]|\s?[–—:-](?=\s))*\s*")
_STRONG = re.compile(r"[#{\[]|\*\*|__|\\")
_CELL_END = re.compile(r"\s*\|\s*")
_LETTER = re.compile(r"\s?\(?\s?[A-Za-z]+\s?\)?$")
_GLUED = re.compile(r"[A-Za-z]\w*")
_APART = re.compile(r"(?:\)|\s[a-z])$")
"""The end of a label whose letter stands apart: `1.2 (a)` or `1.2 a)`."""
_SHORT_WORDS = frozenset({"answer", "ans", "antwort", "lösung", "q", "ex", "a"})
"""Words behind which a letter alone is one of a sentence."""
LONE = -0.5
"""The weight of a number on a line of its own: less than that of no label."""
_MAX_HEAD = 200
_MAX_STEPS = 3
_MAY_BEGIN = re.compile(
    rf"\s{{0,80}}+(?:[#>*•_\\|(\-+\[\d]|[A-Za-z]{{1,4}}[.)]|[IVX]{{1,4}}[.\-]|(?:{_WORD})\b"
    r"|(?:q|ex|a)\.?\d)",
    re.IGNORECASE,
)


def read_label(line: str) -> Label | None:
    """The label at the head of a line, if there may be one; the order decides whether it is."""
    if _MAY_BEGIN.match(line) is None:
        return None
    text = line[:_MAX_HEAD]
    head = _HEAD.match(text)
    assert head is not None  # it may match nothing
    start, is_strong = head.end(), bool(_STRONG.search(head.group()))
    named = _GLUED_Q.match(text, start) or _NAMED.match(text, start)
    if named is not None:
        return _after_word(text, named, is_strong=is_strong)
    tokens, end = _full(text, start)
    if len(tokens) > 1:
        style = f"{'head ' if is_strong else ''}full"
        return _label(text, end, tokens, style=style, is_full=True, strong=is_strong)
    relative = _RELATIVE.match(text, start)
    if relative is not None:
        return _relative(text, relative, "", is_strong=is_strong)
    if is_strong and tokens:  # `## 2` or `## 2. Dilation`
        return _label(text, end, tokens, style="head", is_full=True, strong=True)
    return None


def lone_number(line: str) -> Label:
    """A problem's number on a line of its own, which counts where labels below it need it."""
    number = line.strip()
    return Label(
        tokens=(number,),
        is_full=True,
        style="alone",
        weight=LONE,
        is_heading=False,
        is_marked=False,
        end=len(line),
    )


def _full(text: str, start: int) -> tuple[tuple[str, ...], int]:
    """The tokens of a label that begins at the sheet, `2.3`, `2.3(a)` or `II.3`, and its end."""
    problem = _PROBLEM.match(text, start)
    roman = ROMAN.get(problem["roman"].lower(), 0) if problem else 0
    found = _FULL.match(text, problem.end() if problem and roman else start)
    if found is None:
        return (), start
    letter = found["plain"] or found["bracket"] or found["spaced"]
    numbers = re.findall(r"\d+", found["numbers"])
    if roman:
        numbers.insert(0, str(roman))
    return (*numbers, *([letter.lower()] if letter else [])), found.end()


def _after_word(text: str, named: re.Match[str], *, is_strong: bool) -> Label | None:
    word, start = (named["word"] or "a").lower(), named.end()
    tokens, end = _full(text, start)
    if tokens:
        is_full = word != "part" or len(tokens) > 1
        return _label(text, end, tokens, style=f"word {word}", is_full=is_full, strong=True)
    problem = _ROMAN_PROBLEM.match(text, start)
    if problem is not None and problem["roman"].lower() in ROMAN and word not in _SHORT_WORDS:
        tokens = (str(ROMAN[problem["roman"].lower()]),)
        return _label(text, problem.end(), tokens, style=f"word {word}", is_full=True, strong=True)
    relative = _RELATIVE.match(text, start) or _BARE.match(text, start)
    if relative is None or (word in _SHORT_WORDS and "bare" in relative.re.groupindex):
        return None
    return _relative(text, relative, word, is_strong=is_strong)


def _relative(text: str, found: re.Match[str], word: str, *, is_strong: bool) -> Label | None:
    token = _one(found)
    shape = next(name for name, value in found.groupdict().items() if value)
    if shape == "both" and token.isdigit() and not text[found.end() :].strip():
        return None  # "(2)" alone on its line is the number of an equation
    kind = "number" if token.isdigit() else "letter"
    style = f"{word} {'head ' if is_strong else ''}{shape} {kind}"
    strong = is_strong or bool(word)
    return _label(text, found.end(), (token,), style=style, is_full=False, strong=strong)


def _label(
    text: str, end: int, tokens: tuple[str, ...], *, style: str, is_full: bool, strong: bool
) -> Label:
    behind = _behind(text, end)
    rest, sign = text[behind:], text[end - 1 : behind]
    steps = _steps(text, behind) if is_full else ()
    is_marked = strong or any(mark in sign for mark in ":)|")
    weight = 2.0 if is_full else 1.0
    weight += 2.0 * strong
    if not rest.strip() or is_marked:
        weight += 1.0
    elif rest[0].islower() and not text[end:behind].strip() and is_full:
        weight -= 1.5
    elif text[end : end + 1] in tuple("%×*/+=^"):
        weight -= 3.0  # a calculation goes on
    glued = _GLUED.match(text, end) if behind == end else None
    letter = _LETTER.search(text[:end]) if is_full and not tokens[-1].isdigit() else None
    return Label(
        tokens=tokens,
        is_full=is_full,
        style=style,
        weight=weight,
        is_heading=strong,
        is_marked=is_marked,
        end=behind,
        is_open=bool(steps) or (is_full and len(tokens) > 1 and bool(_APART.search(text[:end]))),
        steps=steps,
        rest=glued.group() if glued else "",
        letter_at=letter.start() if letter else 0,
    )


def _steps(text: str, position: int) -> tuple[tuple[str, int], ...]:
    """The labels that follow a label at once, each with the place where the text begins."""
    steps: list[tuple[str, int]] = []
    while len(steps) < _MAX_STEPS and (then := _THEN.match(text, position)) is not None:
        position = _behind(text, then.end())
        steps.append((_one(then), position))
    return tuple(steps)


def _behind(text: str, end: int) -> int:
    """Where the text behind a label begins; in a row of a table, behind the cell's end."""
    close = _CLOSE.match(text, end)
    end = close.end() if close else end
    cell = _CELL_END.match(text, end) if text.lstrip().startswith("|") else None
    return cell.end() if cell else end


def _one(found: re.Match[str]) -> str:
    return next(value for value in found.groupdict().values() if value).lower()
