"""The reader: a precedence parser from tokens to a tree.

It knows the declared names and the grammar, and no values. From loose to tight: conditions, sums,
products of every kind from left to right (a missing sign is a product), signs, powers, transposes.
What has a form of its own is read in `conditions`, `operands`, `calls` and `folds`, by functions
that take the reader at the token with which it begins, and leave it behind it.
"""

from typing import NoReturn

from grader.student.formulas import calls, conditions, operands
from grader.student.formulas.cursor import Cursor
from grader.student.formulas.errors import MAX_DEPTH
from grader.student.formulas.printing import to_unicode
from grader.student.formulas.tokens import Token
from grader.student.formulas.tree import (
    Call,
    Chain,
    Constant,
    Negate,
    Node,
    Operator,
    Power,
    Sum,
    Transpose,
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
_OPERANDS = {"scalar", "array", "function", "family", "constant", "word", "frac", "sqrt", "open"}


class Reader(Cursor):
    """Reads one side of a formula.

    Attributes:
        vocabulary: the question's names.
        scope: the indices that are summed over or on the left, here.
        free: indices that are neither, in order of appearance, with their places.
        warnings: readings that could surprise.
        depth: how many brackets, signs and powers are open.
        bars: how many bars |x| are open in this bracket.
        subscripts: how many subscripts are open.
        is_condition: whether "=" compares, here.
    """

    def __init__(
        self, text: str, tokens: tuple[Token, ...], vocabulary: Vocabulary, scope: tuple[str, ...]
    ) -> None:
        super().__init__(text, tokens)
        self.vocabulary = vocabulary
        self.scope = list(scope)
        self.free: dict[str, int] = {}
        self.warnings: list[str] = []
        self.depth = 0
        self.bars = 0
        self.subscripts = 0
        self.is_condition = False

    # --- values -----------------------------------------------------------------------------

    def whole(self) -> Node:
        """Read all tokens."""
        if self.token.kind == "end":
            self.refuse("there is no formula")
        node = self.expression(allow_list=True)
        if self.token.kind != "end":
            self.refuse_rest()
        return node

    def expression(self, *, allow_list: bool = False) -> Node:
        """A value, possibly with conditions behind it (`x if x > 0 else 0`)."""
        self.enter()
        node = conditions.disjunction(self)
        if self.sees("keyword", "if", "for"):
            node = conditions.conditional(self, node, allow_list=allow_list)
        self.depth -= 1
        return node

    def expressions(self) -> tuple[Node, ...]:
        """Values with commas between them."""
        found = [self.expression()]
        while self.accept("op", ","):
            found.append(self.expression())
        return tuple(found)

    def enter(self) -> None:
        """Go one level deeper.

        Raises:
            FormulaError: too deep.
        """
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(f"brackets, signs and powers are nested more than {MAX_DEPTH} deep")

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
            operands.refuse_unknown(self, previous)
        self.refuse(
            f"the number {self.token.text} follows without an operator; write ^{self.token.text}"
            f" for a power or *{self.token.text} for a product"
        )

    # --- powers and what stands behind an operand --------------------------------------------

    def power(self, *, is_exponent: bool = False) -> Node:
        """An operand with its powers and transposes."""
        start = self.token.at
        node = self._euler() or operands.operand(self)  # one frame less in each bracket
        while True:
            if self.accept("op", "^"):
                node = self._raised(node, start)
            elif is_exponent:
                return node
            elif self.accept("op", "T"):
                node = self.transposed(node)
            elif self.token.kind == "method":
                node = calls.method(self, node)
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

    def operand(self) -> Node:
        """One operand: a number, a name, a function, a bracket or the like."""
        return operands.operand(self)

    def group(self) -> Node:
        """A value in brackets."""
        opened = self.take()
        if opened.text == "font{" and self._is_bold_one():
            return conditions.indicator(self)
        bars, self.bars = self.bars, 0
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


def _chain(operators: list[Operator], factors: list[Node]) -> Node:
    return Chain(tuple(operators), tuple(factors)) if operators else factors[0]
