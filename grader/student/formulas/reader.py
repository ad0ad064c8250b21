"""The reader: a precedence parser from tokens to a tree.

It knows the declared names and the grammar, and no values. From loose to tight: or, and, not,
comparisons, sums, products of every kind from left to right (a missing sign is a product), signs,
powers, transposes. Sums, cases and functions are read in `clauses`.
"""

import re
from typing import Literal, NoReturn

from grader.student.formulas import clauses
from grader.student.formulas.characters import PARTNER, SHOWN
from grader.student.formulas.errors import MAX_DEPTH, FormulaError, listed, shorten
from grader.student.formulas.printing import to_unicode
from grader.student.formulas.tokens import Token
from grader.student.formulas.tree import (
    Call,
    Chain,
    Compare,
    Constant,
    Element,
    Index,
    Logic,
    Name,
    Negate,
    Node,
    Number,
    Operator,
    Power,
    Sum,
    Transpose,
    check_number,
)
from grader.student.formulas.vocabulary import Vocabulary

_PRODUCTS: dict[str, Operator] = {
    "·": "·",
    "⊙": "⊙",
    "@": "@",
    "/": "/",
    "//": "//",
    "%": "%",
    "mod": "%",
}
_COMPARISONS = {"<", ">", "≤", "≥", "≠", "=="}
_OPERANDS = {"scalar", "array", "function", "family", "constant", "word", "frac", "sqrt", "open"}
_SCALES = {"k": 3, "K": 3, "M": 6}
_WORD = re.compile(r"\\?[A-Za-z0-9_]+")


class Reader:
    """Reads one side of a formula.

    Attributes:
        tokens: the side's tokens, with an end mark.
        scope: the indices that are summed over or on the left, here.
        free: indices that are neither, in order of appearance, with their places.
        warnings: readings that could surprise.
    """

    def __init__(
        self, text: str, tokens: tuple[Token, ...], vocabulary: Vocabulary, scope: tuple[str, ...]
    ) -> None:
        self.text = text
        self.tokens = (*tokens, Token("end", "", len(text)))
        self.vocabulary = vocabulary
        self.scope = list(scope)
        self.free: dict[str, int] = {}
        self.warnings: list[str] = []
        self.place = 0
        self.depth = 0
        self.bars = 0  # that are open in this bracket
        self.subscripts = 0
        self.is_condition = False  # where "=" compares

    # --- moving -----------------------------------------------------------------------------

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

    def refuse(self, sentence: str, at: int | None = None) -> NoReturn:
        """Stop with a sentence about the token at hand."""
        raise FormulaError(sentence, self.token.at if at is None else at)

    def source(self, start: int, end: int) -> str:
        """The text between two places, for a message."""
        snippet = " ".join(self.text[start:end].split())
        return shorten(snippet, 40)  # one line

    def shown(self) -> str:
        """The token at hand, for a message."""
        if self.token.kind == "end":
            return "the end"
        following = self.ahead.at if self.ahead.at > self.token.at else len(self.text)
        return f"“{self.source(self.token.at, following) or SHOWN.get(self.token.text)}”"

    # --- conditions -------------------------------------------------------------------------

    def whole(self) -> Node:
        """Read all tokens."""
        if self.token.kind == "end":
            self.refuse("there is no formula")
        node = self.expression(allow_list=True)
        if self.token.kind != "end":
            self._leftover()
        return node

    def _leftover(self) -> NoReturn:
        if self.token.kind == "close":
            self.refuse(f"the bracket {self.shown()} closes nothing")
        if self.token.text == "break":
            self.refuse("a new line begins without an operator; give one formula")
        if self.token.text == ",":
            self.refuse("a comma stands between the arguments of a function only")
        self.refuse(f"found {self.shown()} where an operator or the end could stand")

    def expression(self, *, allow_list: bool = False) -> Node:
        """A value, possibly with conditions behind it (`x if x > 0 else 0`)."""
        self.enter()
        node = self.condition()
        if self.sees("keyword", "if", "for"):
            node = clauses.conditional(self, node, allow_list=allow_list)
        self.depth -= 1
        return node

    def enter(self) -> None:
        """Go one level deeper.

        Raises:
            FormulaError: too deep.
        """
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(f"brackets, signs and powers are nested more than {MAX_DEPTH} deep")

    def condition(self) -> Node:
        """Comparisons joined by "or" and "and"."""
        options = [self._conjunction()]
        at = self.token.at
        while self.accept("keyword", "or") or self.accept("op", "or"):
            options.append(self._conjunction())
        return options[0] if len(options) == 1 else self._joined("or", options, at)

    def _conjunction(self) -> Node:
        parts = [self._comparison()]
        at = self.token.at
        while self.accept("keyword", "and") or self.accept("op", "and"):
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else self._joined("and", parts, at)

    def _joined(self, operator: Literal["and", "or"], operands: list[Node], at: int) -> Logic:
        """Conditions joined; two values with a word between them are two answers."""
        if not any(isinstance(operand, Compare | Logic) for operand in operands):
            self.refuse(
                f"“{operator}” stands between two values; give one, or join conditions with it,"
                f" as in x > 0 {operator} y > 0",
                at,
            )
        return Logic(operator, tuple(operands))

    def _comparison(self) -> Node:
        if self.accept("keyword", "not"):
            self.enter()
            node = Logic("not", (self._comparison(),))
            self.depth -= 1
            return node
        operands, operators = [self.sum()], []
        while self.token.kind == "op" and (
            self.token.text in _COMPARISONS or (self.is_condition and self.token.text == "=")
        ):
            operators.append(self.take().text.replace("==", "="))
            operands.append(self.sum())
        if not operators:
            return operands[0]
        return Compare(tuple(operators), tuple(operands))  # type: ignore[arg-type]  # from the set

    # --- sums and products ------------------------------------------------------------------

    def sum(self) -> Node:
        """Terms joined by + and -."""
        signs = ["+"]
        has_sign = self.sees("op", "+", "-")
        terms = [self._signed_chain()]
        while self.sees("op", "+", "-"):
            signs.append(self.take().text)
            terms.append(self._signed_chain())
        if len(terms) == 1:
            return terms[0]
        if has_sign and isinstance(terms[0], Negate):
            signs[0], terms[0] = "-", terms[0].body
        return Sum(tuple(signs), tuple(terms))  # type: ignore[arg-type]  # + and - only

    def _sign(self) -> bool:
        """Take signs; whether they make the operand negative."""
        is_negative = False
        while sign := self.accept("op", "+", "-"):
            is_negative ^= sign.text == "-"
        return is_negative

    def _signed_chain(self) -> Node:
        """A term with its signs, which bind tighter than // and % alone, as in Python."""
        start = self.token.at
        is_negative = self._sign()
        operators, factors = self._factors()
        if is_negative and not {"//", "%"}.isdisjoint(operators):
            node = _chain(operators, [Negate(factors[0]), *factors[1:]])
            source = self.source(start, self.token.at)
            self.warnings.append(f"“{source}” was read as {to_unicode(node)}")
            return node
        node = _chain(operators, factors)
        return Negate(node) if is_negative else node

    def chain(self) -> Node:
        """Factors joined by products and divisions of every kind, read from left to right."""
        return _chain(*self._factors())

    def _factors(self) -> tuple[list[Operator], list[Node]]:
        start = self.token.at
        operators: list[Operator] = []
        factors = [self.power()]
        while True:
            if self.token.kind in {"op", "keyword"} and self.token.text in _PRODUCTS:
                operators.append(_PRODUCTS[self.take().text])
                is_negative = self._sign()
                factor = self.power()
                factors.append(Negate(factor) if is_negative else factor)
            elif self._is_times_letter():
                self.take()
                operators.append("·")
                factors.append(self.power())
            elif self._begins_operand():
                self._implicit(start, operators, factors)
            else:
                return operators, factors

    def _implicit(self, start: int, operators: list[Operator], factors: list[Node]) -> None:
        """A product without a sign; after a division it deserves a look."""
        before = _chain(operators, factors)
        is_divided = bool(operators) and operators[-1] == "/"
        operators.append("·")
        factors.append(self.power())
        if is_divided:
            source = self.source(start, self.token.at)
            self.warnings.append(
                f"“{source}” was read as ({to_unicode(before)})·{to_unicode(factors[-1])}"
            )

    def _is_times_letter(self) -> bool:
        """The letter x between two operands is a times sign where no x is declared: 3x3."""
        if not self.sees("word", "x") or "x" in self.scope:
            return False
        return self.ahead.kind in _OPERANDS | {"number"} and self.ahead.text != "x"

    def _begins_operand(self) -> bool:
        token = self.token
        if token.kind == "number":
            if token.text == "1" and self.ahead.text == "_":  # an indicator, 1_{x > 0}
                return True
            self._number_behind()
        if token.kind == "op":
            return token.text in {"∑", "∏", "√"} or (token.text == "|" and not self.bars)
        return token.kind in _OPERANDS

    def _number_behind(self) -> NoReturn:
        """A number directly behind an operand is never a product: a lost ^2, or a name like x2."""
        previous = self.tokens[self.place - 1]
        if previous.kind in {"scalar", "array", "word"} and not self.token.spaced:
            self._unknown(previous)
        self.refuse(
            f"the number {self.token.text} follows without an operator; write ^{self.token.text}"
            f" for a power or *{self.token.text} for a product"
        )

    # --- powers and what stands behind an operand --------------------------------------------

    def power(self, *, is_exponent: bool = False) -> Node:
        """An operand with its powers and transposes."""
        start = self.token.at
        node = self._euler() or self.primary()
        while True:
            if self.accept("op", "^"):
                node = self._raised(node, start)
            elif is_exponent:
                return node
            elif self.accept("op", "T"):
                node = self.transposed(node)
            elif self.token.kind == "method":
                node = clauses.method(self, node)
            elif self.sees("op", "'"):
                self.refuse(f"no name with this prime is declared; {self.vocabulary.known}")
            else:
                return node

    def _euler(self) -> Node | None:
        """The letter e is Euler's number where it has an exponent and is nothing else."""
        is_letter = self.sees("word", "e") and self.ahead.text == "^"
        if not is_letter or self.subscripts or "e" in self.scope:
            return None
        self.take()
        return Constant("e")

    def transposed(self, node: Node) -> Node:
        """The transpose of an array; a number is its own."""
        if not self.vocabulary.has_arrays:
            self.refuse("a transpose needs a matrix; all names here are numbers")
        return Transpose(node)

    def _raised(self, base: Node, start: int) -> Node:
        if base != Constant("e") and self._is_transpose_mark(base):
            return self.transposed(base)
        exponent = self.exponent()
        end = self.tokens[self.place - 1]
        is_bare = end.kind in {"number", "scalar", "word"} and not self.token.spaced
        if base == Constant("e") and is_bare and self._begins_operand():
            shown = self.source(start, self.ahead.at)
            self.warnings.append(
                f"“{shown}” was read with the exponent {to_unicode(exponent)} only"
            )
        if end.text == "1" and self.sees("op", "/") and self.ahead.kind == "number":
            shown = self.source(start, self.ahead.at + len(self.ahead.text))
            self.warnings.append(
                f"“{shown}” was read as a power over {self.ahead.text}; use brackets"
            )
        return Power(base, exponent)

    def exponent(self) -> Node:
        """What stands behind ^: a group or one operand, with its sign."""
        self.enter()
        is_negative = self._sign()
        node = self.power(is_exponent=True)
        self.depth -= 1
        return Negate(node) if is_negative else node

    def _is_transpose_mark(self, base: Node) -> bool:
        """Take T, ⊤ or {T} behind ^, where it can not be a number.

        Raises:
            FormulaError: T is an input, so that an array to the T has two meanings.
        """
        window = self.tokens[self.place : self.place + 3]
        texts = [t.text for t in window]
        grouped = texts[0] in {"{", "font{"} and texts[-1] == "}"  # {T}
        mark = window[1] if grouped else window[0]
        is_mark = mark.text in {"T", "t"} and (
            mark.kind == "op" or self._is_letter_mark(mark, base)
        )
        if is_mark and self.vocabulary.has_arrays:
            self.place += 3 if grouped else 1
            return True
        return False

    def _is_letter_mark(self, mark: Token, base: Node) -> bool:
        """Whether the letter T means a transpose: it is no number here, or the name of a size."""
        if mark.kind == "word":
            return mark.text not in self.scope
        if mark.kind != "scalar" or not self.vocabulary.holds_arrays(base):
            return False
        if mark.text in self.vocabulary.signature.sizes:
            return True
        return self.refuse(
            f"^{mark.text} could be a power or a transpose; write .T for a transpose"
        )

    # --- operands ---------------------------------------------------------------------------

    def primary(self) -> Node:  # noqa: C901  # one line per kind of token
        """One operand; a new line in front of it is only layout."""
        while self.accept("op", "break"):
            pass
        token = self.token
        match token.kind:
            case "number":
                return self._number()
            case "scalar" | "array" | "family":
                return self._name()
            case "constant":
                return Constant("I" if self.take().text == "I" else "π")
            case "word":
                return self._word()
            case "function":
                return clauses.call(self)
            case "frac":
                return clauses.fraction(self)
            case "sqrt":
                return clauses.root(self)
            case "open":
                return clauses.cases(self) if token.text == "cases" else self.group()
            case "op" if token.text in {"|", "√", "∑", "∏"}:
                return self._operator_operand()
        return self._no_operand()

    def _no_operand(self) -> NoReturn:
        if self.token.kind == "output":
            self.refuse(f"{self.token.text} is what is asked for; it can not stand in its formula")
        if self.token.kind == "end" and (opened := self._open_bracket()) is not None:
            self._unclosed(opened)
        self.refuse(f"found {self.shown()} where a number, a name or a bracket could stand")

    def _operator_operand(self) -> Node:
        if self.sees("op", "√"):
            return clauses.root(self)
        if self.sees("op", "∑", "∏"):
            return clauses.fold(self)
        opened = self.take()
        self.bars += 1
        node = self.expression()
        if not self.accept("op", "|"):
            self.refuse("the bar “|” here is never closed", opened.at)
        self.bars -= 1
        return Call("abs", (node,))

    def _number(self) -> Node:
        token = self.take()
        text = token.text.removesuffix(".")
        text = re.sub(r"\.(?=e|$)", "", f"0{text}" if text.startswith(".") else text)
        check_number(text, token.at)
        if self.sees("op", ".") or (self.sees("number") and self.token.text.startswith(".")):
            self.refuse("this number has two decimal points")
        if text == "0" and self.sees("word", "x") and not self.token.spaced:
            self.refuse("numbers are read in base ten only")
        if text == "1" and self.sees("op", "_"):
            return clauses.indicator(self)
        if not self.vocabulary.signature.inputs and self.sees("word", *_SCALES):
            return self._scaled(token, text)
        return Number(text)

    def _scaled(self, token: Token, text: str) -> Node:
        """1.2M is 1200000, in a question whose answer is a number."""
        scale = self.take()
        whole, _, decimals = text.partition(".")
        power = _SCALES[scale.text]
        if "e" in text or len(decimals) > power:
            self.refuse("write this number in digits", token.at)
        digits = (whole + decimals.ljust(power, "0")).lstrip("0") or "0"
        check_number(digits, token.at)
        self.warnings.append(f"“{self.text[token.at : scale.at + 1]}” was read as {digits}")
        return Number(digits)

    def _name(self) -> Node:
        token = self.take()
        if token.text in self.scope and token.kind == "scalar":
            return Index(token.text)
        is_indexed = self.sees("op", "_") or (self.sees("open", "[") and not self.token.spaced)
        if is_indexed and token.kind != "scalar" and not self._is_bracket_product(token):
            return self._element(token)
        if self.sees("op", "_"):
            stem = self.vocabulary.families.get(token.text)
            if stem is None:
                self._unknown(token)
            return self._element(token)
        return Name(token.text)

    def _is_bracket_product(self, token: Token) -> bool:
        """Whether the bracket behind an array holds one value with arrays in it, and no indices."""
        if token.kind == "family" or self.token.text == "_":
            return False
        depth, holds_arrays = 0, False
        for inner in self.tokens[self.place :]:
            depth += (inner.kind == "open") - (inner.kind == "close")
            if depth == 0 or (depth == 1 and inner.text == ","):
                return depth == 0 and holds_arrays
            holds_arrays = holds_arrays or inner.kind in {"array", "function"}
        return False

    def _element(self, token: Token) -> Node:
        ranks = self.vocabulary.ranks.get(token.text, frozenset({1}))
        rank = 1 if token.kind != "array" else max(ranks)
        indices = clauses.subscript(self, rank)
        if token.kind == "array" and len(indices) > rank:
            self.refuse(f"{token.text} has {rank} axes; found {len(indices)} indices", token.at)
        match indices:
            case [Number(text)] if token.kind == "family" and text.isdigit():
                member = self.vocabulary.families[token.text].get(int(text))
                return Element(token.text, tuple(indices)) if member is None else Name(member)
        return Element(token.text, tuple(indices))

    def _word(self) -> Node:
        token = self.token
        if token.text in self.scope:
            self.take()
            return Index(token.text)
        if token.text == "O" and self.ahead.text == "(" and self.place == 0:
            self.take()
            self.warnings.append("“O( )” was read as what stands in it")
            return self.group()
        is_accent = token.text in {"hat", "bar", "tilde"}
        if (self.subscripts or token.text in self.free) and not is_accent:
            self.take()
            self.free.setdefault(token.text, token.at)
            return Index(token.text)
        return self._unknown(token)

    def _unknown(self, token: Token) -> NoReturn:
        """Refuse a name that is not declared, with the nearest one that is."""
        shown = self.text[token.at : token.at + 1]
        word = shown if len(token.text) == 1 and shown.isalpha() else token.text
        for match in _WORD.finditer(self.text):
            if match.start() <= token.at < match.end():
                word = match[0]
        names = [v.name for v in self.vocabulary.signature.inputs]
        near = [n for n in names if n.lower().replace("_", "") == word.lower().replace("_", "")]
        hint = f"did you mean {listed(near, 'or')}?" if near else self.vocabulary.known
        self.refuse(f"“{word[:40]}” is not a name of this question; {hint}", token.at)

    # --- brackets ---------------------------------------------------------------------------

    def group(self) -> Node:
        """A value in brackets."""
        opened = self.take()
        bars, self.bars = self.bars, 0
        if opened.text == "font{" and self._is_bold_one():
            return clauses.indicator(self)
        node = self.expression(allow_list=True)
        self.close(opened)
        self.bars = bars
        if opened.text in {"⌊", "⌈"}:
            return Call("floor" if opened.text == "⌊" else "ceil", (node,))
        return node

    def _is_bold_one(self) -> bool:
        r"""Take the rest of \\mathbb{1} where a condition follows as its subscript."""
        window = [token.text for token in self.tokens[self.place : self.place + 3]]
        if window != ["1", "}", "_"]:
            return False
        self.place += 2
        return True

    def close(self, opened: Token) -> None:
        """Take the bracket that closes another.

        Raises:
            FormulaError: it is not there; the place is that of the open one.
        """
        wanted = PARTNER[opened.text]
        if self.accept("close", wanted):
            return
        if self.token.kind == "end":
            self._unclosed(opened)
        if self.token.kind == "close":
            self.refuse(
                f"the bracket “{_bracket(opened.text)}” at character {opened.at + 1} is closed by"
                f" “{_bracket(self.token.text)}”"
            )
        if self.sees("op", "="):
            self.refuse(
                f"“=” stands inside a bracket; “{_bracket(opened.text)}” at character"
                f" {opened.at + 1} is not closed before it"
            )
        self._leftover()

    def _unclosed(self, opened: Token) -> NoReturn:
        self.refuse(
            f"the bracket “{_bracket(opened.text)}” at character {opened.at + 1} is never closed",
            opened.at,
        )

    def _open_bracket(self) -> Token | None:
        """The innermost bracket that is open at the end."""
        waiting: list[Token] = []
        for token in self.tokens[: self.place]:
            if token.kind == "open":
                waiting.append(token)
            elif token.kind == "close" and waiting:
                waiting.pop()
        return waiting[-1] if waiting else None


def _chain(operators: list[Operator], factors: list[Node]) -> Node:
    return Chain(tuple(operators), tuple(factors)) if operators else factors[0]


def _bracket(text: str) -> str:
    return SHOWN.get(text, text)
