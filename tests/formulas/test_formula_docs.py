"""The examples of docs/formulas.md are read as the page says."""

import re
from pathlib import Path

import msgspec
import numpy as np
import pytest

from grader.student.formulas import FormulaError, evaluate, read
from grader.student.signature import parse_signature
from grader.student.wire import Notation

PAGE = (Path(__file__).parents[2] / "docs" / "formulas.md").read_text(encoding="utf-8")
BLOCKS = re.findall(
    r"```formulas (same|refused): (.*?)(?:; (\S+) = (\S+))?\n(.*?)```", PAGE, re.DOTALL
)


def read_line(signature, notation, line):
    return read(line, signature=signature, notation=notation, output=signature.outputs[0].name)


def case(signature):
    """One case: numbers of their own, and arrays whose sizes all differ."""
    sizes = {name: 2 + place for place, name in enumerate(signature.sizes)}
    random = np.random.default_rng(0)
    inputs = {}
    for place, variable in enumerate(signature.inputs):
        shape = tuple(sizes[dim] for dim in variable.form(0))
        inputs[variable.name] = random.normal(size=shape) if shape else 5 + 7 * place
    return inputs


def test_the_page_has_examples():
    assert len(BLOCKS) >= 7


@pytest.mark.parametrize("block", [b for b in BLOCKS if b[0] == "same"])
def test_lines_that_the_page_calls_the_same_have_the_same_value(block):
    _, line, function, known, lines = block
    signature = parse_signature(line)
    notation = Notation(functions={function: known} if function else {})
    values = [
        evaluate(
            read_line(signature, notation, text),
            case(signature),
            signature=signature,
            notation=notation,
        )
        for text in lines.strip().splitlines()
    ]
    for value in values[1:]:
        np.testing.assert_allclose(
            np.asarray(value, float), np.asarray(values[0], float), rtol=1e-12
        )


@pytest.mark.parametrize("block", [b for b in BLOCKS if b[0] == "refused"])
def test_lines_that_the_page_calls_refused_are(block):
    signature = parse_signature(block[1])
    for text in block[4].strip().splitlines():
        with pytest.raises(FormulaError):
            read_line(signature, Notation(), text)


def test_the_page_names_all_that_a_notation_may_declare():
    keys = [field.name for field in msgspec.structs.fields(Notation)]
    assert [key for key in keys if f"\n| `{key}` |" not in PAGE] == []
