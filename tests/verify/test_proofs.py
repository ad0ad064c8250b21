"""What a proof finds in a sound problem, and in one with each kind of flaw."""

import json
import signal

import pytest
from click.testing import CliRunner

from grader.authoring import Solution
from grader.cli import main
from grader.expected import OutOfTimeError, bounded
from grader.verify import CHECKS, Asked, prove
from grader.verify.mutants import mutants_of
from tests.verify import courses

NO_SEEDS = frozenset(CHECKS) - {"seeds"}


def proof_of(root, *, checks=NO_SEEDS, mutants=0, seeds=3, **edits):
    courses.write(root, **edits)
    files = [(root / "problems/affine/problem.yaml", root / "solutions/affine.py")]
    asked = Asked(checks=frozenset(checks), mutants=mutants, seeds=seeds)
    (proof,) = prove(files, asked, processes=1, progress=lambda _: None)
    return proof


def faults(proof):
    found = {}
    for part in proof.parts:
        for fault in part.faults:
            found.setdefault((part.name, fault.check), []).append(fault.sentence)
    return {place: "; ".join(sentences) for place, sentences in found.items()}


def test_a_sound_problem_is_proven(tmp_path):
    proof = proof_of(tmp_path, checks=CHECKS)
    assert faults(proof) == {}
    assert proof.is_proven
    backward, size, count, claims, _ = proof.parts
    assert [w.name for w in backward.wrongs if w.is_recognised] == ["mean over the batch"]
    assert backward.has_oracle
    assert backward.noise < 1e-14
    assert backward.decades > 6
    assert (backward.accepted, backward.accepted_of) == (2, 2)  # in float64 and in float32
    assert size.mutants.killed == size.mutants.possible > 5
    assert count.tests == 1
    assert claims.chance == pytest.approx(1 / 4)


def test_a_part_without_marks_is_proven_as_well(tmp_path):
    assert proof_of(tmp_path, problem=[("marks: 4", "marks: 0")]).is_proven


def test_a_reference_that_its_oracle_contradicts_is_told_not_raised(tmp_path):
    proof = proof_of(
        tmp_path, checks={"oracle"}, solution=[("return dy @ W.T,", "return 2 * dy @ W.T,")]
    )
    sentence = faults(proof)["backward", "broken"]
    assert "the reference's dx is" in sentence
    assert not proof.is_proven


def test_a_misconception_that_hardly_shows_asks_for_a_case(tmp_path):
    edit = ('"x.T @ dy / len(x)"', '"x.T @ dy * (1 + 1e-6)"')
    found = faults(proof_of(tmp_path, checks={"misconceptions"}, solution=[edit]))
    assert found["backward", "misconceptions"].startswith(
        "'mean over the batch' is wrong by 1.0e-06 at most, wanted 1e-03;"
        " add a case in which it shows more"
    )


@pytest.mark.parametrize(
    ("how", "made_by", "told"),
    [
        (
            '("- K + 1", "- K")',
            '"I - K + 2 * P + 1"',
            "'no plus one' does what the reference does; add a case that shows it",
        ),
        (
            '("- K + 1", "- K")',
            '"[][I]"',
            "'no plus one' raises IndexError in each case: list index out of range",
        ),
        (
            '("x.T @ dy", "x.T @ dy / len(x)")',
            '"dy"',
            "'mean over the batch' gives no dx[N,D], dW[D,M] in any case",
        ),
    ],
)
def test_a_misconception_that_is_none_is_told_once(tmp_path, how, made_by, told):
    checks = {"misconceptions", "margin", "seeds"}
    proof = proof_of(tmp_path, checks=checks, solution=[(how, made_by)])
    assert list(faults(proof).values()) == [told]


def test_two_misconceptions_that_are_one_are_told(tmp_path):
    twice = """size.wrong("again", ("- K + 1", "- K")).say("The same.")\n\n\n@count.reference"""
    found = faults(
        proof_of(tmp_path, checks={"misconceptions"}, solution=[("@count.reference", twice)])
    )
    assert found["size", "misconceptions"] == "'again' is taken for 'no plus one'"


def test_a_test_that_only_mutants_fail_is_noted(tmp_path):
    """With a batch of one, the mean over the batch is the sum."""
    proof = proof_of(tmp_path, checks={"tests"})
    assert faults(proof) == {}
    (note,) = proof.parts[0].findings
    assert note.sentence == (
        "no misconception fails the test 'a batch of one', and small changes of the reference do"
    )


def test_a_test_that_nothing_fails_is_told(tmp_path):
    plain = ("    return I + 2 * P - K + 1\n", "    return I\n")
    none = (
        'size.wrong("no plus one", ("- K + 1", "- K")).say("Count positions, not steps.")',
        "",
    )
    found = faults(proof_of(tmp_path, checks={"tests"}, solution=[plain, none]))
    assert found["size", "tests"] == "no misconception fails the test 'random sizes'"


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (
            "Return $dL/dx$: dy @ W.T, x.T @ dy",
            "'dy@W.T,x.T@dy' is in the reference of affine/backward",
        ),
        (
            "Its size is $s = I + 2P - K + 1$",
            "'s = I + 2P - K + 1' is the reference of affine/size",
        ),
        ("The first is $dy W^T$", "'dy W^T' is the reference of affine/backward"),
        ("The pair has 98,304 weights", "98,304 is a hidden value of affine/count"),
    ],
)
def test_what_a_statement_gives_away_is_told(tmp_path, where, told):
    proof = proof_of(
        tmp_path,
        checks={"leaks"},
        problem=[("statement: |\n", f"statement: |\n  {where}\n")],
        solution=[("return 3 * 128, 128, 3 * 128 + 128", "return 98304, 128, 98432")],
    )
    assert any(told in sentence for sentence in faults(proof).values())


def test_a_constant_that_earns_marks_is_told(tmp_path):
    edit = (
        "@backward.oracle\n",
        "@backward.valid\ndef anything(dy, x, W, answer):\n    return True\n\n\n@backward.oracle\n",
    )
    found = faults(proof_of(tmp_path, checks={"trivial"}, solution=[edit]))
    assert "earn" in found["backward", "trivial"]


def test_a_validator_that_fails_is_told_with_its_line(tmp_path):
    edit = (
        "@backward.oracle\n",
        "backward.valid(lambda dy, x, W, answer: answer['dz'])\n\n\n@backward.oracle\n",
    )
    proof = proof_of(tmp_path, checks={"trivial"}, solution=[edit])
    told = faults(proof)["backward", "broken"]
    assert told.endswith("affine.py: line 15: affine/backward: the validator raised KeyError: 'dz'")


def test_a_right_answer_that_loses_marks_is_told(tmp_path):
    other = """@backward.accept("by hand")\ndef by_hand(dy, x, W):\n    return dy @ W.T, x.T @ dy * (1 + 1e-7)\n\n\n@size.reference"""
    found = faults(proof_of(tmp_path, checks={"accepted"}, solution=[("@size.reference", other)]))
    assert found["backward", "accepted"].startswith("'by hand' earns ")


def test_what_fails_on_other_draws_alone_is_told_with_their_seeds(tmp_path):
    rare = """@size.accept("rarely wrong")\ndef rarely(I, K, P):\n    return I + 2 * P - K + 1 + (I == K + 1)\n\n\n@size.reference"""
    found = faults(
        proof_of(tmp_path, checks={"seeds"}, seeds=8, solution=[("@size.reference", rare)])
    )
    assert "(seeds " in found["size", "seeds"]


def test_a_heading_that_says_what_a_good_text_says_is_a_leak(tmp_path):
    rubric = 'solution["why"].rubric("Two affine layers in a row are one affine layer, whatever they learn.")'
    told = (
        "rubric: [two affine layers make one]",
        "rubric: ['two affine layers, in a row: what are they?']",
    )
    private = ("@count.reference", f"{rubric}\n\n\n@count.reference")
    sound = proof_of(tmp_path / "sound", checks={"leaks"}, solution=[private])
    assert sound.is_proven
    leaking = proof_of(tmp_path / "leaking", checks={"leaks"}, solution=[private], problem=[told])
    assert faults(leaking) == {
        (
            "why",
            "leaks",
        ): "in the statement: “two affine layers in a row” is what a good text of affine/why says"
    }


def test_a_fault_that_only_its_numbers_tell_apart_is_told_once(tmp_path):
    edit = ('"x.T @ dy / len(x)"', '"x.T @ dy * (1 + 1e-6 * x[0, 0] ** 2)"')
    proof = proof_of(tmp_path, checks={"seeds"}, seeds=4, solution=[edit])
    near, unknown = (finding.sentence for finding in proof.parts[0].faults)
    assert near.startswith("'mean over the batch' is wrong by ")
    assert near.endswith("(seeds 1, 2, 3)")
    assert unknown == "'mean over the batch' is not recognised (seeds 1, 2, 3)"


def test_the_oracle_is_asked_on_further_draws(tmp_path):
    """Reference and oracle part for a rare input, which the first draw does not have."""
    rare = ("return dy @ W.T, x.T @ dy", "return dy @ W.T, x.T @ dy + (x[0, 0] > 2)")
    first = proof_of(tmp_path / "first", checks={"oracle"}, solution=[rare])
    assert first.is_proven
    found = faults(proof_of(tmp_path / "more", checks={"seeds"}, seeds=20, solution=[rare]))
    assert "the oracle's" in found["backward", "seeds"]
    assert "(seeds " in found["backward", "seeds"]


# --- mutants ------------------------------------------------------------------------------------


def declared(reference):
    """A part with this reference."""
    part = Solution("any")["part"]
    part.reference(reference)
    return part


def f(x, axis):
    """A function to change."""
    total = 0
    for number in range(axis):
        total += x.sum(0) / 2 if number > 1 else -x.T
    return total


def test_mutants_are_small_changes_with_their_names():
    changes = {mutant.change for mutant in mutants_of(declared(f))}
    assert {
        "number > 1 → number >= 1",
        "x.sum(0) → x.sum(1)",
        "x.sum(0) → x.mean(0)",
        "-x.T → x.T",
        "-x.T → -x",
        "range(axis) → range(axis - 1)",
        "total += x.sum(0) / 2 if number > 1 else -x.T → (nothing)",
    } <= changes


def twice(x):
    return 2 * x


SLOPES = {
    "line": (twice, lambda x: x - 1),
}


def of_table(x, kind):
    f, slope = SLOPES[kind]
    return [f(y) + slope(y) for y in x]


def test_what_a_reference_calls_is_changed_as_well_also_in_a_table():
    found = {m.change: m.function([1, 5], "line") for m in mutants_of(declared(of_table))}
    assert of_table([1, 5], "line") == [2, 14]
    assert found["SLOPES: 2 * x → 2 / x"] == [2 + 0, 2 / 5 + 4]
    assert found["SLOPES: x - 1 → x + 1"] == [2 + 2, 10 + 6]
    assert found["f(y) + slope(y) → f(y) - slope(y)"] == [2, 6]
    assert of_table([1, 5], "line") == [2, 14], "the table itself is as it was"


def test_a_special_case_has_the_mutants_of_the_general_part():
    special = declared(of_table).solution["special"]
    special.special_case(special.solution["part"], kind="line")
    found = {m.change: m.function(x=[1, 5]) for m in mutants_of(special)}
    assert found["SLOPES: 2 * x → x"] == [1 + 0, 5 + 4]


def test_what_is_the_reference_of_another_part_is_changed_there_alone():
    part = declared(of_table)
    part.solution["twice"].reference(twice)
    changes = {mutant.change for mutant in mutants_of(part)}
    assert "SLOPES: x - 1 → x + 1" in changes
    assert not any("2 * x" in change for change in changes)


def test_a_mutant_that_never_ends_is_ended():
    with pytest.raises(OutOfTimeError), bounded(0.1):
        run_for_ever()


def test_a_timer_of_somebody_else_goes_on_after_a_mutant():
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    own = signal.setitimer(signal.ITIMER_REAL, 1000)
    try:
        with bounded(1):
            pass
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 1000
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *own)


def run_for_ever():
    while True:
        pass


def test_a_mutant_that_no_test_notices_is_shown_ready_to_be_listed(tmp_path):
    slack = (
        "    return I + 2 * P - K + 1\n\n\nsize.test",
        "    return max(I + 2 * P - K + 1, 0)\n\n\nsize.test",
    )
    proof = proof_of(tmp_path / "open", checks={"mutants"}, solution=[slack])
    alive = proof.parts[1].mutants.alive
    assert any(
        "part.equivalent('max(I + 2 * P - K + 1, 0) → max(I + 2 * P - K + 1, 1)'" in a
        for a in alive
    )
    listed = (
        "size.test(",
        'size.equivalent(*("max(I + 2 * P - K + 1, 0) → max(I + 2 * P - K + 1, n)".replace("n)", d + ")") for d in ("1", "-1")), because="A kernel fits.")\n\nsize.test(',
    )
    proof = proof_of(tmp_path / "listed", checks={"mutants"}, solution=[slack, listed])
    assert proof.parts[1].mutants.equivalent == 2


def test_a_listed_change_that_nobody_makes_is_told(tmp_path):
    listed = ("size.test(", 'size.equivalent("I → J", because="?")\n\nsize.test(')
    found = faults(proof_of(tmp_path, checks={"mutants"}, solution=[listed]))
    assert (
        found["size", "mutants"]
        == "'I → J' is listed as equivalent, and is no mutant of the reference"
    )


# --- the command --------------------------------------------------------------------------------


def verify(root, *arguments):
    return CliRunner().invoke(
        main, ["problems", "verify", "-j", "1", "--course", str(root), *arguments]
    )


def test_the_command_prints_a_table_and_ends_with_0(tmp_path):
    courses.write(tmp_path)
    done = verify(tmp_path, "--seeds", "2")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0].startswith("An affine layer · affine · ")
    assert lines[1].split() == [
        "oracle",
        "noise",
        "allowed",
        "nearest",
        "known",
        "right",
        "mutants",
        "chance",
    ]
    assert lines[2].split()[:2] == ["✓", "backward"]
    assert "Misconceptions  3 of 3 recognised as themselves" in lines
    assert lines[-1] == "1 of 1 problems are proven"


def test_the_command_ends_with_3_for_a_broken_problem(tmp_path):
    courses.write(tmp_path, solution=[("return dy @ W.T,", "return 2 * dy @ W.T,")])
    done = verify(tmp_path, "--only", "oracle")
    assert done.exit_code == 3
    assert "✗ backward: broken: " in done.output
    assert "✓ backward" not in done.output
    assert done.output.splitlines()[-1] == "0 of 1 problems are proven; not proven: affine"


def test_a_broken_part_has_no_line_in_the_table_and_a_faulty_one_a_cross(tmp_path):
    leaking = ("title: Claims", "title: It is dy @ W.T, x.T @ dy")
    key = ('claims.true("linear", lambda: True)', 'claims.true("linear", lambda: False)')
    courses.write(tmp_path / "broken", solution=[key])
    lines = verify(tmp_path / "broken", "--only", "leaks").output.splitlines()
    assert "  ✓ why       a text, which a person marks" in lines
    (told,) = (line for line in lines if "claims" in line)
    assert told.startswith("    ✗ claims: broken: ")
    courses.write(tmp_path / "leaking", problem=[leaking])
    lines = verify(tmp_path / "leaking", "--only", "leaks").output.splitlines()
    assert "  ✗ claims    claims; guessing earns 25%" in lines


@pytest.mark.parametrize("name", ["problems/affine/problem.yaml", "solutions/affine.py"])
def test_a_file_that_can_not_be_read_is_told_under_the_slug(tmp_path, name):
    courses.write(tmp_path)
    file = tmp_path / name
    file.write_bytes(file.read_bytes() + "# Größe\n".encode("latin-1"))
    done = verify(tmp_path)
    assert done.exit_code == 3
    heading, told, *_ = done.output.splitlines()
    assert heading.startswith("affine · ")
    assert told.startswith(f"    ✗ broken: {file}: ")


def test_the_command_gives_json(tmp_path):
    courses.write(tmp_path)
    done = verify(tmp_path, "affine", "--only", "misconceptions", "--json")
    (found,) = json.loads(done.output, parse_constant=pytest.fail)
    assert found["slug"] == "affine"
    assert found["parts"][0]["wrongs"][0]["recognised_as"] == "mean over the batch"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing"], "there is no problem 'nothing'; the course has affine"),
        (["--only", "spelling"], "there is no check 'spelling'; wanted one of oracle, "),
        (["--mutants", "many"], "--mutants: found 'many'; wanted a number from 1, 'all' or 'none'"),
        (["--mutants", "0"], "--mutants: found '0'; wanted a number from 1, 'all' or 'none'"),
        (["--mutants", "²"], "--mutants: found '²'; wanted a number from 1, 'all' or 'none'"),
        (["--seeds", "0"], "Invalid value for '--seeds': 0 is not in the range x>=1."),
    ],
)
def test_a_slip_on_the_command_line_is_told(tmp_path, arguments, told):
    courses.write(tmp_path)
    done = verify(tmp_path, *arguments)
    assert done.exit_code == 2
    assert told in done.output
