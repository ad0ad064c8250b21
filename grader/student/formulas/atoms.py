"""From text to atoms: letters, digits, operators and brackets, whatever language they are typed in.

ASCII, Python, unicode and LaTeX become one stream here. Knows nothing of declared names: whether
"KN" is one name or two is decided by `tokens`.
"""

import re
import unicodedata
from typing import Literal, NamedTuple

from grader.student.formulas import characters as table
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
_COMMAND = re.compile(r"\\(?:([A-Za-z]+)[ \t\n]*|(.))", re.DOTALL)
_ENVIRONMENT = re.compile(r"\s*\{\s*(array)\}\s*\{[^{}]*\}|\s*\{\s*([A-Za-z]+\*?)\s*\}")
_LEFT_ARRAY = re.compile(r"\\left\s*\\\{\s*(?=\\begin\s*\{array\})")
_END_ARRAY = re.compile(r"\\end\s*\{array\}\s*\\right\s*\.")
_MODULE = re.compile(
    r"(?:(?:np|numpy|torch|math|jnp|nn|functional)\.)+(?=[A-Za-z])|F\.(?=[a-z]{3})"
)
_METHOD = re.compile(r"\.(mT|T|t|transpose|sum|mean|var|dot|matmul|mm)(?![A-Za-z])")
_SINGLE_DIGITS = re.compile(r"(\d)\s*(\d?)", re.ASCII)


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
    return _Scanner(text, is_plain=is_plain).run()


class _Scanner:
    """The scanner's place in the text, and what has been found so far."""

    def __init__(self, text: str, *, is_plain: bool) -> None:
        self.text = text
        self.is_plain = is_plain
        self.at = 0
        self.out: list[Atom] = []
        self.spaced = False
        self.depth = 0  # of brackets, for separators of thousands
        self.accent = ""  # waits for the next letter
        self.accents: list[tuple[int, str]] = []  # wait for their group to close

    def run(self) -> tuple[Atom, ...]:
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
            self._command()
        elif self._number(character) or self._letter(character) or self._operator(character):
            pass
        elif character in table.SPACES:
            self.spaced = True
            self.at += 1
        elif character in table.INVISIBLE or character in "$`":
            self.at += 1
        else:
            self._rare(character)

    def _emit(self, kind: Kind, text: str, length: int) -> None:
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
            self._emit("digits", table.digit(character) or "", 1)
            return True
        if self._in_name():
            digits = re.match(r"\d+", self.text[self.at :], re.ASCII)
            if digits is not None:
                self._emit("digits", digits[0], len(digits[0]))
            return digits is not None
        match = self._grouped() or _NUMBER.match(self.text, self.at)
        if match is None:
            return False
        text = re.sub(r"\{,\}|\\[,;:]|[^0-9.eE+-]", "", match[0])
        self._emit("digits", text.lower().replace("e+", "e"), len(match[0]))
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
        self._emit("letter", key, 1)
        return True

    # --- operators and brackets -------------------------------------------------------------

    def _operator(self, character: str) -> bool:
        two = self.text[self.at : self.at + 2]
        if two in table.LONG_OPERATORS:
            self._emit("op", table.LONG_OPERATORS[two], 2)
        elif character in table.OPENING:
            self._open(table.OPENING[character], 1)
        elif character in table.CLOSING:
            self._close(table.CLOSING[character], 1)
        elif character in table.OPERATORS:
            self._emit("op", table.OPERATORS[character], 1)
        elif character == "\n":
            self._emit("op", "break", 1)
        elif character == "." and (method := _METHOD.match(self.text, self.at)):
            self._emit("method", method[1], len(method[0]))
        elif character in ".#":
            self._emit("op" if character == "." else "letter", character, 1)
        else:
            return False
        return True

    def _open(self, bracket: str, length: int) -> None:
        self.depth += 1
        if self.accent:
            self.accents.append((self.depth, self.accent))
            self.accent, bracket = "", "font{"
        self._emit("open", bracket, length)

    def _close(self, bracket: str, length: int) -> None:
        self._emit("close", bracket, length)
        if self.accents and self.accents[-1][0] == self.depth:
            self.out.append(Atom("letter", self.accents.pop()[1], self.at))
        self.depth -= 1

    def _rare(self, character: str) -> None:
        """Superscripts, subscripts, fractions, accents; everything else is refused by name."""
        if character in table.SUPERSCRIPTS:
            self._run("^", table.SUPERSCRIPTS)
        elif character in table.SUBSCRIPTS:
            self._run("_", table.SUBSCRIPTS)
        elif character in table.FRACTIONS:
            over, under = table.FRACTIONS[character]
            self._inline("open", "(")
            self._inline("digits", str(over))
            self._inline("op", "/")
            self._inline("digits", str(under))
            self._emit("close", ")", 1)
        elif character in table.ACCENTS:
            self._emit("letter", table.ACCENTS[character], 1)
        else:
            raise FormulaError(_refusal(character), self.at)

    def _inline(self, kind: Kind, text: str) -> None:
        self._emit(kind, text, 0)

    def _run(self, mark: str, signs: dict[str, str]) -> None:
        """A run of raised or lowered characters is one group."""
        end = self.at
        while end < len(self.text) and self.text[end] in signs:
            end += 1
        content = "".join(signs[c] for c in self.text[self.at : end])
        self._inline("op", mark)
        self._inline("open", "{")
        for kind, text in _small(content):
            self._inline(kind, text)
        self._emit("close", "}", end - self.at)

    # --- LaTeX ------------------------------------------------------------------------------

    def _command(self) -> None:
        match = _COMMAND.match(self.text, self.at)
        if match is None:
            raise FormulaError("the formula ends in a backslash", self.at)
        word, symbol = match.groups()
        if word is None:
            self._symbol_command(symbol, len(match[0]))
        elif not self._structure(word, len(match[0])):
            self._plain_command(word, len(match[0]))

    def _structure(self, word: str, length: int) -> bool:
        """Commands that take what follows them into account; whether the word is one."""
        if word in {"begin", "end", "left"}:
            return self._environment(word, length)
        if word in table.FONTS or word in table.ACCENT_COMMANDS:
            self._group_command(word, length)
        elif word in table.FRACTION_COMMANDS:
            self._fraction(length)
        else:
            return False
        return True

    def _plain_command(self, word: str, length: int) -> None:
        if word in table.COMMAND_LETTERS:
            self._emit("letter", table.COMMAND_LETTERS[word], length)
            # The space ends the command: in `\log 2` the digit is a number, no part of a name.
            ahead = self.text[self.at - 1 : self.at + 1]
            self.spaced = ahead[:1].isspace() and ahead[1:].isdigit()
        elif word in table.COMMAND_BRACKETS:
            self._bracket_command(table.COMMAND_BRACKETS[word], length)
        elif word in table.COMMANDS:
            self._emit("op", table.COMMANDS[word], length)
        elif word == "sqrt":
            self._emit("sqrt", "√", length)
        elif word in table.IGNORED_COMMANDS:
            self.at += length
            self.spaced = True
        else:
            raise FormulaError(f"the command \\{word[:40]} is not read here", self.at)

    def _symbol_command(self, symbol: str, length: int) -> None:
        if symbol in "{}":
            self._bracket_command("set{" if symbol == "{" else "set}", length)
        elif symbol in "()[]":
            self.at += length
        elif symbol in "%#&_":
            self._emit("letter" if symbol == "#" else "op", symbol, length)
        elif table.SYMBOL_COMMANDS.get(symbol) == " ":
            self.at += length
            self.spaced = True
        elif symbol == "\\":
            self._emit("op", "break", length)
        else:
            raise FormulaError(f"the command \\{symbol} is not read here", self.at)

    def _bracket_command(self, bracket: str, length: int) -> None:
        if bracket in table.PARTNER:
            self._open(bracket, length)
        else:
            self._close(bracket, length)

    def _group_command(self, word: str, length: int) -> None:
        r"""A font or an accent: its group is one unit, so that C_\text{out} is one name."""
        self.at += length
        self.accent = table.ACCENT_COMMANDS.get(word, self.accent)
        if word in table.FONTS and self.text[self.at : self.at + 1] == "{":
            self._open("font{", 1)

    def _fraction(self, length: int) -> None:
        r"""\frac12 takes one digit for each of its halves, as LaTeX does."""
        self._emit("frac", "frac", length)
        if digits := _SINGLE_DIGITS.match(self.text, self.at):
            self._emit("digits", digits[1], 1)
            self.at = digits.end(1)
            if digits[2]:
                self.at = digits.start(2)
                self._emit("digits", digits[2], 1)

    def _environment(self, word: str, length: int) -> bool:
        if word == "left":
            if match := _LEFT_ARRAY.match(self.text, self.at):
                self.at = match.end()
                match = re.compile(r"\\begin\s*\{array\}\s*(\{[^{}]*\})?").match(self.text, self.at)
                self._emit("open", "cases", len(match[0]) if match else 0)
                return True
            return False
        if match := _END_ARRAY.match(self.text, self.at):
            self._emit("close", "cases", len(match[0]))
            return True
        match = _ENVIRONMENT.match(self.text, self.at + length)
        name = (match[1] or match[2]) if match else ""
        if match is None or name not in table.ENVIRONMENTS | table.CASES:
            raise FormulaError(f"\\{word}{{{name}}} is not read here", self.at)
        if name in table.CASES:
            self._emit("open" if word == "begin" else "close", "cases", match.end() - self.at)
        else:
            self.at = match.end()
        return True


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
