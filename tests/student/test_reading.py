"""What a submission's files hold, as found by reading alone."""

import pytest

from grader.student.definitions import ASSIGNED, HIDDEN, METHOD, PLAIN, STARTER
from grader.student.reading import read_submission
from grader.student.wire import Found, Index, Source


def index(path: str, text: str | bytes) -> Index:
    data = text if isinstance(text, bytes) else text.encode()
    return read_submission((Source(path=path, data=data),))


def typed(text: str) -> list[tuple[tuple[str, ...], str]]:
    found = index("answers.yaml", text)
    assert found.unread == ()
    return [(one.key, one.text) for one in found.found]


def names(text: str) -> dict[str, int]:
    found = index("a.py", text).found
    reachable = (one for one in found if one.trust not in (METHOD, HIDDEN))
    return {one.key[0]: one.place.line for one in reachable}


def refusal(path: str, text: str | bytes) -> str:
    found = index(path, text)
    assert len(found.unread) == 1
    return found.unread[0].message


# --- Python -------------------------------------------------------------------------------------


def test_definitions_are_found_with_their_lines() -> None:
    assert names("import math\n\ndef f(x):\n    return x\n\ng = lambda x: x\nh = g\n") == {
        "f": 3,
        "g": 6,
        "h": 7,
    }


def test_classes_are_found_because_a_call_may_need_them() -> None:
    assert names("class Net:\n    def forward(self): pass\n") == {"Net": 1}


def test_definitions_inside_top_level_blocks_are_found() -> None:
    text = (
        "try:\n    import torch\nexcept ImportError:\n    def f(): pass\nif 1:\n    def g(): pass\n"
    )
    assert names(text) == {"f": 4, "g": 6}


def test_what_runs_only_as_a_script_is_no_definition() -> None:
    assert names("if __name__ == '__main__':\n    def f(): pass\n") == {}


def test_the_last_of_two_definitions_counts_as_in_python() -> None:
    assert names("def f(): pass\ndef f(x): pass\n") == {"f": 2}


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("def f(x): return x", PLAIN),
        ("f = lambda x: x", PLAIN),
        ("f = g", ASSIGNED),
        ("f, g = make(), make()", ASSIGNED),
        ("f = a if b else c", ASSIGNED),
        ("f = table['f']", ASSIGNED),
        ("class A:\n    def f(self): pass", METHOD),
        ("def f(x):\n    'Says what.'\n    raise NotImplementedError('later')", STARTER),
        ("def f(x):\n    y, z = None, None\n    pass\n    return y, z", STARTER),
        ("def f(x):\n    ...", STARTER),
        ("def f(x):\n    return None", PLAIN),
        ("def f(x):\n    y = None\n    return x", PLAIN),
        ("def f(x):\n    raise ValueError", PLAIN),
        ("def g():\n    def f(x): return x", HIDDEN),
        ("if __name__ == '__main__':\n    def f(x): return x", HIDDEN),
        ("def f(x): return x\nf = f(3)", PLAIN),
        ("def f(x): return x\nf = timed(f)", PLAIN),
        ("def f(x): return x\ndef f(x): pass", PLAIN),
    ],
)
def test_it_is_told_how_plainly_a_name_is_defined(text: str, rank: int) -> None:
    assert min(one.trust for one in index("a.py", text).found if one.key == ("f",)) == rank


def test_nothing_is_executed() -> None:
    assert names("raise SystemExit\ndef f(): pass\n") == {"f": 2}


def test_a_syntax_error_is_named_with_line_and_source() -> None:
    message = refusal("a.py", "x = 1\ndef f(:\n")
    assert message.startswith("line 2: can not be read as Python 3: invalid syntax in `def f(:`")


def test_python_2_is_recognised() -> None:
    assert refusal("a.py", "print 'hello'\n").endswith("this looks like Python 2")


def test_a_file_that_is_not_utf8_names_the_line() -> None:
    message = refusal("a.py", b"x = 1\ny = '\xe4'\n")
    assert message == "line 2: is not UTF-8 text here; save the file as UTF-8"


def test_a_byte_order_mark_is_no_trouble() -> None:
    assert [f.key for f in index("a.py", b"\xef\xbb\xbfdef f(): pass\n").found] == [("f",)]


@pytest.mark.parametrize("text", ["(" * 500, "x\x00y", "-" * 100_000 + "1", "a" + ".b" * 100_000])
def test_source_that_breaks_parsers_is_unread_or_read(text: str) -> None:
    found = index("a.py", text)
    assert len(found.unread) <= 1
    assert found.found == ()


def test_a_giant_file_is_refused() -> None:
    assert "2 MiB" in refusal("a.py", "#" * (2 * 2**20 + 1))


def test_other_files_are_passed_over() -> None:
    assert index("notes.md", b"\xff") == Index()
    assert index("config.yaml", "a: 1") == Index()


# --- typed answers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["2.10", "no", "1e6", "1,234", "0x10", "~", "1:30", "2020-01-01", "3*9+3", "-1", ".5"]
)
def test_a_value_is_the_text_that_was_typed(text: str) -> None:
    assert typed(f"5.1: {text}\n") == [(("5.1",), text)]


def test_a_key_is_the_text_that_was_typed() -> None:
    assert typed("5.10: a\nno: b\n1e3: c\n") == [(("5.10",), "a"), (("no",), "b"), (("1e3",), "c")]


def test_quotes_and_blocks_give_their_content() -> None:
    text = "a: 'W: x'\nb: \"x\\ny\"\nc: |\n  first\n  second\nd: >-\n  folded\n  text\n"
    assert [t for _, t in typed(text)] == ["W: x", "x\ny", "first\nsecond", "folded text"]


def test_mappings_and_lists_give_longer_paths() -> None:
    text = "'5.1':\n  total: 542\n  parts: [1, {b: 2}]\n"
    assert typed(text) == [
        (("5.1", "total"), "542"),
        (("5.1", "parts", "0"), "1"),
        (("5.1", "parts", "1", "b"), "2"),
    ]


def test_a_key_typed_twice_is_found_twice() -> None:
    assert typed("a: 1\na: 2\n") == [(("a",), "1"), (("a",), "2")]


def test_an_empty_value_is_found_as_empty_text() -> None:
    assert typed("a:\nb: ''\n") == [(("a",), ""), (("b",), "")]


def test_places_are_kept() -> None:
    (one,) = index("sub/Answers.yml", "\n  a:  12\n").found
    assert isinstance(one, Found)
    assert (one.place.file, one.place.line, one.place.column) == ("sub/Answers.yml", 2, 7)


def test_an_empty_file_holds_nothing() -> None:
    assert typed("") == []
    assert typed("# only a comment\n") == []


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: *x\n", 2, "`*x` refers to another place"),
        ("a: &x 1\n", 1, "`&x` names a place"),
        ("a: !!python/object:os.system x\n", 1, "`!` gives a type"),
        ("a: b: c\n", 1, "mapping values are not allowed here"),
        ("- 1\n- 2\n", 1, "found a list"),
        ("just words\n", 1, "found plain text"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("? [a]\n: 1\n", 1, "stands where a key should"),
        ("a: [1, 2\n", 2, "expected ',' or ']'"),
        ("1.3:\n\tfirst: 3\n", 2, "; write spaces in place of the tab"),
    ],
)
def test_what_can_not_be_read_names_line_and_remedy(text: str, line: int, said: str) -> None:
    message = refusal("answers.yaml", text)
    assert message.startswith(f"line {line}: ")
    assert said in message


def test_answers_before_a_mistake_are_still_read() -> None:
    found = index("answers.yaml", "a: 1\nb: *x\n")
    assert [one.text for one in found.found] == ["1"]


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 20_000,
        "a: " + "{x: " * 5_000,
        "".join(f"k{n}: v\n" for n in range(20_000)),
        "a: &a [x, x]\nb: &b [*a, *a]\n",
        "x" * 600_000,
    ],
    ids=["deep lists", "deep mappings", "many keys", "laughs", "long"],
)
def test_bombs_are_refused(text: str) -> None:
    found = index("answers.yaml", text)
    assert len(found.unread) == 1
    assert len(found.found) <= 5_000


def test_typed_answers_that_are_not_utf8_name_the_line() -> None:
    assert refusal("answers.yaml", b"a: 1\nb: \xe4\n").startswith("line 2: is not UTF-8")
