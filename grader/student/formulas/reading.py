"""From a typed answer to a `Formula`: sides of an `=` chain, the left side, the static checks.

Knows the declared names; no values.
"""

import re

from grader.student.formulas.atoms import atoms
from grader.student.formulas.checking import check
from grader.student.formulas.errors import FormulaError, listed
from grader.student.formulas.reader import Reader
from grader.student.formulas.tokens import Token, tokens
from grader.student.formulas.tree import (
    Compare,
    Element,
    Fold,
    Formula,
    Logic,
    Name,
    Node,
    Number,
    walk,
)
from grader.student.formulas.vocabulary import Vocabulary
from grader.student.signature import Signature, Variable
from grader.student.wire import Notation

_UNITS = re.compile(
    r"(?<=[\d}$])\s*(?:\\(?:text|mathrm)\{)?\s*(?:parameters?|params|weights?|values?|pixels?|neurons?"
    r"|units?|channels?|outputs?|MACs|FLOPs|multiplications)\s*\}?(?=\s*\$?\s*\.?\s*$)"
)
_LONGEST_NUMBER = 1_000  # in characters; a longer text is searched for no unit
_SPACED_THOUSANDS = re.compile(r"\d{1,3}(?: \d{3})+")
_ONE_COMMA = re.compile(r"(?:^|[=≈])\s*(?P<number>[1-9]\d{0,2},\d{3})\s*\.?\s*$")
_DOTTED_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_LABEL_SIGNS = frozenset({"_", "^", "'", ",", "&", "T"})


def read(text: str, *, signature: Signature, notation: Notation, output: str) -> Formula:
    """Read a typed answer.

    Args:
        text: as typed, in ASCII, Python, unicode or LaTeX.
        signature: declares the names; with no inputs the answer is a number or arithmetic.
        notation: other spellings, functions and layouts.
        output: the output that the answer is for; it may stand on the left side.

    Raises:
        FormulaError: the text can not be read; nothing is ever repaired or dropped.
    """
    vocabulary = Vocabulary(signature, notation, output)
    try:
        return _read(text, vocabulary)
    except RecursionError:
        raise FormulaError("the formula is nested too deep") from None


def _read(text: str, vocabulary: Vocabulary) -> Formula:
    is_plain = not vocabulary.signature.inputs
    may_have_unit = is_plain and len(text) < _LONGEST_NUMBER
    cut = _UNITS.sub("", text) if may_have_unit else text
    _refuse_one_comma(cut, vocabulary)
    found, warnings = tokens(atoms(cut, is_plain=is_plain), vocabulary)
    segments, is_rounded = _segments(found)
    left: tuple[str, ...] = ()
    if len(segments) > 1:
        segments, left = _without_left(segments, vocabulary)
    left = left or vocabulary.notation.indices.get(vocabulary.output, ())
    sides = []
    for segment in segments:
        reader = Reader(cut, segment, vocabulary, left)
        sides.append(reader.whole())
        _refuse_comparison(sides[-1], segment, vocabulary)
        warnings += reader.warnings
    _refuse_dotted_thousands(sides[-1], vocabulary)
    if is_plain and (grouped := _SPACED_THOUSANDS.search(cut)):
        warnings.append(f"“{grouped[0]}” was read as one number")
    if is_rounded:
        warnings.append("what stands behind “≈” was not used")
    formula = Formula(
        tree=sides[-1],
        sides=tuple(sides),
        output=vocabulary.output,
        left=left,
        warnings=tuple(dict.fromkeys(warnings))[:20],
        is_shaped=vocabulary.has_arrays and _is_shaped(sides[-1], vocabulary),
    )
    check(formula)
    return formula


def _refuse_comparison(side: Node, segment: tuple[Token, ...], vocabulary: Vocabulary) -> None:
    """A comparison is the answer to a question that asks for a truth value only."""
    if isinstance(side, Compare | Logic) and _asked_type(vocabulary) != "bool":
        raise FormulaError("this is a comparison; the answer is a value", segment[0].at)


def _refuse_dotted_thousands(side: Node, vocabulary: Vocabulary) -> None:
    """`3.584` for a whole number is 3584 in half of the world: nobody but a person can tell."""
    if not isinstance(side, Number) or _asked_type(vocabulary) != "int":
        return
    if _DOTTED_THOUSANDS.fullmatch(side.text):
        meant = f"{side.text.replace('.', '')}, with a point for thousands"
        raise FormulaError(f"{side.text} may be {meant}; write it without a point")


def _refuse_one_comma(text: str, vocabulary: Vocabulary) -> None:
    """`2,303` is a decimal number in half of the world, unless a whole one is asked."""
    found = _ONE_COMMA.search(text) if not vocabulary.signature.inputs else None
    if found is not None and _asked_type(vocabulary) != "int":
        number = found["number"]
        message = f"“{number}” could be a decimal comma or thousands"
        better = f"write {number.replace(',', '.')} or leave the comma out"
        raise FormulaError(f"{message}; {better}", found.start("number"))


def _asked_type(vocabulary: Vocabulary) -> str:
    return next(v.type for v in vocabulary.signature.outputs if v.name == vocabulary.output)


def read_condition(text: str, names: tuple[str, ...]) -> Node:
    """Read an author's formula or condition, in which "=" and "==" compare.

    Raises:
        FormulaError: the text can not be read.
    """
    signature = Signature(
        name="condition",
        inputs=tuple(Variable(name=name) for name in names),
        outputs=(Variable(name="the value of the condition"),),
    )
    vocabulary = Vocabulary(signature, Notation())
    found, _ = tokens(atoms(text), vocabulary)
    reader = Reader(text, found, vocabulary, ())
    reader.is_condition = True
    try:
        node = reader.whole()
    except RecursionError:
        raise FormulaError("the formula is nested too deep") from None
    if reader.free:
        raise FormulaError(
            f"no sum is over {listed(tuple(reader.free))}", min(reader.free.values())
        )
    return node


def _segments(found: tuple[Token, ...]) -> tuple[list[tuple[Token, ...]], bool]:
    """The sides between `=` signs outside brackets; those behind `≈` are left out.

    Returns:
        The sides, and whether any was left out.
    """
    segments: list[list[Token]] = [[]]
    rounded: list[bool] = [False]
    found = _colon_as_equals(found)
    depth, is_condition = 0, False
    for token in found:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth <= 0 and token.kind == "keyword":
            is_condition = token.text in {"if", "for", "and", "or", "not"}
        elif depth <= 0 and token.text in {",", ";", "break"}:
            is_condition = False
        is_sign = token.kind == "op" and token.text in {"=", "==", "≈"}
        if is_sign and depth <= 0 and not is_condition:
            segments.append([])
            rounded.append(token.text == "≈")
        else:
            segments[-1].append(token)
    pairs = [(tuple(s), r) for s, r in zip(segments, rounded, strict=True)]
    if len(pairs) > 1 and not pairs[0][0]:
        pairs = [(pairs[1][0], False), *pairs[2:]]  # a display that continues the last one
    kept = [s for s, is_rounded in pairs if not is_rounded]
    if len(pairs) > 1 and pairs[-1][1] and len(kept) == 1 and _is_label(kept[0]):
        return [kept[0], pairs[-1][0]], False  # total ≈ 542
    return kept, len(kept) < len(pairs)


def _colon_as_equals(found: tuple[Token, ...]) -> tuple[Token, ...]:
    """`total: 542` names the answer as `total = 542` does."""
    place = next((p for p, token in enumerate(found) if token.text == ":"), None)
    if place is None or not any(token.kind == "output" for token in found[:place]):
        return found
    return (*found[:place], found[place]._replace(text="="), *found[place + 1 :])


def _without_left(
    segments: list[tuple[Token, ...]], vocabulary: Vocabulary
) -> tuple[list[tuple[Token, ...]], tuple[str, ...]]:
    """The sides without the name of the answer on the left, and the indices on it."""
    first = segments[0]
    if first and first[0].kind == "output":
        if first[0].text != vocabulary.output:
            raise FormulaError(
                f"the left side is {first[0].text}; this answer is for {vocabulary.output}",
                first[0].at,
            )
        return segments[1:], _left_indices(first)
    if _is_label(first):
        return segments[1:], _left_indices(first) if vocabulary.has_arrays else ()
    return segments, ()


def _is_label(segment: tuple[Token, ...]) -> bool:
    """Whether a left side only names the answer: words, subscripts and brackets, no arithmetic."""
    if any(token.kind == "output" for token in segment):
        return True
    is_word = any(token.kind == "word" for token in segment)
    return is_word and all(
        token.text in _LABEL_SIGNS if token.kind == "op" else token.kind != "sqrt"
        for token in segment
    )


def _left_indices(segment: tuple[Token, ...]) -> tuple[str, ...]:
    """The single letters in the last subscript or square bracket of the left side."""
    start = max(
        (
            place
            for place, token in enumerate(segment)
            if token.text == "_" or (token.kind == "open" and token.text == "[")
        ),
        default=None,
    )
    if start is None:
        return ()
    letters = [t for t in segment[start:] if t.kind in {"word", "scalar"} and len(t.text) == 1]
    return tuple(t.text for t in letters)


def _is_shaped(tree: Node, vocabulary: Vocabulary) -> bool:
    """Whether whole arrays are combined, so that layouts matter."""
    nodes = [node for node, _ in walk(tree)]
    if any(isinstance(node, Fold | Element) for node in nodes):
        return False
    return any(isinstance(n, Name) and n.name not in vocabulary.scalars for n in nodes)
