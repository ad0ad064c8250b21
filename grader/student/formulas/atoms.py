"""From text to atoms: letters, digits, operators and brackets, whatever language they are typed in.

ASCII, Python, unicode and LaTeX become one stream here; LaTeX's commands are read in `commands`.
Knows nothing of declared names: whether "KN" is one name or two is decided by `tokens`.
"""

import re
import unicodedata
from typing import Literal, NamedTuple

from grader.student.formulas import characters as table
from grader.student.formulas import commands
from grader.student.formulas.errors import MAX_CHARACTERS, MAX_TOKENS, FormulaError

Kind = Literal["letter", "digits", "op", "open", "close", "frac", "sqrt", "method"]

_NUMBER = re.compile(
    r"(?:\d+(?:_\d+)*(?:\.(?![A-Za-z])(?:\d+(?:_\d+)*)?)?|\.\d+)(?:[eE][+-]?\d+(?![A-Za-z]))?",
    re.ASCII,
)
_GROUPED = re.compile(
    r"[1-9]\d{0,2}(?:(?:\{,\}|\\,|\\;|\\:|~|[\u2009\u202f\u00a0’'])\d{3})+(?!\d)", re.ASCII
)
_PLAIN_GROUPED = re.compile(r"[1-9]\d{0,2}(?:(?:,\d{3})+|(?: \d{3})+)(?![\d,])(?:\.\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"\d+,\d+", re.ASCII)
_MODULE = re.compile(
    r"(?:(?:np|numpy|torch|math|jnp|nn|functional)\.)+(?=[A-Za-z])|F\.(?=[a-z]{3})"
)
_METHOD = re.compile(r"\.(mT|T|t|transpose|sum|mean|var|dot|matmul|mm)(?![A-Za-z])")


class Atom(NamedTuple):
    """One piece of text.

    Attributes:
        text: what it means: a letter's key, an operator, digits without separators.
        at: the place in the text, from 0.
        spaced: whether white space stands before it.
    """

    kind: Kind
    text: str
    at: int
    spaced: bool = False


def atoms(text: str, *, is_plain: bool = False) -> tuple[Atom, ...]:
    """Cut a text into atoms.

    Args:
        text: as typed.
        is_plain: whether the question asks for a number, so that 1,234 is one.

    Raises:
        FormulaError: the text is too long, or holds a character or command that is not known.
    """
    if len(text) > MAX_CHARACTERS:
        raise FormulaError(
            f"the formula has {len(text)} characters; up to {MAX_CHARACTERS} are read",
            MAX_CHARACTERS,
        )
    return Scanner(text, is_plain=is_plain).run()


class Scanner:
    """Goes through a text once, and adds the atoms that it finds.

    Attributes:
        at: the place in the text.
        out: the atoms so far.
        spaced: whether white space stands before the next one.
        depth: of brackets, inside which commas separate arguments and no thousands.
        accent: waits for the next letter; `accents` wait for their group to close.
    """

    def __init__(self, text: str, *, is_plain: bool) -> None:
        self.text = text
        self.is_plain = is_plain
        self.at = 0
        self.out: list[Atom] = []
        self.spaced = False
        self.depth = 0
        self.accent = ""
        self.accents: list[tuple[int, str]] = []

    def run(self) -> tuple[Atom, ...]:
        """The atoms of the whole text."""
        while self.at < len(self.text):
            self._step()
            if len(self.out) > MAX_TOKENS:
                raise FormulaError(f"the formula has more than {MAX_TOKENS} pieces", self.at)
        if self.accent:
            raise FormulaError(f"{self.accent} needs the letter that it stands on", self.at)
        while self.out and self.out[-1].text in {".", ",", ";", "break"}:
            self.out.pop()
        return tuple(self.out)

    def _step(self) -> None:
        character = self.text[self.at]
        if character == "\\":
            commands.command(self)
        elif self._number(character) or self._letter(character) or self._operator(character):
            pass
        elif character in table.SPACES:
            self.spaced = True
            self.at += 1
        elif character in table.INVISIBLE or character in "$`":
            self.at += 1
        else:
            self._rare(character)

    def emit(self, kind: Kind, text: str, length: int = 0) -> None:
        """Add an atom that stands for the next `length` characters."""
        if self.accent and kind != "letter":
            raise FormulaError(f"{self.accent} needs the letter that it stands on", self.at)
        self.out.append(Atom(kind, text, self.at, self.spaced))
        self.spaced = False
        self.at += length
        if self.accent and kind == "letter" and text not in {"hat", "bar", "tilde"}:
            accent, self.accent = self.accent, ""
            self.out.append(Atom("letter", accent, self.at))

    # --- numbers and letters ----------------------------------------------------------------

    def _number(self, character: str) -> bool:
        if character != "." and table.digit(character) is None:
            return False
        if not character.isascii():
            self.emit("digits", table.digit(character) or "", 1)
            return True
        if self._in_name():
            digits = re.match(r"\d+", self.text[self.at :], re.ASCII)
            if digits is not None:
                self.emit("digits", digits[0], len(digits[0]))
            return digits is not None
        match = self._grouped() or _NUMBER.match(self.text, self.at)
        if match is None:
            return False
        text = re.sub(r"\{,\}|\\[,;:]|[^0-9.eE+-]", "", match[0])
        self.emit("digits", text.lower().replace("e+", "e"), len(match[0]))
        return True

    def _in_name(self) -> bool:
        """Whether digits here belong to a name: directly behind a letter or a subscript mark."""
        if not self.out or self.spaced:
            return False
        last = self.out[-1]
        return last.kind == "letter" or (last.kind == "op" and last.text == "_")

    def _grouped(self) -> re.Match[str] | None:
        """A number with separators of thousands."""
        match = _GROUPED.match(self.text, self.at)
        if match is not None or not self.is_plain or self.depth:
            return match
        match = _PLAIN_GROUPED.match(self.text, self.at)
        if match is None and (comma := _DECIMAL_COMMA.match(self.text, self.at)):
            written = comma[0].replace(",", ".")
            raise FormulaError(
                f"“{comma[0]}” could be a decimal comma or thousands; write {written} or leave"
                " the comma out",
                self.at,
            )
        return match

    def _letter(self, character: str) -> bool:
        if (key := table.letter(character)) is None:
            return False
        module = _MODULE.match(self.text, self.at)
        if module is not None and not (self.out and self._in_name()):
            self.at = module.end()
            return True
        self.emit("letter", key, 1)
        return True

    # --- operators and brackets -------------------------------------------------------------

    def _operator(self, character: str) -> bool:
        two = self.text[self.at : self.at + 2]
        if two in table.LONG_OPERATORS:
            self.emit("op", table.LONG_OPERATORS[two], 2)
        elif character in table.OPENING:
            self.open(table.OPENING[character], 1)
        elif character in table.CLOSING:
            self.close(table.CLOSING[character], 1)
        elif character in table.OPERATORS:
            self.emit("op", table.OPERATORS[character], 1)
        elif character == "\n":
            self.emit("op", "break", 1)
        elif character == "." and (method := _METHOD.match(self.text, self.at)):
            self.emit("method", method[1], len(method[0]))
        elif character in ".#":
            self.emit("op" if character == "." else "letter", character, 1)
        else:
            return False
        return True

    def open(self, bracket: str, length: int) -> None:
        """Add a bracket; an accent in front of it waits for what is in it."""
        self.depth += 1
        if self.accent:
            self.accents.append((self.depth, self.accent))
            self.accent, bracket = "", "font{"
        self.emit("open", bracket, length)

    def close(self, bracket: str, length: int) -> None:
        """Add a closing bracket, and behind it the accent that has waited for it."""
        self.emit("close", bracket, length)
        if self.accents and self.accents[-1][0] == self.depth:
            self.out.append(Atom("letter", self.accents.pop()[1], self.at))
        self.depth -= 1

    def _rare(self, character: str) -> None:
        """Superscripts, subscripts, fractions, accents; everything else is refused by name."""
        if character in table.SUPERSCRIPTS:
            self._script("^", table.SUPERSCRIPTS)
        elif character in table.SUBSCRIPTS:
            self._script("_", table.SUBSCRIPTS)
        elif character in table.FRACTIONS:
            over, under = table.FRACTIONS[character]
            self.emit("open", "(")
            self.emit("digits", str(over))
            self.emit("op", "/")
            self.emit("digits", str(under))
            self.emit("close", ")", 1)
        elif character in table.ACCENTS:
            self.emit("letter", table.ACCENTS[character], 1)
        else:
            raise FormulaError(_refusal(character), self.at)

    def _script(self, mark: str, signs: dict[str, str]) -> None:
        """A run of raised or lowered characters is one group."""
        end = self.at
        while end < len(self.text) and self.text[end] in signs:
            end += 1
        content = "".join(signs[c] for c in self.text[self.at : end])
        self.emit("op", mark)
        self.emit("open", "{")
        for kind, text in _small(content):
            self.emit(kind, text)
        self.emit("close", "}", end - self.at)


def _small(content: str) -> list[tuple[Kind, str]]:
    """The atoms of a run of raised or lowered characters."""
    found: list[tuple[Kind, str]] = []
    for piece in re.findall(r"\d+|.", content):
        if piece.isdigit():
            found.append(("digits", piece))
        elif piece in "()":
            found.append(("open" if piece == "(" else "close", piece))
        else:
            found.append(("op" if piece in "+-" else "letter", piece))
    return found


def _refusal(character: str) -> str:
    named = table.described(character)
    looks = unicodedata.normalize("NFKD", character)[:1]
    if character.isalpha() and not looks.isascii():
        return f"the letter {named} is not read here; letters are a to z, A to Z and Greek ones"
    return f"the character {named} is not read here"
