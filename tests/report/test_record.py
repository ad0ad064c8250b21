"""`report.json` is stable, sorted and documented."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from grader.model import (
    Comparison,
    Diagnosis,
    LostMark,
    OutputResult,
    PartResult,
    ProblemResult,
    Reading,
    Report,
)
from grader.model import TestResult as OneTest
from grader.report import record_json
from grader.report.maps import Legend, Picture, Plane, Tick
from grader.report.pages import (
    ClaimLine,
    Frame,
    IndexPage,
    Link,
    Loss,
    OutputView,
    PartLine,
    PartView,
    ProblemLine,
    ProblemPage,
    Ruling,
    Score,
    Typed,
)
from grader.report.pages import TestView as OneView
from grader.report.plain import _plain
from grader.report.values import Cell, Row, Shown
from grader.student.packing import Many, Rational, Scalar, Unusable, pack
from tests.report import samples

DOCS = Path(__file__).resolve().parents[2] / "docs" / "report.md"


@pytest.fixture(scope="module")
def record():
    return json.loads(record_json(samples.report()))


def documented(record):
    """The fields that docs/report.md lists for a record."""
    text = DOCS.read_text(encoding="utf-8")
    section = text.partition(f"\n#### {record}\n")[2].partition("\n#")[0]
    return sorted(re.findall(r"^- `(\w+)`", section, re.MULTILINE))


@pytest.mark.parametrize(
    "record",
    [
        *(IndexPage, ProblemPage, Frame, ProblemLine, PartLine, PartView, ClaimLine, Typed, Loss),
        *(OneView, OutputView, Score, Ruling, Link, Shown, Row, Cell),
        *(Picture, Plane, Tick, Legend),
    ],
)
def test_the_context_of_the_templates_is_the_documented_one(record):
    """A course's own templates rely on these fields: changing one changes the document."""
    assert documented(record.__name__) == sorted(record.__struct_fields__)


@pytest.mark.parametrize(
    ("record", "more"),
    [
        (Report, ("format", "marks", "out_of", "pending")),
        *((record, ()) for record in (ProblemResult, PartResult, Reading, LostMark)),
        *((record, ()) for record in (OneTest, OutputResult, Comparison, Diagnosis)),
    ],
)
def test_the_keys_of_the_record_are_the_documented_ones(record, more):
    assert documented(record.__name__) == sorted((*record.__struct_fields__, *more))


def test_the_record_holds_what_the_report_holds(record):
    assert record["format"] == 1
    assert record["student"] == "alice"
    assert record["marks"] == {"exact": "20/3", "decimal": "6.67"}
    part = record["problems"][0]["parts"][3]
    assert part["verdict"] == "wrong"
    assert part["marks"] == {"exact": "8/3", "decimal": "2.67"}
    assert part["tests"][0]["outputs"][1]["error_map"] == {
        "shape": [4, 3],
        "classes": "000222000000",
    }
    assert part["tests"][0]["inputs"]["gamma"] == {
        "dtype": "float64",
        "shape": [3],
        "values": [1.0, 1.0, 1.0],
    }


def test_keys_are_sorted_and_the_same_report_gives_the_same_bytes(record):
    assert record_json(samples.report()) == record_json(samples.report())
    assert list(record) == sorted(record)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Scalar(float("nan")), "nan"),
        (Scalar(float("-inf")), "-inf"),
        (Scalar("a\ud800\x1b[1m"), "a�"),
        (Rational("1", "3"), {"numerator": "1", "denominator": "3"}),
        (Many((Scalar(1), Scalar(None))), [1, None]),
        (Many((Scalar(1),), ("dx",)), {"dx": 1}),
        (Unusable("a generator"), {"unusable": "a generator"}),
        (
            pack(np.array([1.0, np.nan])),
            {"dtype": "float64", "shape": [2], "values": [1.0, "nan"]},
        ),
        (
            pack(np.array([1j])),
            {"dtype": "complex128", "shape": [1], "real": [0.0], "imaginary": [1.0]},
        ),
        (pack(np.zeros(20_000)), {"dtype": "float64", "shape": [20000]}),
    ],
)
def test_values_become_plain_json(value, plain):
    assert _plain(value) == plain
    json.dumps(plain, allow_nan=False)
