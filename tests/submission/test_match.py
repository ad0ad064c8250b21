"""Which answer belongs to which part; where two claim one part, neither is chosen for its marks."""

import pytest

from grader.course import find_course
from grader.student.definitions import ASSIGNED, HIDDEN, METHOD, PLAIN, STARTER
from grader.student.wire import Found, Index, Place, Source
from grader.submission import match_answers, unread_files
from tests import tiny


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    root = tiny.write_course(tmp_path_factory.mktemp("course"))
    return find_course(given=root, near=root).assignment()


def typed(*key, text="1", line=1):
    return Found(kind="text", key=key, text=text, place=Place(file="answers.yaml", line=line))


def function(name, file, line=1, **more):
    return Found(kind="function", key=(name,), place=Place(file=file, line=line), **more)


def matched(assignment, *found):
    return match_answers(Index(found=found), assignment)


KEYS = [
    (("1.2",), "affine/size", ""),
    (("1.2.",), "affine/size", ""),
    (("affine/size",), "affine/size", ""),
    (("affine", "size"), "affine/size", ""),
    (("1.3a", "total"), "affine/count", "total"),
    (("1.3", "count", "total"), "affine/count", "total"),
    (("1.3", "a", "total"), "affine/count", "total"),
    (("1.3", "total"), "affine/count", "total"),
    (("1.3B", "linear"), "affine/claims", "linear"),
    (("affine", "claims", "linear"), "affine/claims", "linear"),
]


@pytest.mark.parametrize(("key", "part", "label"), KEYS)
def test_a_key_names_its_part_by_number_or_by_slug(assignment, key, part, label):
    matching = matched(assignment, typed(*key))
    assert matching.notes == ()
    assert [f.label for f in matching.matches[part].fields] == [label]


def test_a_key_that_names_nothing_is_noted_with_the_nearest_right_one(assignment):
    notes = matched(assignment, typed("affine/sise", line=7), typed("1.3", line=9)).notes
    assert notes == (
        "answers.yaml line 7: the key 'affine/sise' names no part; did you mean 'affine/size'?",
        "answers.yaml line 9: the key '1.3' names no part; below it, name one of count, claims",
    )


def test_keys_that_name_nothing_are_noted_in_bounds(assignment):
    """Thousands of keys, or a key of a page, are no more than somebody reads."""
    notes = matched(assignment, *(typed(f"{n}-{'x' * 999}") for n in range(5000))).notes
    assert len(notes) == 51
    assert notes[-1] == "4,950 more keys name no part"
    assert max(map(len, notes)) < 300


def test_an_empty_answer_is_no_answer(assignment):
    for text in ("", "  ", "~"):
        assert matched(assignment, typed("1.2", text=text)).matches["affine/size"].is_missing


def test_the_file_named_after_the_problem_comes_first(assignment):
    matching = matched(
        assignment,
        function("output_size", "old.py"),
        function("output_size", "affine.py", line=5),
        typed("1.2"),
    )
    match = matching.matches["affine/size"]
    assert match.function == Place(file="affine.py", line=5)
    assert not match.fields


def test_then_comes_answers_yaml(assignment):
    matching = matched(assignment, function("output_size", "old.py"), typed("1.2"))
    assert matching.matches["affine/size"].function is None
    assert len(matching.matches["affine/size"].fields) == 1


def test_two_other_files_are_ambiguous_and_both_are_named(assignment):
    matching = matched(
        assignment, function("output_size", "a.py", 3), function("output_size", "b.py", 4)
    )
    assert matching.matches["affine/size"].doubt == (
        "output_size is defined in a.py line 3 and b.py line 4; keep one, or name the file affine.py"
    )


def test_equal_definitions_in_two_files_are_one(assignment):
    copies = [function("output_size", file, text="the same") for file in ("a.ipynb", "a.py")]
    assert matched(assignment, *copies).matches["affine/size"].function == Place(
        file="a.ipynb", line=1
    )


@pytest.mark.parametrize("rank", [ASSIGNED, METHOD, STARTER, HIDDEN])
def test_the_plainest_definition_counts(assignment, rank):
    matching = matched(
        assignment,
        function("output_size", "a.py", trust=rank),
        function("output_size", "b.py", 4, trust=PLAIN),
    )
    assert matching.matches["affine/size"].function == Place(file="b.py", line=4)


def test_the_starter_hides_no_other_answer_and_is_remarked_on(assignment):
    starter = function("output_size", "affine.py", 7, trust=STARTER)
    assert matched(assignment, starter).matches["affine/size"].function == starter.place
    assert matched(assignment, starter, typed("1.2")).matches["affine/size"].function is None
    match = matched(assignment, starter, function("output_size", "hw.py")).matches["affine/size"]
    assert match.remarks == (
        "affine.py line 7 still has the starter's output_size; it was passed over",
    )


@pytest.mark.parametrize(
    ("name", "more", "note"),
    [
        ("outputSize", {}, "a.py line 3 defines outputSize, which no part asks for; did you mean"),
        ("output_size_2", {}, "a.py line 3 defines output_size_2, which no part asks for; did"),
        ("outptu_size", {}, "a.py line 3 defines outptu_size, which no part asks for; did you"),
        (
            "output_size",
            {"trust": HIDDEN, "text": "main"},
            "defines output_size inside main, where",
        ),
    ],
)
def test_what_may_be_meant_is_asked(assignment, name, more, note):
    match = matched(assignment, function(name, "a.py", 3, **more)).matches["affine/size"]
    assert match.is_missing
    assert note in match.remarks[0]


def test_one_part_typed_twice_is_ambiguous(assignment):
    matching = matched(assignment, typed("1.2", line=1), typed("affine/size", line=8))
    assert matching.matches["affine/size"].doubt == (
        "this part is answered at answers.yaml line 1 and at answers.yaml line 8; keep one"
    )


def test_the_last_definition_in_a_file_counts_as_in_python(assignment):
    matching = matched(
        assignment, function("output_size", "hw.py", 3), function("output_size", "hw.py", 9)
    )
    match = matching.matches["affine/size"]
    assert match.function == Place(file="hw.py", line=9)
    assert match.remarks == (
        "output_size is also defined on line 3; Python uses the last definition",
    )


def test_what_is_not_there_is_missing(assignment):
    assert all(match.is_missing for match in matched(assignment).matches.values())


def test_a_function_whose_name_is_nearly_right_is_named(assignment):
    found = function("affine_backwards", "hw.py", line=3)
    match = matched(assignment, found).matches["affine/backward"]
    assert match.is_missing
    assert match.remarks == (
        "hw.py line 3 defines affine_backwards, which no part asks for; did you mean "
        "affine_backward?",
    )


def test_a_decimal_comma_in_braces_cuts_no_answer_in_two(assignment):
    """YAML reads {weights: 0,5} as 0 and an empty 5: neither was meant."""
    found = typed("1.3a", "weights", text="0"), typed("1.3a", "5", text="", line=4)
    match = matched(assignment, *found).matches["affine/count"]
    assert match.doubt.startswith("answers.yaml line 4: the comma before '5' ends the answer")


def test_an_empty_item_of_a_list_is_no_answer(assignment):
    found = typed("1.3a", "0", text="384"), typed("1.3a", "1", text="")
    match = matched(assignment, *found).matches["affine/count"]
    assert (match.doubt, [f.label for f in match.fields]) == ("", ["0"])


def test_answers_in_a_file_of_another_name_are_noted():
    names = "answers.yaml", "sub/ANSWERS.YML", "hw1.yaml", "hw.py"
    sources = [Source(path=name, data=b"") for name in (*names, "answers (1).yaml")]
    read = Found(kind="text", key=("1.2",), place=Place(file="answers (1).yaml"))
    assert unread_files(sources, Index(found=(read,))) == (
        "hw1.yaml was not read: typed answers are looked for in answers.yaml",
    )
