"""What a hostile class writes is text, in everything that the grader prints and writes."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlparse

import msgspec
import pytest

from tests import tiny
from tests.report.reading import read

GRADE = Path(sys.executable).with_name("grade")

# Markup, scripts in JSON and in links, terminal sequences of one and two bytes, text that runs
# backwards or is not there, spreadsheets' and templates' and SQL's own syntax.
ASCII = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)> --></style>]]>"
    "[x](javascript:alert(4)) \x1b]0;owned\x07\x1b[2J\x1b[8m\r=1+1 {{ 7*7 }}{% raw %}${7*7}"
    " '); DROP TABLE attempts; -- [/red][bold] \x7f\x08"
)
TEXT = f"{ASCII}\x9b31m\x85\u202egnp\u2066\u2028\u200b\ufeff"
ANY = f"{TEXT}\0\ud800"  # what no file may hold, and a string may all the same
ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]")

NAMES = (
    *('=HYPERLINK("http:x")', "+1", "-1", "@SUM(1)", "\t=1", "＝1", "'; DROP TABLE attempts; --"),
    *("<img src=x onerror=alert(1)>", "javascript:alert(1)", "{{ 7*7 }}", "%2e%2e", "[red]"),
    *("\x1b]0;owned\x07\x1b[2J", "\x9b31m", "\u202egnp", "a\u200bb", "line\nbreak", "\r1"),
    *("class.html", "marks.csv", "é" * 127, os.fsdecode(b"\xff" * 200)),
)


def function(body, more=""):
    """A file whose function does what `body` says; `P` is the whole of the payload."""
    return {
        "affine.py": f"import numpy as np\nP = {ANY!r}\n{more}\n\n"
        f"def affine_backward(dy, x, W):\n    {body}\n"
    }


def typed(**answers):
    """Answers as JSON, which is YAML, with every strange character escaped."""
    numbers = {"size": "1.2", "count": "1.3a", "claims": "1.3b", "why": "1.4"}
    return {"answers.yaml": json.dumps({numbers.get(key, key): a for key, a in answers.items()})}


def notebook(*cells):
    made = [{"cell_type": kind, "metadata": {}, "source": text} for kind, text in cells]
    return {"work.ipynb": json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": made})}


RIGHT = {"affine.py": tiny.RIGHT_FUNCTIONS, "answers.yaml": tiny.RIGHT_ANSWERS}
UNNAMED = "P.replace(chr(0), '').replace(chr(0xd800), '')"
# What each hands in, and the marks of its parts as the spreadsheet has them.
WRITINGS = {
    "raises": (function("raise ValueError(P)"), "0,0,0,0,0"),
    "raises a class": (
        function("raise E(P)", f"E = type({UNNAMED}, (Exception,), {{}})"),
        "0,0,0,0,0",
    ),
    "renames code": (
        function("g()", f"def g(): 1 / 0\ng.__code__ = g.__code__.replace(co_name={UNNAMED}[:70])"),
        "0,0,0,0,0",
    ),
    "imports": (function("__import__(P.replace(chr(0), ''))"), "0,0,0,0,0"),
    "prints": (function("print(P); return dy @ W.T, x.T @ dy"), "4,0,0,0,0"),
    "warns": (
        function("import warnings; warnings.warn(P); return dy @ W.T, x.T @ dy"),
        "4,0,0,0,0",
    ),
    "returns text": (function(f"return {UNNAMED}, P"), "0,0,0,0,0"),
    "returns names": (function(f"return {{{UNNAMED}: dy, P: x}}"), "0,0,0,0,0"),
    "returns objects": (
        function("return A(), A()", f"A = type({UNNAMED}, (), {{}})"),
        "0,0,0,0,0",
    ),
    "no python": ({"affine.py": f"def affine_backward(dy):\n    {TEXT}\n"}, ",,,0,0"),
    "formula": (typed(size=TEXT), "0,,0,0,0"),
    "formula text": (typed(size="I + 2P - K + 1 \\text{" + ASCII + "}"), "0,,0,0,0"),
    "keys": (typed(**{ANY: ANY}, size="I + 2P - K + 1"), "0,2,0,0,0"),
    "fields": (typed(count={ANY: 1, "weights": "384"}, claims={ANY: "yes"}), None),
    "values": (typed(count={"weights": ANY, "biases": 128}, claims={"linear": ANY}), None),
    "text": (typed(size="I + 2P - K + 1", why=ANY), "0,2,0,0,"),
    "emoji": (typed(size="I + 2P - K + 1", why="right \U0001f600"), "0,2,0,0,"),
    "no yaml": ({"answers.yaml": f"1.2: [{TEXT}"}, ",,,,"),
    "write-up": ({"work.md": f"# 1.2\n\n{TEXT}\n\n# 1.4\n\n{TEXT}\n"}, None),
    "latex": ({"work.tex": f"\\section*{{1.2}}\n${TEXT}$\n\\section*{{1.4}}\n{TEXT}\n"}, None),
    "notebook": (
        notebook(
            ("markdown", f"# 1.4\n{TEXT}"), ("code", function("raise ValueError(P)")["affine.py"])
        ),
        None,
    ),
    "file names": (
        {
            "<img src=x onerror=alert(1)>\x1b[2J\u202e\x9b.py": function("raise ValueError")[
                "affine.py"
            ],
            "=1+1\x07\n{{ 7*7 }}.ipynb": "{",
            "<b>\x1b[2J.txt": f"1.2: {TEXT}",
        },
        None,
    ),
}


class Outputs:
    """A graded class, and the commands that show it."""

    def __init__(self, root):
        self.root = root
        self.graded = self.run("submissions/")

    def run(self, *arguments):
        done = subprocess.run(
            [GRADE, *arguments],
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
        assert b"the grader failed" not in done.stderr, done.stderr.decode(errors="replace")
        return done

    @property
    def reports(self):
        return self.root / "reports" / "week-1"

    @property
    def marks(self):
        """Per student the cells of the spreadsheet."""
        text = (self.reports / "marks.csv").read_text(encoding="utf-8-sig")
        return {row[0]: row for row in csv.reader(text.splitlines())}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    root = tiny.write_course(tmp_path_factory.mktemp("hostile"))
    for name, files in {
        **dict.fromkeys(NAMES, RIGHT),
        **{n: f for n, (f, _) in WRITINGS.items()},
    }.items():
        folder = root / "submissions" / name
        folder.mkdir()
        for file, text in files.items():
            (folder / file).write_bytes(text.encode())
    (root / "submissions" / "raises" / "\x1b[2J<b>\u202e").symlink_to("/etc/passwd")
    return Outputs(root)


def assert_inert(data, *, but="\n"):
    """Nothing that a terminal would act on, and all of it text."""
    strange = {c for c in data.decode() if not c.isprintable() and c not in but}
    assert not strange, strange


def test_a_hostile_class_is_graded_to_the_end(outputs):
    assert outputs.graded.returncode == 0, outputs.graded.stderr
    assert len(outputs.marks) == 1 + len(NAMES) + len(WRITINGS)


def test_a_hostile_name_costs_no_marks(outputs):
    named = [row for name, row in outputs.marks.items() if name not in WRITINGS]
    assert [row[-5:] for row in named[1:]] == [["4", "2", "3", "2", ""]] * len(NAMES)


@pytest.mark.parametrize(
    "name", [name for name, (_, marks) in WRITINGS.items() if marks is not None]
)
def test_hostile_text_earns_and_costs_nothing(outputs, name):
    assert ",".join(outputs.marks[name][-5:]) == WRITINGS[name][1]


def test_only_our_failures_are_called_failures(outputs):
    said = outputs.graded.stdout.decode()
    assert "our failure" not in said
    assert "more time or memory than allowed" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("submissions/",),
        ("submissions/", "--regrade"),
        ("book",),
        ("book", "show", "--", "-gnp"),
        ("book", "show", "\u202egnp"),
        ("submissions/\x1b]0;owned\x07\x1b[2J",),
        ("submissions/" + os.fsdecode(b"\xff" * 200),),
        ("submissions/renames code",),
        ("submissions/file names",),
        ("submissions/\x1b[2J is not there",),
        ("check", "submissions/\x1b]0;owned\x07\x1b[2J"),
        ("check", "submissions/file names"),
        ("check", "submissions/returns names"),
        ("check", "submissions/renames code"),
    ],
    ids=lambda arguments: " ".join(arguments).encode("unicode_escape", "replace").decode(),
)
def test_a_terminal_gets_nothing_that_it_acts_on(outputs, arguments):
    done = outputs.run(*arguments)
    assert_inert(done.stdout)
    assert_inert(done.stderr)


def test_a_spreadsheet_gets_no_formula(outputs):
    outputs.run("book", "export", "marks.csv")
    for path in (outputs.reports / "marks.csv", outputs.root / "marks.csv"):
        text = path.read_text("utf-8-sig")
        assert_inert(text.encode())
        cells = [cell for row in csv.reader(text.splitlines()) for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(tuple("=+-@＝＋－＠"))]


def test_every_json_is_valid_and_shows_a_terminal_nothing(outputs):
    outputs.run("book", "export", "marks.json")
    texts = [
        outputs.run("submissions/", "--json").stdout,
        outputs.run("submissions/file names", "--json").stdout,
        outputs.run("submissions/returns names", "--json").stdout,
        (outputs.root / "marks.json").read_bytes(),
        *(path.read_bytes() for path in outputs.reports.glob("*/report.json")),
    ]
    assert len(texts) >= len(NAMES) + len(WRITINGS)
    for text in texts:
        found = json.loads(text)
        assert not ACTS.search(text.decode())
        assert json.loads(msgspec.json.encode(found)) == found


def test_no_page_holds_an_element_that_a_student_wrote(outputs):
    pages = sorted(outputs.reports.rglob("*.html"))
    assert len(pages) >= 2 * (len(NAMES) + len(WRITINGS))
    for page in pages:
        for node in read(page).all():
            assert node.name not in ("script", "iframe", "object", "embed", "img", "form"), page
            for key, value in node.attributes.items():
                assert not key.startswith("on"), (page, key)
                if key in ("href", "src", "action", "xlink:href"):
                    assert urlparse(value).scheme in ("", "data"), (page, value)
        text = page.read_text(encoding="utf-8")
        assert not ACTS.search(text), page
        assert "49}}" not in text


def test_nothing_runs_in_a_browser_even_without_its_policy(outputs, browser):
    """The pages forbid scripts by a policy of their own; here their text alone has to hold."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    seen = []
    page.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("request", lambda request: seen.append(request.url))
    paths = [outputs.reports / "class.html", *sorted(outputs.reports.glob("*/*.html"))]
    for path in paths:
        page.goto(path.as_uri())
    context.close()
    assert [url for url in seen if not url.startswith("data:")] == [path.as_uri() for path in paths]


def test_the_gradebook_keeps_names_as_text(outputs):
    found = json.loads(outputs.run("submissions/", "--json").stdout)
    students = {student["student"] for student in found["students"]}
    assert {"'; DROP TABLE attempts; --", '=HYPERLINK("http:x")', "{{ 7*7 }}"} <= students
