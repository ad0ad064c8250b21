"""Reading a course: what is right is read, and every slip names file, place, found and wanted."""

from datetime import datetime
from fractions import Fraction

import pytest

from grader.course import Course, find_course, load_problem
from grader.errors import CourseError, ProblemError, UsageError
from tests import tiny


@pytest.fixture
def root(tmp_path):
    return tiny.write_course(tmp_path)


def problem_with(root, old, new):
    path = root / "problems" / "affine" / "problem.yaml"
    assert old in tiny.PROBLEM
    path.write_text(tiny.PROBLEM.replace(old, new, 1), encoding="utf-8")
    return path


def test_a_course_is_found_upwards_from_the_submission(root):
    course = find_course(given=None, near=root / "submissions" / "alice")
    assert course.root == root


def test_parts_carry_the_numbers_of_the_sheet(root):
    assignment = find_course(given=root, near=root).assignment()
    numbers = [n.number for n in assignment.numbered]
    assert numbers == ["1.1", "1.2", "1.3a", "1.3b", "1.4"]
    assert [n.part.kind for n in assignment.numbered] == [
        *("computed", "computed", "computed", "choice", "text")
    ]


def test_numbers_are_taken_as_the_text_typed(root):
    path = root / "problems" / "course.yaml"
    path.write_text(tiny.COURSE.replace('"1.4"', "2.10"), encoding="utf-8")
    assert find_course(given=root, near=root).assignment().numbered[-1].number == "2.10"


def test_marks_may_be_fractions(root):
    path = problem_with(root, "marks: 4", "marks: 1/3")
    assert load_problem(path).parts[0].marks == Fraction(1, 3)


def test_a_part_that_may_use_torch_has_more_time(root):
    path = problem_with(root, "    marks: 4\n", "    marks: 4\n    imports: [numpy, torch]\n")
    assert [part.cpu_s for part in load_problem(path).parts[:2]] == [30, 10]


SLIPS = [
    ("marks: 4", "mark: 4", "unknown key 'mark'; did you mean 'marks'?"),
    ("marks: 4", "marks: four", "parts.backward.marks: expected a number, found 'four'"),
    ("marks: 4", "marks: -1", "parts.backward.marks: marks can not be negative, found -1"),
    (
        "marks: 4",
        "marks: 4\n    marks: 5",
        "line 10, column 5: is not valid YAML: the key 'marks' stands twice",
    ),
    ("marks: 4", "marks: 4\n    cpu_s: 1e-1", "YAML reads this as text: write 1.0e-1"),
    ("-> dx[N,D], dW[D,M]", "= dx", "parts.backward.signature: found"),
    ("x[N,D], W[D,M]) ->", "x[N,D], ω[D,M]) ->", "found 'ω[D,M]'; wanted 'name', 'name: int' or "),
    ("dy[N,M], x[N,D]", "dy[N,M], xₙ[N,D]", "write names with letters from a to z: a formula may"),
    ("affine_backward(dy", "rückwärts(dy", "-> outputs'; write names with letters from a to z"),
    ("x[N,D], W[D,M]) ->", "x[N,D], x[D,M]) ->", "the name 'x' stands twice"),
    (
        "-> dx[N,D], dW[D,M]",
        "-> dx[N,D], dW[D,M]\n    forward: 'def f(x, w): return x @ w'",
        "parts.backward.forward: takes 'w', which is no input, and whose gradient dw is no output",
    ),
    (
        "-> dx[N,D], dW[D,M]",
        "-> dx[N,D], dW[D,M]\n    forward: 'def f(x, *, weight): return x @ weight'",
        "parts.backward.forward: takes 'weight', which is no input",
    ),
    (
        "-> dx[N,D], dW[D,M]",
        "-> dx[N,D], dW[D,M]\n    forward: 'def f(x, W): from torch.nn import functional'",
        "parts.backward.forward: imports 'torch', which students need not have: numpy stands as np",
    ),
    ("domain: {I: 8..40", "domain: {J: 8..40", "unknown input 'J'; the signature has I, K, P"),
    (
        "dW[D,M]",
        "dW[D,M]\n    domain: {M: D + X}",
        "parts.backward.domain.M: expected 1..9, a list of sizes or a formula in other sizes, found",
    ),
    ("I: 8..40", "I: 40..8", "parts.size.domain.I: the range '40..8' is empty"),
    ("I: 8..40", "I: many", "expected 1..9, 0.5..2.0 or a list of values, found 'many'"),
    (
        "dy: [[1, 0], [0, 1]]",
        "dy: [1, 0]",
        "public[0].inputs.dy: expected dy[N,M], found an array of 1 axes",
    ),
    (
        "dy: [[1, 0], [0, 1]]",
        "dy: [[1, 0], [0]]",
        "public[0].inputs.dy: expected dy[N,M], found rows of unequal lengths",
    ),
    (
        "    domain: {I",
        "    public: [{name: a, inputs: {I: 8.5}}]\n    domain: {I",
        "expected I: int, found 8.5",
    ),
    (
        "    domain: {I",
        "    notation: {aliases: {J: [j]}}\n    domain: {I",
        "parts.size.notation.aliases: unknown name 'J'; wanted one of",
    ),
    (
        "    domain: {I",
        "    notation: {functions: {f: tang}}\n    domain: {I",
        "parts.size.notation.functions: unknown name 'tang'; wanted one of exp, log,",
    ),
    ("dy: [[1, 0], [0, 1]]", "dz: [[1, 0], [0, 1]]", "unknown name 'dz'; wanted dy, x, W"),
    ("rubric:", "rubrics:", "unknown key 'rubrics'; did you mean 'rubric'?"),
    (
        "    rubric: [two affine layers make one]\n",
        "",
        "wanted one of signature, claims or rubric; found none",
    ),
    ("title: An affine layer", "title: [An affine layer]", "title: expected a text, found ['An"),
    (
        "title: An affine layer",
        "title: 12",
        "title: expected a text, found 12; in quotes it is one",
    ),
    (
        "linear: The layer is linear in x.",
        "linear: yes",
        "parts.claims.claims.linear: expected a text, found True",
    ),
    (
        "rubric: [two affine layers make one]",
        "rubric: [two layers, affine: both]",
        "parts.why.rubric[1]: expected a text, found {'affine': 'both'}",
    ),
    ("title: An affine layer\n", "", "missing key `title`"),
    ("title: An affine layer", "title: 'An affine layer", "is not valid YAML"),
    ("I: 8..40", "I: [1e-6]", "I: expected int, found '1e-6'; YAML reads this as text: write 1.0e"),
    ("I: 8..40", "I: [8, yes]", "parts.size.domain.I: expected int, found True"),
    ("x: [[1, 2, 3], [4, 5, 6]]", "x: [[1, 2, 3]]", "N is 2 in dy and 1 in x; wanted the same"),
    ("rubric: [two affine layers make one]", "rubric: two", "rubric: expected a list, found 'two'"),
    ("marks: 4", "marks: 4\n    cpu_s: fast", "cpu_s: expected a number, found 'fast'"),
    ("marks: 4", "marks: 4\n    hints: places", "found 'places'; did you mean 'place'?"),
    ("marks: 4", "marks: 4\n    pick: any", "pick: expected one of each, one, many, found 'any'"),
    ("ask: True or false?", "ask: Mind: true or false?", "put a text that holds a colon in quotes"),
    ("    marks: 4", "   marks: 4", "check that the keys of one mapping begin in the same column"),
    ("    marks: 4", "\tmarks: 4", "found a tab character that violates indentation; indent by"),
]


@pytest.mark.parametrize(("old", "new", "said"), SLIPS)
def test_a_slip_in_a_problem_names_file_place_and_what_was_wanted(root, old, new, said):
    path = problem_with(root, old, new)
    with pytest.raises(ProblemError) as caught:
        load_problem(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_a_problem_that_is_not_utf8_is_an_error_with_its_name(root):
    path = root / "problems" / "affine" / "problem.yaml"
    path.write_bytes(b"title: \xff\n")
    with pytest.raises(ProblemError, match="line 1: is not UTF-8 text here; save the file as"):
        load_problem(path)


def test_an_empty_problem_is_told_what_should_stand_there(root):
    path = root / "problems" / "affine" / "problem.yaml"
    path.write_text("")
    with pytest.raises(
        ProblemError, match="expected lines of the form `key: value`, found nothing"
    ):
        load_problem(path)


def test_values_of_a_public_test_fit_one_form_of_the_signature(root):
    path = problem_with(root, "(dy[N,M], x[N,D]", "(dy[N,M | N,2,M], x[N,D | N,1,D]")
    assert load_problem(path).parts[0].public[0].name == "two examples"
    problem_with(root, "(dy[N,M], x[N,D]", "(dy[N,3 | N,2,M], x[N,D | N,1,D]")
    with pytest.raises(ProblemError, match=r"dy has 2 values along an axis; wanted dy\[N,3"):
        load_problem(path)


COURSE_SLIPS = [
    (
        "affine/size",
        "affine/sise",
        "there is no part 'affine/sise'; did you mean 'affine/size'?",
    ),
    ("affine/size", "affine/backward", "the part 'affine/backward' is listed twice"),
    ("affine/size", "", "assignments.week-1.parts.1.2: expected a text or a list, found nothing"),
    (
        '"1.4": affine/why',
        "1.3b: affine/why",
        "affine/claims and affine/why both have the number '1.3b'; give one of them another",
    ),
    (
        "affine/size",
        f"[{', '.join(f'affine/q{number}' for number in range(27))}]",
        "'1.2' has 27 parts, and letters end at z; give some of them another number",
    ),
    ("affine/size", "afine/size", "parts: there is no problem 'afine'; did you mean 'affine'?"),
    ("affine/size", "pool/size", "there is no problem 'pool'; make its folder problems/pool"),
    ("default: week-1", "default: week-2", "default: found 'week-2'; wanted one of week-1"),
    ("default: week-1", "defaults: week-1", "unknown key 'defaults'; did you mean 'default'?"),
]


@pytest.mark.parametrize(("old", "new", "said"), COURSE_SLIPS)
def test_a_slip_in_course_yaml_names_its_place(root, old, new, said):
    path = root / "problems" / "course.yaml"
    path.write_text(tiny.COURSE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises((CourseError, ProblemError)) as caught:
        find_course(given=root, near=root).assignment()
    assert said in str(caught.value)


def test_two_parts_may_not_ask_for_one_function_name(root):
    problem_with(root, "output_size(I", "affine_backward(I")
    with pytest.raises(CourseError, match="both ask for a function 'affine_backward'"):
        find_course(given=root, near=root).assignment()


def test_without_a_course_the_error_says_where_it_was_looked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="name the course's folder with --course"):
        find_course(given=None, near=tmp_path)
    tiny.write_course(tmp_path / "week-1")
    with pytest.raises(UsageError, match="one in week-1: go there, or add  --course week-1"):
        find_course(given=None, near=tmp_path)


def test_an_unknown_assignment_is_told_with_those_that_there_are(root):
    with pytest.raises(UsageError, match=r"no assignment 'week-9'.* has week-1"):
        find_course(given=root, near=root).assignment("week-9")


HINTS = [
    (
        "hints: shap\n",
        "",
        "hints: expected one of shape, place, concept, found 'shap'; did you mean",
    ),
    (
        "",
        "    hints: plac\n",
        "assignments.week-1.hints: expected one of shape, place, concept, found",
    ),
    ("hint: shape\n", "", "unknown key 'hint'; did you mean 'hints'?"),
]


@pytest.mark.parametrize(("course", "assignment", "said"), HINTS)
def test_a_slip_in_hints_names_the_nearest_word(root, course, assignment, said):
    text = tiny.COURSE.replace("    title: Week 1\n", f"    title: Week 1\n{assignment}")
    (root / "problems" / "course.yaml").write_text(course + text, encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        find_course(given=root, near=root).assignment()
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("course", "assignment", "hints"),
    [
        ("", "", "concept"),
        ("hints: shape\n", "", "shape"),
        ("hints: shape\n", "    hints: place\n", "place"),
    ],
)
def test_an_assignment_says_of_hints_what_the_course_says_or_its_own(
    root, course, assignment, hints
):
    text = tiny.COURSE.replace("    title: Week 1\n", f"    title: Week 1\n{assignment}")
    (root / "problems" / "course.yaml").write_text(course + text, encoding="utf-8")
    found = find_course(given=root, near=root).assignment()
    assert {n.part.hints for n in found.numbered} == {hints}


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-20T23:59+01:00", "2026-11-20T22:59+00:00"),
        ("2026-11-20T23:59:30Z", "2026-11-20T23:59:30+00:00"),
        ("'2026-11-20 23:59-05:00'", "2026-11-21T04:59+00:00"),
    ],
)
def test_an_assignment_is_due_at_a_time_with_its_zone(root, written, moment):
    assert due(root, written) == datetime.fromisoformat(moment)


def test_a_day_alone_is_due_at_its_end(root):
    assert due(root, "2026-11-20") == datetime(2026, 11, 21).astimezone()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026-11-20T23:59", "found '2026-11-20T23:59', which says no time zone; wanted a day"),
        ("2026-11-31", "found '2026-11-31'; wanted a day, such as 2026-11-20, or a time, such"),
        ("soon", "found 'soon'; wanted a day"),
        ("20", "expected a text, found 20"),
    ],
)
def test_what_is_no_moment_is_told_with_what_is_wanted(root, written, said):
    with pytest.raises(CourseError) as caught:
        due(root, written)
    assert f"course.yaml: assignments.week-1.due: {said}" in str(caught.value)


def due(root, written):
    """When the assignment is due, as course.yaml says it."""
    file = root / "problems/course.yaml"
    file.write_text(file.read_text().replace("Week 1\n", f"Week 1\n    due: {written}\n"))
    return Course(root).assignment().due


def test_a_problem_by_itself_has_the_sheets_numbers_or_its_parts_names(root):
    """It does not depend on the rest of the course being whole."""
    course = find_course(given=root, near=root)
    numbers = [one.number for one in course.alone("affine").numbered]
    assert numbers == ["1.1", "1.2", "1.3a", "1.3b", "1.4"]
    broken = tiny.COURSE.replace("affine/size", "affine/sizes")
    (root / "problems/course.yaml").write_text(broken, encoding="utf-8")
    course = find_course(given=root, near=root)
    numbers = [one.number for one in course.alone("affine").numbered]
    assert numbers == ["backward", "size", "count", "claims", "why"]
