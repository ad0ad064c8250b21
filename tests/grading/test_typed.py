"""Typed answers: formulas, numbers, claims, picks and texts."""

from fractions import Fraction

import pytest

from grader.cli.exits import Exit, exit_code
from grader.model import Verdict

# --- formulas -----------------------------------------------------------------------------------


def test_a_formula_is_shown_as_it_was_read(desk):
    part = desk.part("1.2", answers="1.2: I + 2P - K + 1\n")
    assert (part.verdict, part.marks) == (Verdict.PASSED, 2)
    (reading,) = part.readings
    assert (reading.typed, str(reading.place)) == ("I + 2P - K + 1", "answers.yaml line 1")
    assert reading.read_as
    assert reading.mathml.startswith("<math")


def test_a_formula_that_lacks_an_input_is_told_which(desk):
    part = desk.part("1.2", answers="1.2: I - K + 1\n")
    assert part.marks == 0
    assert part.sentence == "your formula does not depend on P, and the answer does"


def test_a_formula_that_one_edit_would_mend_is_told_the_kind_of_edit(desk):
    part = desk.part("1.2", answers="1.2: I - 2P - K + 1\n")
    hints = [output.diagnosis.hint for test in part.tests for output in test.outputs]
    assert hints == ["what it needs is one edit: one sign"]


def test_sides_of_a_chain_that_differ_are_named_and_the_last_one_counts(desk):
    right_last = desk.part("1.2", answers="1.2: I + P - K = I + 2P - K + 1\n")
    assert right_last.marks == 2
    wrong_last = desk.part("1.2", answers="1.2: I + 2P - K + 1 = I + 2P - K + 3\n")
    assert wrong_last.marks == 0
    assert wrong_last.sentence.startswith("two sides of your equation differ: ")


def test_a_formula_that_can_not_be_read_is_pending_with_its_place(desk):
    report = desk.report(answers="1.2: (I + 2P\n")
    part = next(part for part in report.parts if part.number == "1.2")
    assert (part.verdict, part.marks, part.pending, part.lost) == (Verdict.UNREADABLE, 0, 2, ())
    assert part.readings[0].error == part.sentence
    assert exit_code(report) is Exit.SOMETHING_LOST


LAYOUTS = [
    ("g Wᵀ", 3, Verdict.PASSED, ("read in the row layout",)),
    ("Wᵀ g", 3, Verdict.PASSED, ("read in the column layout",)),
    ("g W", Fraction(3, 2), Verdict.WRONG, ("read in the jacobian layout",)),
    ("g + W", 0, Verdict.WRONG, ()),
]


@pytest.mark.parametrize(("typed", "marks", "verdict", "remarks"), LAYOUTS)
def test_a_matrix_formula_counts_in_the_layout_that_earns_most(
    desk, typed, marks, verdict, remarks
):
    part = desk.part("2.1", answers=f"2.1: {typed}\n")
    assert (part.marks, part.verdict, part.remarks) == (marks, verdict, remarks)


def test_a_layout_that_earns_a_share_says_which_one_is_asked(desk):
    part = desk.part("2.1", answers="2.1: g W\n")
    assert part.sentence.startswith(
        "right in the jacobian layout alone; the question asks for the row or column layout"
    )
    assert sum(mark.marks for mark in part.lost) == Fraction(3, 2)


# --- numbers ------------------------------------------------------------------------------------


def test_an_error_that_is_carried_into_a_total_costs_once(desk):
    answers = "1.3a: {weights: 384, biases: 3, total: 387}\n"
    part = desk.part("1.3a", answers=answers)
    assert part.marks == 2
    assert [mark.output for mark in part.lost] == ["biases"]
    assert "total: The total fits your own parts." in part.remarks


def test_a_total_that_fits_nothing_is_lost_as_well(desk):
    part = desk.part("1.3a", answers="1.3a: {weights: 384, biases: 3, total: 5}\n")
    assert part.marks == 1
    assert {mark.output for mark in part.lost} == {"biases", "total"}


def test_zeros_carry_nothing(desk):
    part = desk.part("1.3a", answers="1.3a: {weights: 0, biases: 0, total: 0}\n")
    assert part.marks == 0


def test_a_hidden_number_is_not_given_away_by_the_size_of_its_error(desk):
    part = desk.part("1.3a", answers="1.3a: {weights: 385, biases: 128, total: 512}\n")
    (mark,) = part.lost
    assert mark.sentence == "weights: this is not the right value"


def test_one_field_that_can_not_be_read_is_pending_and_the_others_are_judged(desk):
    answers = "1.3a: {weights: 384, biases: '12 )', total: 5}\n"
    part = desk.part("1.3a", answers=answers)
    assert part.verdict is Verdict.UNREADABLE
    assert (part.marks, part.pending) == (1, 1)
    assert [mark.output for mark in part.lost] == ["total"]
    assert part.sentence.startswith("biases: ")
    errors = {reading.label: bool(reading.error) for reading in part.readings}
    assert errors == {"weights": False, "biases": True, "total": False}


def test_one_field_that_is_left_out_is_lost(desk):
    part = desk.part("1.3a", answers="1.3a: {weights: 384, total: 512}\n")
    assert (part.verdict, part.marks, part.pending) == (Verdict.MISSING, 2, 0)
    assert [(mark.output, mark.sentence) for mark in part.lost] == [
        ("biases", "biases was not answered")
    ]


def test_a_field_that_names_nothing_is_remarked(desk):
    answers = "1.3a: {weights: 384, biases: 128, total: 512, sum: 1}\n"
    part = desk.part("1.3a", answers=answers)
    assert (part.marks, part.remarks) == (3, ("'sum' names none of this part's values",))


def test_a_value_under_a_wrong_name_is_not_lost_where_one_is_missing(desk):
    part = desk.part("1.3a", answers="1.3a: {weights: 384, biases: 128, sum: 512}\n")
    assert (part.verdict, part.marks, part.pending) == (Verdict.UNREADABLE, 2, 1)
    assert (
        part.sentence == "total: found 'sum'; wanted one value for each of weights, biases, total"
    )
    assert part.remarks == ()


def test_values_without_names_are_not_guessed_at(desk):
    part = desk.part("1.3a", answers="1.3a: 512\n")
    assert (part.verdict, part.pending) == (Verdict.UNREADABLE, 3)
    assert part.sentence == "found '512'; wanted one value for each of weights, biases, total"


# --- claims and picks ---------------------------------------------------------------------------

CLAIMS = [
    ("{a: true, b: no, c: yes}", 3),
    ("{a: true, b: no, c: no}", 1),  # two right, one wrong
    ("{a: true, b: no}", 2),  # what is not answered is neither
    ("{a: true, b: yes, c: no}", 0),  # one right, two wrong: not below zero
    ("{a: no}", 0),
]


@pytest.mark.parametrize(("typed", "marks"), CLAIMS)
def test_claims_earn_right_less_wrong(desk, typed, marks):
    part = desk.part("2.4", answers=f"2.4: {typed}\n")
    assert part.marks == marks
    assert sum(mark.marks for mark in part.lost) == 3 - marks


def test_each_lost_claim_has_its_sentence_and_its_price(desk):
    """A wrong claim costs what it would have earned and as much again; an open one, the former."""
    part = desk.part("2.4", answers="2.4: {a: true, b: yes}\n")
    assert [(mark.sentence, mark.marks) for mark in part.lost] == [
        ("b: b is told.", 2),
        ("c: not answered", 1),
    ]


MANY = [
    ("[N, H, W]", 2),
    ("N, H, W", 2),
    ("{N: yes, C: no, H: yes, W: yes}", 2),
    ("[N, H]", 1),  # W belongs to it: three right, one wrong
    ("[N, C, H, W]", 1),
    ("[C]", 0),
]


@pytest.mark.parametrize(("typed", "marks"), MANY)
def test_a_pick_of_many_earns_right_less_wrong(desk, typed, marks):
    part = desk.part("2.3", answers=f"2.3: {typed}\n")
    assert part.marks == marks


def test_an_option_that_was_not_picked_is_not_named(desk):
    part = desk.part("2.3", answers="2.3: [N, H]\n")
    assert part.sentence == "an option that belongs to the answer was not picked"


def test_a_pick_of_one_is_right_or_wrong(desk):
    assert desk.part("2.2", answers="2.2: less\n").marks == 1
    part = desk.part("2.2", answers="2.2: more\n")
    assert (part.marks, part.sentence) == (0, "more: more is told.")


UNREAD = [
    ("2.2", "[less, more]", "found 2 picks; wanted exactly one"),
    ("2.2", "larger", "found 'larger'; wanted one of less, more, same"),
    ("2.3", "[N, D]", "found 'D'; wanted one of N, C, H, W"),
    ("2.4", "{a: perhaps}", "a: found 'perhaps'; wanted true or false"),
    ("2.4", "{d: true}", "found 'd'; wanted true or false for each of a, b, c"),
]


@pytest.mark.parametrize(("number", "typed", "said"), UNREAD)
def test_a_choice_that_can_not_be_read_is_pending(desk, number, typed, said):
    part = desk.part(number, answers=f"{number}: {typed}\n")
    assert (part.verdict, part.marks, part.pending) == (Verdict.UNREADABLE, 0, part.out_of)
    assert (part.sentence, part.lost) == (said, ())


# --- texts --------------------------------------------------------------------------------------


def test_a_text_waits_for_a_person(desk):
    part = desk.part("1.4", answers='"1.4": Two affine layers are one.\n')
    assert (part.verdict, part.marks, part.pending) == (Verdict.NEEDS_MARKING, 0, 1)
    assert part.readings[0].typed == "Two affine layers are one."
    assert part.rubric == ("two affine layers make one",)


def test_a_text_that_is_not_handed_in_is_lost(desk):
    part = desk.part("1.4", answers="1.2: 1\n")
    assert (part.verdict, part.pending) == (Verdict.MISSING, 0)
    assert part.sentence == (
        "nothing was handed in for this part; wanted an answer 1.4 in answers.yaml"
    )
