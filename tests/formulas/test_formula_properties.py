"""Properties that hold for every formula: what is printed reads back; spelling changes nothing."""

import xml.etree.ElementTree as ET

from formula_trees import ARRAYS, NOTATION, SCALARS, Ascii, Latex, array_trees, scalar_trees
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from grader.student.formulas import (
    FormulaError,
    decode,
    encode,
    evaluate,
    names_used,
    read,
    to_mathml,
    to_unicode,
)
from grader.student.formulas.tree import Name, children, replaced
from grader.student.signature import parse_signature
from grader.student.wire import Notation

MATHML_CORE = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mfrac", "msqrt", "msub", "msup", "mover"),
    *("munder", "munderover", "mtable", "mtr", "mtd"),
}
POINT = {"K": 3, "N": 5, "d_1": 2, "d_2": 7, "alpha": 2, "C_in": 4, "eps": 1}
EXAMPLES = settings(max_examples=60, suppress_health_check=list(HealthCheck))


def reread(text, signature):
    try:
        return read(text, signature=signature, notation=NOTATION, output=signature.outputs[0].name)
    except FormulaError as refusal:
        assume("nested" not in refusal.sentence)
        raise


def value(formula):
    try:
        return evaluate(formula, POINT, signature=SCALARS, notation=NOTATION)
    except FormulaError as refusal:
        return refusal.sentence


@EXAMPLES
@given(scalar_trees())
def test_a_printed_scalar_formula_reads_back_to_the_same_tree(tree):
    formula = reread(Ascii()(tree), SCALARS)
    assert reread(to_unicode(formula), SCALARS).tree == formula.tree


@EXAMPLES
@given(array_trees())
def test_a_printed_matrix_formula_reads_back_to_the_same_tree(tree):
    formula = reread(Ascii()(tree), ARRAYS)
    assert reread(to_unicode(formula), ARRAYS).tree == formula.tree


@EXAMPLES
@given(scalar_trees())
def test_ascii_and_latex_spell_the_same_scalar_formula(tree):
    ascii_, latex = reread(Ascii()(tree), SCALARS), reread(Latex()(tree), SCALARS)
    assert value(ascii_) == value(latex)
    assert ascii_.tree == latex.tree == tree


@EXAMPLES
@given(array_trees())
def test_ascii_and_latex_spell_the_same_matrix_formula(tree):
    assert reread(Ascii()(tree), ARRAYS).tree == reread(Latex()(tree), ARRAYS).tree == tree


@EXAMPLES
@given(scalar_trees(), st.sampled_from([" ", "\n ", "\u2009", "\t  "]))
def test_spacing_between_pieces_changes_nothing(tree, space):
    text = Ascii()(tree)
    assert reread(text.replace(" ", space), SCALARS).tree == reread(text, SCALARS).tree


def renamed(node, names):
    for place, child in enumerate(children(node)):
        node = replaced(node, place, renamed(child, names))
    return Name(names[node.name]) if isinstance(node, Name) else node


@EXAMPLES
@given(scalar_trees())
def test_renaming_changes_nothing_but_the_names(tree):
    names = {
        "K": "width",
        "N": "q",
        "alpha": "beta",
        "C_in": "n_out",
        "eps": "r",
        "d_1": "d_1",
        "d_2": "d_2",
    }
    signature = parse_signature(f"f({', '.join(names.values())}) -> value")
    moved = renamed(tree, names)
    formula = read(Ascii()(moved), signature=signature, notation=Notation(), output="value")
    assert formula.tree == moved
    point = {names[name]: number for name, number in POINT.items()}
    try:
        got = evaluate(formula, point, signature=signature, notation=Notation())
    except FormulaError:
        got = None
    wanted = value(reread(Ascii()(tree), SCALARS))
    assert got == wanted or (got is None and isinstance(wanted, str))


@EXAMPLES
@given(scalar_trees(), array_trees())
def test_mathml_is_well_formed_and_core_only(scalar, array):
    for formula in (reread(Ascii()(scalar), SCALARS), reread(Ascii()(array), ARRAYS)):
        root = ET.fromstring(to_mathml(formula).replace("&#160;", " "))
        assert {element.tag for element in root.iter()} <= MATHML_CORE
        attributes = {key for element in root.iter() for key in element.attrib}
        assert attributes <= {"mathvariant"}


@EXAMPLES
@given(scalar_trees())
def test_a_formula_survives_the_wire(tree):
    formula = reread(Ascii()(tree), SCALARS)
    assert decode(encode(formula)) == formula
    assert names_used(formula) <= {*POINT, "d"}
