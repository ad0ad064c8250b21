"""The same homework handed in as answers.yaml, Markdown, LaTeX and a notebook earns the same."""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import pytest

from grader.course import Course, find_course
from grader.grading import Grading, grade, prepare
from grader.model import Assignment, NumberedPart, PartResult, Report, Verdict
from grader.sandbox import Sandbox
from grader.student.typed import read_typed
from grader.student.wire import Found, Source
from grader.submission import take, take_submission
from tests import tiny
from tests.documents.notebook import notebook

ROOT = Path(__file__).parents[2]
ALICE = ROOT / "submissions" / "alice"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as opened:
        yield opened


def _prepared(course: Course, assignment: Assignment) -> Grading:
    slugs = [problem.slug for problem in assignment.problems]
    return prepare(
        assignment,
        public={slug: course.problem_file(slug) for slug in slugs},
        private={slug: course.solution_file(slug) for slug in slugs},
        cache=course.private / "expected",
    )


@pytest.fixture(scope="module")
def homework() -> Grading:
    course = find_course(given=ROOT, near=ROOT)
    return _prepared(course, course.assignment())


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Grading:
    root = tiny.write_course(tmp_path_factory.mktemp("course"))
    course = find_course(given=root, near=root)
    return _prepared(course, course.assignment())


# --- alice, four times --------------------------------------------------------------------------


def answers() -> dict[str, list[Found]]:
    """What alice typed, by the sheet's numbers."""
    data = (ALICE / "answers.yaml").read_bytes()
    found = [
        one for one in read_typed(Source(path="answers.yaml", data=data)) if isinstance(one, Found)
    ]
    return {key: list(group) for key, group in groupby(found, key=lambda one: one.key[0])}


def as_markdown(number: str, typed: list[Found], part: NumberedPart) -> str:
    lines = [f"## {number}", ""]
    for one in typed:
        if len(one.key) > 1:
            lines.append(f"- {one.key[1]}: {' '.join(one.text.split())}")
        elif part.part.kind == "computed":
            lines.append(f"Answer {number}: {' '.join(one.text.split())}")
        else:
            lines.append(one.text)
    return "\n".join(lines) + "\n"


def as_latex(number: str, typed: list[Found], part: NumberedPart) -> str:
    lines = [rf"\subsection*{{{number}}}"]
    for one in typed:
        text = " ".join(one.text.split())
        if len(one.key) > 1 and part.part.kind == "computed":
            lines.append(rf"\textbf{{{one.key[1]}}}: ${text}$" + "\n")
        elif len(one.key) > 1:
            lines.append(rf"\item {one.key[1]}: {text}")
        elif part.part.kind == "computed":
            lines.append(rf"\[ {text} \]")
        else:
            lines.append(one.text)
    return "\n".join(lines) + "\n"


def as_cell(number: str, typed: list[Found], part: NumberedPart) -> str:
    name = f"answer_{number.replace('.', '_')}"
    if len(typed[0].key) > 1:
        return f"{name} = { ({one.key[1]: one.text for one in typed})!r}"
    if part.part.kind == "text":
        return f"md:### {number}\n\n{typed[0].text}"
    return f"{name} = {typed[0].text!r}"


def written(write: Callable[[str, list[Found], NumberedPart], str], grading: Grading) -> list[str]:
    by_number = {numbered.number: numbered for numbered in grading.assignment.numbered}
    return [write(number, typed, by_number[number]) for number, typed in answers().items()]


def code() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(ALICE.glob("*.py"))}


def graded(folder: Path, grading: Grading, sandbox: Sandbox) -> Report:
    return grade(take_submission(folder), grading, sandbox)


def marks(report: Report) -> dict[str, Fraction]:
    return {part.number: part.marks for part in report.parts}


@pytest.fixture(scope="module")
def alice(homework: Grading, sandbox: Sandbox) -> Report:
    return graded(ALICE, homework, sandbox)


def test_alice_earns_the_same_with_markdown(
    tmp_path: Path, homework: Grading, sandbox: Sandbox, alice: Report
) -> None:
    for name, text in code().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "homework.md").write_text(
        "\n".join(written(as_markdown, homework)), encoding="utf-8"
    )
    report = graded(tmp_path, homework, sandbox)
    assert marks(report) == marks(alice)
    assert report.pending == alice.pending


def test_alice_earns_the_same_with_latex(
    tmp_path: Path, homework: Grading, sandbox: Sandbox, alice: Report
) -> None:
    for name, text in code().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    body = "\n".join(written(as_latex, homework))
    text = f"\\documentclass{{article}}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    (tmp_path / "homework.tex").write_text(text, encoding="utf-8")
    assert marks(graded(tmp_path, homework, sandbox)) == marks(alice)


def test_alice_earns_the_same_with_a_notebook(
    tmp_path: Path, homework: Grading, sandbox: Sandbox, alice: Report
) -> None:
    cells = [*code().values(), "%matplotlib inline\nimport seaborn", *written(as_cell, homework)]
    (tmp_path / "homework.ipynb").write_bytes(notebook(*cells))
    report = graded(tmp_path, homework, sandbox)
    assert marks(report) == marks(alice)
    assert report.pending == alice.pending


# --- guesses ------------------------------------------------------------------------------------

CODE = {"affine.py": tiny.RIGHT_FUNCTIONS}


def week_report(folder: Path, text: str, week: Grading, sandbox: Sandbox) -> Report:
    (folder / "hw.md").write_text(text, encoding="utf-8")
    return graded(folder, week, sandbox)


def week_part(number: str, folder: Path, text: str, week: Grading, sandbox: Sandbox) -> PartResult:
    return next(p for p in week_report(folder, text, week, sandbox).parts if p.number == number)


def test_a_right_guess_earns_its_marks_and_says_that_it_is_one(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    report = week_report(tmp_path, "1.2 We get $I + 2P - K + 1$ rows.", week, sandbox)
    part = next(part for part in report.parts if part.number == "1.2")
    assert (part.verdict, part.marks) == (Verdict.PASSED, 2)
    assert part.readings[0].warnings == ("guessed from hw.md line 1: the last formula of the part",)


def test_a_wrong_guess_loses_nothing_yet(tmp_path: Path, week: Grading, sandbox: Sandbox) -> None:
    text = "1.2 We get $I + 2P - K$ rows.\n\n1.3 (a) There are 384 weights and 128 biases, in total 394."
    report = week_report(tmp_path, text, week, sandbox)
    size, count = (next(p for p in report.parts if p.number == n) for n in ("1.2", "1.3a"))
    assert (size.verdict, size.marks, size.pending, size.lost) == (Verdict.UNREADABLE, 0, 2, ())
    assert size.sentence.startswith(
        "we read “I + 2P - K” from hw.md line 1 (the last formula of the part); that is not right, or"
        " not what you meant, so a person will look at it. To be read as you mean it, write a line"
        " `Answer 1.2: …`"
    )
    assert (count.verdict, count.marks, count.pending) == (Verdict.UNREADABLE, 2, 1)


def test_a_value_under_its_name_is_judged_as_it_stands(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    report = week_report(
        tmp_path, "Answer 1.2: I + 2P - K\n\n1.3a\n\nweights = 384\n", week, sandbox
    )
    size, count = (next(p for p in report.parts if p.number == n) for n in ("1.2", "1.3a"))
    assert (size.verdict, size.marks, size.pending) == (Verdict.WRONG, 0, 0)
    assert (count.marks, count.pending) == (1, 0)


def test_what_was_typed_counts_before_what_was_guessed(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    (tmp_path / "answers.yaml").write_text("1.2: I + 2P - K + 1\n", encoding="utf-8")
    report = week_report(tmp_path, "1.2 We get $I + 2P - K$ rows.", week, sandbox)
    assert next(part for part in report.parts if part.number == "1.2").marks == 2


def test_a_function_counts_before_a_formula_in_prose(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    (tmp_path / "hw.py").write_text(
        "def output_size(I, K, P): return I + 2*P - K + 1", encoding="utf-8"
    )
    report = week_report(tmp_path, "1.2 We get $I + 2P - K$ rows.", week, sandbox)
    assert next(part for part in report.parts if part.number == "1.2").marks == 2


PROGRAM = """\
1.2 We use

```python
def output_size(I, K, P):
    half = 1 // 0 if K == 0 else 0
    return I + 2 * P - K + 1 + half
```
"""


def test_a_program_in_a_write_up_is_run_as_a_function(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    part = week_part("1.2", tmp_path, PROGRAM, week, sandbox)
    assert (part.verdict, part.marks) == (Verdict.PASSED, 2)
    assert str(part.readings[0].place) == "hw.md line 4"


def test_what_a_program_in_a_write_up_raises_names_the_document_and_its_line(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    text = PROGRAM.replace("if K == 0 else 0", "")
    part = week_part("1.2", tmp_path, text, week, sandbox)
    assert part.verdict is Verdict.RAISED
    assert "ZeroDivisionError" in part.sentence
    assert "at line 5 of hw.md" in part.sentence


def test_a_program_that_is_no_python_waits_for_a_person(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    text = PROGRAM.replace("(I, K, P):", "(I, K, P)")
    part = week_part("1.2", tmp_path, text, week, sandbox)
    assert (part.verdict, part.pending) == (Verdict.UNREADABLE, 2)


def test_a_python_file_counts_before_the_same_program_in_a_write_up(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    (tmp_path / "hw.py").write_text("def output_size(I, K, P): return 0", encoding="utf-8")
    part = week_part("1.2", tmp_path, PROGRAM, week, sandbox)
    assert (part.verdict, part.marks) == (Verdict.WRONG, 0)


def test_a_value_that_is_not_found_waits_where_the_part_says_more(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    text = "1.3a\n\nweights = 384\n\nand each filter has one bias, which makes 128.\n"
    part = week_part("1.3a", tmp_path, text, week, sandbox)
    assert (part.marks, part.pending, part.lost) == (1, 2, ())


def test_a_text_in_which_no_value_was_found_is_not_taken_for_one(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    """The text ends in a number that is right for two of the names it does not give."""
    text = "1.3a\n\nThe rest is not hard to count.\n\nweights: 512\n"
    part = week_part("1.3a", tmp_path, text, week, sandbox)
    assert (part.marks, part.pending) == (0, 2)
    assert part.sentence.startswith("biases: something stands here, at hw.md line 3, but no value")
    biases = next(reading for reading in part.readings if reading.label == "biases")
    assert (biases.read_as, biases.error) == ("", "no value could be told apart")
    assert biases.warnings == ("hw.md line 3: no value could be told apart for biases",)


def test_a_claim_that_is_not_marked_waits_where_its_part_says_more(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    text = "1.3b\n\nAnswer 1.3b linear: true\n\nThe other one depends on the sizes.\n"
    part = week_part("1.3b", tmp_path, text, week, sandbox)
    assert (part.pending, part.lost) == (2, ())
    assert "write a line `Answer 1.3b square: …`" in part.sentence


def test_a_part_without_any_value_says_how_to_be_read(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    text = "1.3a\n\nEach filter has its weights, and one bias.\n"
    part = week_part("1.3a", tmp_path, text, week, sandbox)
    assert (part.verdict, part.lost) == (Verdict.UNREADABLE, ())
    assert "hw.md line 3, but no value could be told apart" in part.sentence
    assert "write a line `Answer 1.3a weights: …`" in part.sentence


def test_the_lines_of_a_derivation_are_held_against_each_other(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    text = "1.2\n\n$$\n\\begin{aligned}\ns &= I - K + 2P + 1 \\\\\n&= I - K + P + 1\n\\end{aligned}\n$$\n"
    part = week_part("1.2", tmp_path, text, week, sandbox)
    told = " ".join(str(output.diagnosis) for test in part.tests for output in test.outputs)
    assert "two sides of your equation differ: I - K + 2·P + 1 and I - K + P + 1" in told


def test_a_file_that_is_not_read_is_named_and_what_it_may_hold_is_not_lost(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7")
    report = week_report(tmp_path, "1.2 We get $I + 2P - K + 1$ rows.", week, sandbox)
    assert any(note.startswith("scan.pdf: was not read: a PDF holds") for note in report.notes)
    count = next(part for part in report.parts if part.number == "1.3a")
    assert (count.verdict, count.lost) == (Verdict.UNREADABLE, ())


def parts_of(folder: Path, grading: Grading, sandbox: Sandbox) -> dict[str, PartResult]:
    report = grade(take_submission(folder), grading, sandbox)
    return {part.number: part for part in report.parts}


def test_answers_in_a_file_of_another_name_are_guesses(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    """A browser, a platform or a student has named it; what is right counts, what is not waits."""
    text = tiny.RIGHT_ANSWERS.replace("512", "513").replace("square: no", "square: yes")
    file = tmp_path / "answers (1).yaml"
    file.write_text(f"{text}name: zoe\n")
    parts = parts_of(tmp_path, week, sandbox)
    assert [parts[n].marks for n in ("1.2", "1.3a", "1.3b")] == [2, 2, 0]
    assert [parts[n].pending for n in ("1.2", "1.3a", "1.3b", "1.4")] == [0, 1, 2, 1]
    assert "(in a file that is not called answers.yaml)" in parts["1.3b"].sentence
    (tmp_path / "answers.yaml").write_text("1.2: I + 2P - K\n")
    assert [parts_of(tmp_path, week, sandbox)[n].marks for n in ("1.2", "1.3a")] == [0, 0]


def test_the_page_that_a_form_makes_is_read_without_its_head(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    page = (
        "<!DOCTYPE html>\n<html>\n<head>\n<title>1.3b Homework</title>\n</head>\n<body>\n"
        "<p><strong>1.2</strong> I + 2P - K + 1</p><p>Answer 1.3a total: 512</p>\n</body></html>\n"
    )
    (tmp_path / "text.md").write_text(page)
    parts = parts_of(tmp_path, week, sandbox)
    assert [parts[n].marks for n in ("1.2", "1.3a")] == [2, 1]
    assert parts["1.3b"].verdict is Verdict.MISSING


@pytest.mark.parametrize(
    ("name", "open_"), [("hw.ipynb", "12"), ("affine.py", "9"), ("hw.zip", "12"), ("data.csv", "0")]
)
def test_what_a_file_that_is_left_out_may_hold_is_not_lost(
    tmp_path: Path,
    week: Grading,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    open_: str,
) -> None:
    monkeypatch.setattr(take, "MAX_FILE_BYTES", 10)
    (tmp_path / name).write_bytes(bytes(11))
    report = grade(take_submission(tmp_path), week, sandbox)
    assert (report.marks, report.pending) == (0, int(open_))
    assert report.notes == (f"{name} was left out: 0 MiB is too large",)


def test_claims_in_order_are_guesses(tmp_path: Path, week: Grading, sandbox: Sandbox) -> None:
    report = week_report(tmp_path, "1.3b\n\n1. true\n2. true\n", week, sandbox)
    part = next(part for part in report.parts if part.number == "1.3b")
    assert (part.verdict, part.marks, part.pending) == (Verdict.UNREADABLE, 0, 2)


def test_a_name_that_is_not_closed_is_shown_with_its_place(
    tmp_path: Path, week: Grading, sandbox: Sandbox
) -> None:
    report = week_report(tmp_path, "Answer 1.2: (I + 2P - K + 1", week, sandbox)
    part = next(part for part in report.parts if part.number == "1.2")
    assert (part.verdict, part.pending) == (Verdict.UNREADABLE, 2)
    assert re.match("the bracket “\\(” at character 1 is never closed", part.sentence)
