"""What is in a kit, what must not be, and that it is a course of its own."""

import re
import zipfile

import pytest
import yaml
from click.testing import CliRunner

from grader.cli import main
from grader.course import Course
from grader.errors import ProblemError
from grader.kit import make_kit
from tests.verify import courses


def kit_of(root, **edits):
    course = Course(courses.write(root, **edits))
    return make_kit(course, course.assignment(), cache=None)


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    return kit_of(tmp_path_factory.mktemp("course"))


def test_a_kit_holds_statements_starters_and_public_tests_and_no_solution(kit):
    assert list(kit.files) == [
        "README.md",
        "answers/affine.py",
        "answers/answers.yaml",
        "problems/affine/problem.yaml",
        "problems/course.yaml",
        "statements/affine.html",
        "statements/affine.md",
    ]


def test_public_tests_hold_what_is_expected_and_hidden_ones_are_counted(kit):
    part = yaml.safe_load(kit.files["problems/affine/problem.yaml"])["parts"]["backward"]
    assert part["public"][0]["expected"] == {
        "dx": [[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]],
        "dW": [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]],
    }
    assert part["hidden"] == 2


def test_the_readme_says_where_the_grader_comes_from(kit, tmp_path):
    assert "`pip install .` in its folder installs it" in kit.files["README.md"]
    root = courses.write(tmp_path)
    file = root / "problems/course.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"install: On the lab's $machines it is there.\n{text}", encoding="utf-8")
    course = Course(root)
    own = make_kit(course, course.assignment(), cache=None).files["README.md"]
    assert "nothing else.\nOn the lab's $machines it is there.\n\nHidden tests" in own


def test_a_line_as_the_readme_shows_it_is_an_answer(kit, tmp_path):
    for name, text in kit.files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (start,) = re.findall(r"`(Answer [^`]+:)`", kit.files["README.md"])
    (tmp_path / "answers" / "notes.md").write_text(f"{start} 5 + 2*P\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["check", "--course", str(tmp_path), str(tmp_path / "answers")])
    assert "read as  5 + 2·P" in done.output, done.output


def test_what_a_marker_looks_for_stays_behind(kit):
    assert not any("two affine layers make one" in text for text in kit.files.values())


def test_a_starter_says_which_shapes_are_wanted(kit):
    starter = kit.files["answers/affine.py"]
    compile(starter, "affine.py", "exec")
    assert "        W: an array of shape (D, M)\n" in starter
    assert "output_size" not in starter.split("# These may be functions")[0]


def test_the_template_has_a_key_for_all_that_is_typed(kit):
    keys = yaml.safe_load(kit.files["answers/answers.yaml"])
    assert keys == {
        "1.2": None,
        "1.3a": {"weights": None, "biases": None, "total": None},
        "1.3b": {"linear": None, "square": None},
        "1.4": None,
    }


def test_statements_are_pages_with_mathematics(kit):
    page = kit.files["statements/affine.html"]
    assert "<math" in page
    assert "<h2>1.1 The backward pass (4 marks)</h2>" in page


def test_the_same_course_gives_the_same_bytes(kit, tmp_path):
    assert kit_of(tmp_path).packed() == kit.packed()


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        ("Think of 98,304 numbers.", "98,304 is a hidden value of affine/count"),
        ("It is dy @ W.T, x.T @ dy.", "'dy@W.T,x.T@dy' is in the reference of affine/backward"),
    ],
)
def test_a_kit_that_gives_something_away_is_refused(tmp_path, slip, told):
    with pytest.raises(ProblemError, match="the kit would give something away, in ") as raised:
        kit_of(
            tmp_path,
            problem=[("statement: |\n", f"statement: |\n  {slip}\n")],
            solution=[("return 3 * 128, 128, 3 * 128 + 128", "return 98304, 128, 98432")],
        )
    assert told in str(raised.value)


def test_the_command_writes_an_archive_that_is_a_course(tmp_path):
    courses.write(tmp_path / "course")
    archive = tmp_path / "kit.zip"
    done = CliRunner().invoke(
        main, ["kit", "week-1", "-o", str(archive), "--course", str(tmp_path / "course")]
    )
    assert done.exit_code == 0, done.output
    assert done.output.startswith(f"{archive}: 7 files, ")
    zipfile.ZipFile(archive).extractall(tmp_path)
    assert Course(tmp_path / "week-1").assignment().title == "Week 1"


def test_an_archive_that_can_not_be_written_is_told_as_an_option(tmp_path):
    root, archive = courses.write(tmp_path), tmp_path / "nowhere/kit.zip"
    done = CliRunner().invoke(main, ["kit", "-o", str(archive), "--course", str(root)])
    assert done.exit_code == 2
    assert f"--output {archive}: can not be written: No such file or directory" in done.output
