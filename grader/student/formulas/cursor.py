"""A place in a row of tokens: looking at them, taking them, and refusing them with a sentence.

Knows brackets, as every message about a place needs them; nothing of the grammar or of names.
"""

from typing import NoReturn

from grader.student.formulas.characters import PARTNER, SHOWN
from grader.student.formulas.errors import FormulaError, shorten
from grader.student.formulas.tokens import Token


class Cursor:
    """The tokens of a text, and which one is at hand.

    Attributes:
        text: as typed, which messages quote.
        tokens: with an end mark.
        place: of the token at hand.
    """

    def __init__(self, text: str, tokens: tuple[Token, ...]) -> None:
        self.text = text
        self.tokens = (*tokens, Token("end", "", len(text)))
        self.place = 0

    @property
    def token(self) -> Token:
        """The token at hand."""
        return self.tokens[self.place]

    @property
    def ahead(self) -> Token:
        """The token after the one at hand."""
        return self.tokens[min(self.place + 1, len(self.tokens) - 1)]

    def take(self) -> Token:
        """The token at hand, and move on."""
        token = self.token
        self.place += 1
        return token

    def sees(self, kind: str, *texts: str) -> bool:
        """Whether the token at hand is of a kind, with one of the texts."""
        return self.token.kind == kind and (not texts or self.token.text in texts)

    def accept(self, kind: str, *texts: str) -> Token | None:
        """Take the token at hand if it is the one."""
        return self.take() if self.sees(kind, *texts) else None

    def skip_to(self, at: int) -> None:
        """Move on to the first token that begins at a place in the text, or behind it."""
        while self.token.at < at:
            self.take()

    # --- messages ---------------------------------------------------------------------------

    def refuse(self, sentence: str, at: int | None = None) -> NoReturn:
        """Stop with a sentence about the token at hand, or about a place in the text."""
        raise FormulaError(sentence, self.token.at if at is None else at)

    def refuse_rest(self) -> NoReturn:
        """Stop at a token that can not follow what has been read."""
        if self.token.kind == "close":
            self.refuse(f"the bracket {self.shown()} closes nothing")
        if self.token.text == "break":
            self.refuse("a new line begins without an operator; give one formula")
        if self.token.text == ",":
            self.refuse("a comma stands between the arguments of a function only")
        self.refuse(f"found {self.shown()} where an operator or the end could stand")

    def source(self, start: int, end: int) -> str:
        """The text between two places, on one line."""
        return shorten(" ".join(self.text[start:end].split()), 40)

    def shown(self) -> str:
        """The token at hand as typed."""
        if self.token.kind == "end":
            return "the end"
        following = self.ahead.at if self.ahead.at > self.token.at else len(self.text)
        return f"“{self.source(self.token.at, following) or SHOWN.get(self.token.text)}”"

    # --- brackets ---------------------------------------------------------------------------

    def close(self, opened: Token) -> None:
        """Take the bracket that closes another.

        Raises:
            FormulaError: it is not there; the place is that of the open one.
        """
        if self.accept("close", PARTNER[opened.text]):
            return
        if self.token.kind == "end":
            self.refuse_unclosed(opened)
        if self.token.kind == "close":
            self.refuse(f"the bracket {_placed(opened)} is closed by {_bracket(self.token)}")
        if self.sees("op", "="):
            self.refuse(f"“=” stands inside a bracket; {_placed(opened)} is not closed before it")
        self.refuse_rest()

    def refuse_unclosed(self, opened: Token) -> NoReturn:
        """Stop at the end, before which a bracket should have been closed."""
        self.refuse(f"the bracket {_placed(opened)} is never closed", opened.at)

    def open_bracket(self) -> Token | None:
        """The innermost bracket that has been taken and not been closed."""
        waiting: list[Token] = []
        for token in self.tokens[: self.place]:
            if token.kind == "open":
                waiting.append(token)
            elif token.kind == "close" and waiting:
                waiting.pop()
        return waiting[-1] if waiting else None


def _placed(bracket: Token) -> str:
    return f"{_bracket(bracket)} at character {bracket.at + 1}"


def _bracket(token: Token) -> str:
    return f"“{SHOWN.get(token.text, token.text)}”"
