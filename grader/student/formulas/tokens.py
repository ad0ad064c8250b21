"""From atoms to tokens: which letters form a declared name, a function, a word or an index.

The longest declared name wins: "KN" is K times N unless KN is declared. A run of letters that the
declared names do not cover stays an unknown word for the reader to judge.
"""

from typing import NamedTuple

from grader.student.formulas.atoms import Atom
from grader.student.formulas.characters import GREEK_WORDS
from grader.student.formulas.functions import SPELLINGS
from grader.student.formulas.vocabulary import Entry, Vocabulary, closing, flat, spellings

_KEYWORDS = {
    **{word: word for word in ("if", "else", "for", "and", "or", "not", "in", "mod", "otherwise")},
    "range": "range",
    "when": "if",
    "where": "if",
    "falls": "if",
    "sonst": "otherwise",
    "elif": "elif",
}
_WORDS = GREEK_WORDS | frozenset(SPELLINGS)  # p_i is never π, and l_n never a logarithm
_LONGEST_PRODUCT = 3  # letters without a gap that are read as a product without a word


class Token(NamedTuple):
    """One piece of a formula.

    Attributes:
        kind: "scalar", "array", "output", "function", "family" or "constant" for a name; "word" for
            a letter of none; else "number", "keyword", "op", "open", "close", "frac", "sqrt",
            "method" or "end".
        text: the canonical name, the digits, the operator or the letters of an unknown word.
        at: the place in the text, from 0.
        spaced: whether white space stands before it.
        source: how many atoms it was made of.
    """

    kind: str
    text: str
    at: int
    spaced: bool = False
    source: int = 1


def tokens(atoms: tuple[Atom, ...], vocabulary: Vocabulary) -> tuple[tuple[Token, ...], list[str]]:
    """Group atoms into tokens; also returns warnings about words that were taken apart."""
    found: list[Token] = []
    warnings: list[str] = []
    at = 0
    while at < len(atoms):
        if atoms[at].kind == "frac" and (slope := _indexed_slope(atoms, at, vocabulary)):
            found += slope
            at += slope[0].source
            continue
        token = _token(atoms, at, vocabulary)
        if token.kind in {"scalar", "array"}:
            _warn_of_split(atoms, at, token, warnings)
        found.append(token)
        at += token.source
    return tuple(_without_breaks(found)), warnings


def _token(atoms: tuple[Atom, ...], at: int, vocabulary: Vocabulary) -> Token:
    atom = atoms[at]
    place = (atom.at, atom.spaced)
    if atom.kind == "digits":
        return Token("number", atom.text, *place)
    if keyword := _keyword(atoms, at, vocabulary):
        return Token("keyword", keyword[0], *place, keyword[1])
    if atom.kind in {"letter", "frac"} or atom.text in {"{", "font{"}:
        if found := _named(atoms, at, vocabulary):
            entry, source = found
            return Token(entry.kind, entry.name, *place, source)
        if atom.kind == "letter":
            return Token("word", atom.text, *place)
    return Token(atom.kind, atom.text, *place)


def _named(atoms: tuple[Atom, ...], at: int, vocabulary: Vocabulary) -> tuple[Entry, int] | None:
    """The longest declared name that begins here, with its length in atoms."""
    if _is_foreign_word(atoms, at, vocabulary):
        return None
    best: tuple[Entry, int] | None = None
    for key, end in spellings(atoms, at):
        if key not in vocabulary.prefixes:
            break
        if (entry := vocabulary.entries.get(key)) is not None:
            if _fits(entry, atoms, end) and not (key in _WORDS and _has_subscript(atoms, at, end)):
                best = (entry, end - at)
        elif key in vocabulary.families and end < len(atoms) and atoms[end].text in {"_", "["}:
            best = (Entry("family", key), end - at)  # type: ignore[arg-type]  # a kind of tokens
    return best


def _indexed_slope(
    atoms: tuple[Atom, ...], at: int, vocabulary: Vocabulary
) -> tuple[Token, ...] | None:
    r"""\frac{\partial L}{\partial P_{ij}}: the array dL/dP with its indices."""
    start = at + 1
    middle = closing(atoms, start) if start < len(atoms) else None
    if middle is None or middle + 1 >= len(atoms) or atoms[middle + 1].kind != "open":
        return None
    end = closing(atoms, middle + 1)
    mark = next((p for p in range(middle + 2, end or 0) if atoms[p].text in {"_", "["}), None)
    if end is None or mark is None:
        return None
    entry, last = None, mark
    while mark is not None and entry is None:
        key = f"{flat(atoms, start + 1, middle)}/{flat(atoms, middle + 2, mark)}"
        entry = vocabulary.entries.get(key)
        last, mark = (
            mark,
            next((p for p in range(mark + 1, end) if atoms[p].text in {"_", "["}), None),
        )
    if entry is None:
        return None
    name = Token(entry.kind, entry.name, atoms[at].at, atoms[at].spaced, end + 1 - at)
    return name, *tokens(atoms[last:end], vocabulary)[0]


def _has_subscript(atoms: tuple[Atom, ...], at: int, end: int) -> bool:
    return any(atom.text == "_" for atom in atoms[at:end])


def _fits(entry: Entry, atoms: tuple[Atom, ...], end: int) -> bool:
    """A lone σ needs a bracket to be a function; the 2 of log2 stands at once behind it."""
    if entry in (Entry("function", "log2"), Entry("function", "log10")):
        return not atoms[end - 1].spaced
    if entry != Entry("function", "sigmoid"):
        return True
    return atoms[end - 1].text != "sigma" or (end < len(atoms) and atoms[end].text == "(")


def _is_foreign_word(atoms: tuple[Atom, ...], at: int, vocabulary: Vocabulary) -> bool:
    """Whether a Greek letter's name is typed out that is not declared: never b·eta for "beta"."""
    word = _run(atoms, at)
    if len(word) == 1 or word not in GREEK_WORDS:  # one letter is no word
        return False
    return not any(key.startswith(word) for key in vocabulary.entries)


def _run(atoms: tuple[Atom, ...], at: int) -> str:
    """The letters that follow each other without a gap, from `at`."""
    word = ""
    for place in range(at, min(at + 40, len(atoms))):
        atom = atoms[place]
        if atom.kind != "letter" or len(atom.text) > 1 or (word and atom.spaced):
            break
        word += atom.text
    return word


def _keyword(atoms: tuple[Atom, ...], at: int, vocabulary: Vocabulary) -> tuple[str, int] | None:
    r"""A word of conditions and sums, alone or as a \text{...}, with its length in atoms."""
    atom = atoms[at]
    if atom.text == "font{" and (end := closing(atoms, at)) is not None:
        word, source = flat(atoms, at + 1, end), end + 1 - at
    elif atom.kind == "letter" and not (at and _touches(atoms, at)):
        word = _run(atoms, at)
        source = len(word)
    else:
        return None
    is_called = at + source < len(atoms) and atoms[at + source].text == "("
    if word not in _KEYWORDS or (word in {"where", "mod"} and is_called):
        return None
    if word in vocabulary.entries and word not in {"where", "mod"}:
        return None
    return _KEYWORDS[word], source


def _touches(atoms: tuple[Atom, ...], at: int) -> bool:
    """Whether a letter directly continues the letter before it."""
    before = atoms[at - 1]
    return before.kind == "letter" and len(before.text) == 1 and not atoms[at].spaced


def _warn_of_split(atoms: tuple[Atom, ...], at: int, token: Token, warnings: list[str]) -> None:
    """A word of four or more letters that is read as a product deserves a look."""
    if at and _touches(atoms, at):
        return
    word = _run(atoms, at)
    if len(word) > _LONGEST_PRODUCT and token.source < len(word):  # short runs are products
        warnings.append(f"“{word}” was read as a product of single names")


def _without_breaks(found: list[Token]) -> list[Token]:
    """Drop line breaks that only lay the formula out, and alignment marks.

    Breaks inside cases separate its rows; a break between two operands stays, and is refused.
    """
    kept: list[Token] = []
    cases = 0
    for token in reversed(found):
        if token.text == "cases":
            cases += 1 if token.kind == "close" else -1
        if not cases and token.text == "&":
            continue
        if not cases and token.text == "break" and (not kept or _joins(kept[-1])):
            continue
        if kept and kept[-1].text == "break" and not cases and _joins(token):
            kept.pop()
        kept.append(token)
    if kept and kept[-1].text == "break":
        kept.pop()
    return kept[::-1]


def _joins(token: Token) -> bool:
    if token.kind == "op":
        return token.text not in {"T", "'", "|"}
    return token.kind == "keyword"
