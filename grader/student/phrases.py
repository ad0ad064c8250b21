"""Tells formulas from prose, and cuts a value out of the line that it stands in.

Only about signs and words: what a formula means is the formula language's business.
"""

import re
from collections.abc import Iterable, Iterator

_WORD = re.compile(r"[A-Za-z][A-Za-z]{2,}")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_KNOWN = frozenset(
    re.findall(
        r"\w+",
        "floor ceil round sqrt exp log log2 log10 min max sin cos tan tanh sigmoid relu softplus"
        " abs sum prod range for where otherwise and not mod div times odot cdot pow transpose"
        " alpha beta gamma delta epsilon eps theta lambda sigma loss act dot inv einsum else",
    )
)
# Two stars are bold where one side of them is empty; `D**2` and `D ** 2` are powers.
_MARKUP = re.compile(
    r"(?:^|(?<=[\s(|]))(?:\*\*|__)(?=[^\s*])|(?<=[^\s*])(?:\*\*|__)(?=[\s.,;:)|]|$)"
    r"|`|(?:^|(?<=\s))==(?=[^\s=])|(?<=[^\s=])==(?=\s|$)|\$\$?|\\[()\[\]]|\\(?:displaystyle|textstyle|quad|qquad)\b"
)
_WRAPPER = re.compile(r"\\(?:textbf|textit|emph|underline|mathbf)\{([^{}]*)\}")
_UPRIGHT = re.compile(r"\\(?:text|mathrm|operatorname)\{[^{}]*\}")
_TRAILING = ("\\\\", "\\,", "\\;", "\\:", "\\!", "~")
_NUMBER = re.compile(
    r"(?<![\w.^{_/])[-−]?(?:\d{1,9}\s?/\s?\d{1,9}"
    r"|\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3}){1,5}|\d[\d,]{0,40}(?:\.\d{1,40})?)"
    r"(?:[eE][-+]?\d{1,4})?(?![\w^}(]|\.\d|,\d)"
)
COUNTED = r"[\s~]*(?:parameters?|params|paramètres)\b"
"""What stands behind the number that a question about a network's size asks for."""
_COUNTED = re.compile(rf"({_NUMBER.pattern}){COUNTED}", re.IGNORECASE)
_REMARK = re.compile(r"(?<=\s)\((?=[^()]*[A-Za-z]{2}\s)[^()]*\)")
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by for from get has have he her his i if in is it its"
        " my no not of on or our she so that the their they this thus to us was we which"
        " with you",
    )
)
_IN_BRACES = ("\\text{", "\\mathrm{", "\\operatorname{")
_ASIDE = re.compile(
    r",\s(?=(?:[A-Za-z]{2,}\s){1,2}\S|(?:i\.\s?e|e\.\s?g|d\.\s?h|z\.\s?B|that is)\b)"
)
_LAST_WORD = re.compile(r"\s(?:a|an|and|as|for|if|in|is|of|or|so|to|we)$")
GAP = re.compile(r"(?<=[\w)}\]])\s{3,}(?=[\w(])")
"""Where the next column of a text in columns begins: no formula goes on behind it."""
_APART = re.compile(r"[,;]?\s*\\q?quad\b\s*|[,;](?:\\[,;:!]|[\s~])\s*")
"""What may stand between two equations of a row."""
_AFTER_EQUALS = re.compile(r"=\s*(?=[-−]?\d)")


def plain(text: str) -> str:
    r"""A line without the signs that only set its type: `**`, `$`, backticks, \textbf."""
    return _MARKUP.sub("", _WRAPPER.sub(r"\1", text))


def is_formula(text: str, names: Iterable[str] = ()) -> bool:
    """Whether a text holds something to evaluate and no word that a formula would not hold."""
    return bool(re.search(r"\w", text)) and not _has_words(text, _known(names))


def _known(names: Iterable[str]) -> frozenset[str]:
    """The words that a formula in these names may hold."""
    return _KNOWN | {word.lower() for name in names for word in (name, *_WORD.findall(name))}


def _has_words(text: str, known: frozenset[str]) -> bool:
    bare = _COMMAND.sub(" ", _UPRIGHT.sub(" ", text)) if "\\" in text else text
    return any(word.lower() not in known for word in _WORD.findall(bare))


def value_at_head(text: str, names: Iterable[str] = ()) -> str:
    """The formula at the head of a text: up to the first word that belongs to a sentence."""
    text = trimmed(text)
    known = _known(names)
    for word in _WORD.finditer(text):
        is_command = text[word.start() - 1 : word.start()] == "\\"
        before = text[max(word.start() - 40, 0) : word.start()]
        in_braces = before.rstrip().endswith(_IN_BRACES)
        is_part = text[word.start() - 1 : word.start()] in tuple("_^'{") and word.start() > 0
        if is_command or in_braces or is_part or word.group().lower() in known:
            continue
        text = _without_remark(_without_small_words(text[: word.start()]))
        break
    aside = _ASIDE.search(text)
    if aside is not None and text.count("(", 0, aside.start()) <= text.count(")", 0, aside.start()):
        text = text[: aside.start()]
    return trimmed(text)


def _without_remark(text: str) -> str:
    """A text that ends at a word, without the bracket behind a space that the word stands in."""
    open_ = text.rfind(" (")
    return text[:open_] if open_ > 0 and text.count(")", open_) == 0 else text


def _without_small_words(text: str) -> str:
    """A text without the signs and short words at its end that lead over to a sentence."""
    text = text.rstrip(" \t,;(–—-")
    while (last := _LAST_WORD.search(text[-4:])) is not None:
        text = text[: len(text) - len(last.group())].rstrip(" \t")
    return text


def formula_runs(line: str, names: Iterable[str] = ()) -> list[str]:
    """The stretches of a line that hold no word of a sentence, and something to evaluate."""
    names = frozenset(names)
    known = _known(names)
    small = _SMALL - {name.lower() for name in names}
    runs, run = [], list[str]()
    for chunk in line.split():
        is_word = chunk.strip(".,;:!?()").lower() in small or _has_words(chunk, known)
        if not is_word:
            run.append(chunk)
        if is_word or (chunk.endswith((",", ";", ":")) and _is_whole(run)):
            runs.append(" ".join(run))
            run = []
    runs.append(" ".join(run))
    return [run for run in (trimmed(run.rstrip(":")) for run in runs) if re.search(r"\w", run)]


def _is_whole(run: list[str]) -> bool:
    """Whether all brackets of a stretch are closed, so that a comma ends it."""
    return sum(chunk.count("(") - chunk.count(")") for chunk in run) <= 0


def trimmed(text: str) -> str:
    """Without space, line ends and the point or comma of a sentence around it."""
    text = _unspaced(text.strip())
    if text.endswith((".", ",", ";")) and not text.endswith(".."):
        text = _unspaced(text[:-1])
    return text


def _unspaced(text: str) -> str:
    """Without the spaces and line ends of LaTeX at its end."""
    text = text.rstrip()
    while text.endswith(_TRAILING):
        text = text[: -2 if text[-1] != "~" else -1].rstrip()
    return text


def last_side(text: str) -> str:
    """What stands behind the last `=` of a formula that is not inside brackets or braces."""
    depth = 0
    for position in range(len(text) - 1, -1, -1):
        character = text[position]
        if character in ")]}":
            depth += 1
        elif character in "([{":
            depth -= 1
        elif character == "=" and depth <= 0 and not _is_comparison(text, position):
            return trimmed(text[position + 1 :])
    return trimmed(text)


def sides(text: str) -> list[str]:
    """What stands between the `=` of a formula that are not inside brackets or braces."""
    found, start, depth = list[str](), 0, 0
    for position, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "=" and depth <= 0 and not _is_comparison(text, position):
            found.append(text[start:position])
            start = position + 1
    return [side for side in map(trimmed, (*found, text[start:])) if side] or [""]


def first_side(text: str) -> str:
    """What stands in front of the first `=`, or "" where there is none."""
    found = re.search(r"(?<![<>!:=\\])=(?!=)|:=", text)
    return text[: found.start()].strip() if found else ""


def _is_comparison(text: str, position: int) -> bool:
    return (
        text[position - 1 : position] in ("<", ">", "!", "=")
        or text[position + 1 : position + 2] == "="
    )


def rows(display: str) -> list[str]:
    """The equations of a display, alignment signs and inner environments left out."""
    text = re.sub(
        r"\\(?:begin|end)\{(?:aligned|split|alignedat|gathered|array)\*?\}(?:\{[^{}]*\})?",
        "",
        display,
    )
    text = re.sub(r"\\(?:tag|label|notag|nonumber)\*?(?:\{[^{}]*\})?|(?<!\\)&", "", text)
    if r"\begin" in text:  # cases and matrices keep their lines together
        return [trimmed(text)]
    pieces = (trimmed(piece) for piece in re.split(r"\\\\(?:\[[^\]]{0,20}\])?", text))
    return [equation for piece in pieces if piece for equation in _equations(piece)]


def _equations(row: str) -> Iterator[str]:
    r"""A row, cut where a further equation begins: `y = x + e, \quad e = 2x`."""
    start = 0
    for gap in _APART.finditer(row):
        before = row[start : gap.start()]
        if first_side(before) and first_side(row[gap.end() :]) and is_balanced(before):
            yield trimmed(before)
            start = gap.end()
    yield trimmed(row[start:])


def is_balanced(text: str) -> bool:
    """Whether as many brackets are opened as are closed."""
    return sum((sign in "([{") - (sign in ")]}") for sign in text) == 0


def last_number(text: str) -> str:
    """The number behind the last `=`, else the last number of a text, or ""."""
    equals = list(_AFTER_EQUALS.finditer(text))
    if equals:
        found = _NUMBER.search(text, equals[-1].end())
        if found is not None:
            return found.group()
    numbers = _NUMBER.findall(text)
    return numbers[-1] if numbers else ""


def without_remarks(text: str) -> str:
    """A text without the brackets that hold words."""
    return _REMARK.sub("", text)


def told_number(text: str) -> str:
    """The number that a sentence comes to: behind `=`, before "parameters", outside of brackets."""
    counted = _COUNTED.findall(text)
    if counted and not _AFTER_EQUALS.search(text):
        return str(counted[-1])
    return last_number(without_remarks(text)) or last_number(text)


def normal(name: str) -> str:
    r"""A name as it is compared: `with_biases`, "with biases" and `\text{with-biases}` are one."""
    name = re.sub(r"\\(?:text|textbf|textrm|mathrm|mathit|operatorname|mathbf)\b", "", name)
    return re.sub(r"[\s_\-{}\\$*`|]+", "", name).lower()


def pattern(name: str) -> str:
    """A pattern for a name as it is written in text."""
    pieces = re.split(r"[_\-\s]+", name)
    return r"[_\-\s\\]{0,2}".join(map(re.escape, pieces))
