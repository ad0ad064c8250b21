"""What an author does before proving a problem: begin one, look at it, try an answer."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli import main
from tests import tiny
from tests.verify import courses


def problems(root, *arguments):
    return CliRunner().invoke(main, ["problems", *map(str, arguments), "--course", str(root)])


@pytest.mark.parametrize("kind", ["formula", "number", "claims", "text"])
def test_a_new_problem_can_be_proven_as_it_is_written(tmp_path, kind):
    """A function's oracle is autograd, which the bank proves; the others need no torch."""
    tiny.write_course(tmp_path)
    done = problems(tmp_path, "new", "my-own", "--kind", kind)
    assert done.exit_code == 0, done.output
    told = done.output.splitlines()[-1]
    assert told.startswith("then: list my-own/")
    assert told.endswith(f" under its number in {tmp_path / 'problems/course.yaml'}")
    done = problems(tmp_path, "verify", "my-own", "-j", 1, "--seeds", 2, "--mutants", "all")
    assert done.output.splitlines()[-1] == "1 of 1 problems are proven"


def test_a_course_begins_with_its_first_problem(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["problems", "new", "my-own", "--kind", "number"])
    assert done.exit_code == 2
    assert done.output.endswith("; to begin a course here, add  --course .\n")
    done = problems(Path(), "new", "my-own", "--kind", "number")
    assert done.output.splitlines() == [
        "problems/course.yaml",
        "problems/my-own/problem.yaml",
        "solutions/my_own.py",
        "next: edit them, then  grade problems verify my-own",
    ]
    tiny.hand_in(tmp_path, "dana", answers="1.1: 20*30 + 30\n")
    done = CliRunner().invoke(main, ["submissions/dana", "--walls", "none"])
    assert "  1.1  Parameters  1 of 1  passed" in done.output


def test_a_folder_with_problems_and_no_course_is_left_alone(tmp_path):
    (tmp_path / "problems").mkdir()
    done = problems(tmp_path, "new", "my-own")
    assert done.exit_code == 2
    assert "there is no such file as problems/course.yaml in it" in done.output
    assert not list((tmp_path / "problems").iterdir())


def test_a_problem_that_is_there_is_not_written_over(tmp_path):
    tiny.write_course(tmp_path)
    done = problems(tmp_path, "new", "affine")
    assert done.exit_code == 2
    assert "there is such a file already; choose another slug" in done.output


def test_a_name_that_is_no_slug_is_refused_before_anything_is_written(tmp_path):
    tiny.write_course(tmp_path)
    done = problems(tmp_path, "new", "My_Own")
    assert done.exit_code == 2
    assert "'My_Own' is no slug; use small letters, digits and '-'" in done.output
    assert not (tmp_path / "problems/My_Own").exists()


def test_a_problem_that_is_not_there_is_told_with_the_nearest_one(tmp_path):
    tiny.write_course(tmp_path)
    done = problems(tmp_path, "verify", "afine")
    assert done.exit_code == 2
    assert "there is no problem 'afine'; did you mean 'affine'?" in done.output


def test_a_solution_without_a_problem_is_told_and_other_code_is_not(tmp_path):
    courses.write(tmp_path)
    solution = tmp_path / "solutions/affine.py"
    (tmp_path / "solutions/shared.py").write_text("GAPS = 'Count the gaps.'\n")
    (tmp_path / "solutions/afine.py").write_bytes(solution.read_bytes())
    done = problems(tmp_path, "verify", "--only", "oracle", "-j", 1)
    assert done.exit_code == 3
    assert "afine.py: there is no problems/afine/problem.yaml for it; did you mean 'affine'?" in (
        done.output
    )
    (tmp_path / "solutions/afine.py").unlink()
    done = problems(tmp_path, "verify", "--only", "oracle", "-j", 1)
    assert done.exit_code == 0, done.output


def test_problems_are_listed_with_parts_and_marks(tmp_path):
    tiny.write_course(tmp_path)
    done = problems(tmp_path, "list")
    assert done.output == "affine  5 parts   12 marks  An affine layer  (backprop)\n"


def test_a_problem_is_shown_with_what_its_tests_do(tmp_path):
    courses.write(tmp_path)
    done = problems(tmp_path, "show", "affine")
    assert "## 1.1 The backward pass (4 marks)" in done.output
    assert "  public  two examples: 1 case, 1.00 marks" in done.output
    assert "  hidden  a batch of one: 3 cases, 2.00 marks" in done.output
    assert "  knows   no plus one: Count positions, not steps." in done.output
    assert "  true    linear: Scale x and look at y." in done.output
    assert "  false   square: Features in" in done.output


def test_an_author_sees_hidden_values_when_trying_an_answer(tmp_path):
    courses.write(tmp_path)
    wrong = tiny.RIGHT_FUNCTIONS.replace("x, dy)", "x, dy) / len(x)")
    folder = tiny.hand_in(tmp_path, "author", affine=wrong)
    done = problems(tmp_path, "try", "affine", folder / "affine.py")
    assert done.exit_code == 1
    assert "backward  3.00 of 4.00" in done.output
    assert "dW [mean over the batch]: The loss is a sum here" in done.output
    assert "expected" in done.output


def test_an_answer_is_tried_under_the_number_that_the_sheet_gives_its_part(tmp_path):
    courses.write(tmp_path)
    folder = tiny.hand_in(tmp_path, "author", answers="1.2: I + 2P - K + 1\n")
    done = problems(tmp_path, "try", "affine", folder)
    assert "size  2.00 of 2.00" in done.output


def test_an_output_that_its_sentence_names_is_named_once(tmp_path):
    courses.write(tmp_path)
    answers = "1.3a: {weights: 3*128, biases: 127, total: 512}\n"
    done = problems(tmp_path, "try", "affine", tiny.hand_in(tmp_path, "author", answers=answers))
    assert "    biases: this is not the right value" in done.output.splitlines()
