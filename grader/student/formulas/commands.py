"""LaTeX's commands as atoms: letters, operators, brackets, fractions and environments.

Each function takes the scanner at a backslash and leaves it behind what it has read. Knows nothing
of the names that a question declares.
"""

import re
from typing import TYPE_CHECKING

from grader.student.formulas import characters as table
from grader.student.formulas.errors import FormulaError

if TYPE_CHECKING:
    from grader.student.formulas.atoms import Scanner

_COMMAND = re.compile(r"\\(?:([A-Za-z]+)[ \t\n]*|(.))", re.DOTALL)
_ENVIRONMENT = re.compile(r"\s*\{\s*(array)\}\s*\{[^{}]*\}|\s*\{\s*([A-Za-z]+\*?)\s*\}")
_LEFT_ARRAY = re.compile(r"\\left\s*\\\{\s*(\\begin\s*\{array\}\s*(?:\{[^{}]*\})?)")
_END_ARRAY = re.compile(r"\\end\s*\{array\}\s*\\right\s*\.")
_SINGLE_DIGITS = re.compile(r"(\d)\s*(\d?)", re.ASCII)


def command(scanner: "Scanner") -> None:
    """The command at hand.

    Raises:
        FormulaError: there is none of its name.
    """
    match = _COMMAND.match(scanner.text, scanner.at)
    if match is None:
        raise FormulaError("the formula ends in a backslash", scanner.at)
    word, symbol = match.groups()
    if word is None:
        _symbol_command(scanner, symbol, len(match[0]))
    elif not _structure(scanner, word, len(match[0])):
        _plain_command(scanner, word, len(match[0]))


def _structure(scanner: "Scanner", word: str, length: int) -> bool:
    """Commands that take what follows them into account; whether the word is one."""
    if word in {"begin", "end", "left"}:
        return _environment(scanner, word, length)
    if word in table.FONTS or word in table.ACCENT_COMMANDS:
        _group_command(scanner, word, length)
    elif word in table.FRACTION_COMMANDS:
        _fraction(scanner, length)
    else:
        return False
    return True


def _plain_command(scanner: "Scanner", word: str, length: int) -> None:
    if word in table.COMMAND_LETTERS:
        scanner.emit("letter", table.COMMAND_LETTERS[word], length)
        # The space ends the command: in `\log 2` the digit is a number, no part of a name.
        ahead = scanner.text[scanner.at - 1 : scanner.at + 1]
        scanner.spaced = ahead[:1].isspace() and ahead[1:].isdigit()
    elif word in table.COMMAND_BRACKETS:
        _bracket_command(scanner, table.COMMAND_BRACKETS[word], length)
    elif word in table.COMMANDS:
        scanner.emit("op", table.COMMANDS[word], length)
    elif word == "sqrt":
        scanner.emit("sqrt", "√", length)
    elif word in table.IGNORED_COMMANDS:
        scanner.at += length
        scanner.spaced = True
    else:
        raise FormulaError(f"the command \\{word[:40]} is not read here", scanner.at)


def _symbol_command(scanner: "Scanner", symbol: str, length: int) -> None:
    if symbol in "{}":
        _bracket_command(scanner, "set{" if symbol == "{" else "set}", length)
    elif symbol in "()[]":
        scanner.at += length
    elif symbol in "%#&_":
        scanner.emit("letter" if symbol == "#" else "op", symbol, length)
    elif table.SYMBOL_COMMANDS.get(symbol) == " ":
        scanner.at += length
        scanner.spaced = True
    elif symbol == "\\":
        scanner.emit("op", "break", length)
    else:
        raise FormulaError(f"the command \\{symbol} is not read here", scanner.at)


def _bracket_command(scanner: "Scanner", bracket: str, length: int) -> None:
    if bracket in table.PARTNER:
        scanner.open(bracket, length)
    else:
        scanner.close(bracket, length)


def _group_command(scanner: "Scanner", word: str, length: int) -> None:
    r"""A font or an accent: its group is one unit, so that C_\text{out} is one name."""
    scanner.at += length
    scanner.accent = table.ACCENT_COMMANDS.get(word, scanner.accent)
    if word in table.FONTS and scanner.text[scanner.at : scanner.at + 1] == "{":
        scanner.open("font{", 1)


def _fraction(scanner: "Scanner", length: int) -> None:
    r"""\frac12 takes one digit for each of its halves, as LaTeX does."""
    scanner.emit("frac", "frac", length)
    if digits := _SINGLE_DIGITS.match(scanner.text, scanner.at):
        scanner.emit("digits", digits[1], 1)
        scanner.at = digits.end(1)
        if digits[2]:
            scanner.at = digits.start(2)
            scanner.emit("digits", digits[2], 1)


def _environment(scanner: "Scanner", word: str, length: int) -> bool:
    """The begin or the end of rows of cases, or of a display; whether it is one."""
    if word == "left":
        if match := _LEFT_ARRAY.match(scanner.text, scanner.at):
            scanner.at = match.start(1)
            scanner.emit("open", "cases", len(match[1]))
        return match is not None
    if match := _END_ARRAY.match(scanner.text, scanner.at):
        scanner.emit("close", "cases", len(match[0]))
        return True
    match = _ENVIRONMENT.match(scanner.text, scanner.at + length)
    name = (match[1] or match[2]) if match else ""
    if match is None or name not in table.ENVIRONMENTS | table.CASES:
        raise FormulaError(f"\\{word}{{{name}}} is not read here", scanner.at)
    if name in table.CASES:
        scanner.emit("open" if word == "begin" else "close", "cases", match.end() - scanner.at)
    else:
        scanner.at = match.end()
    return True
