import collections
import re

import pytest
from formula_asking import is_right, read_for
from formula_groups import GROUPS
from held_out_variants import HELD_OUT
from second_held_out import SECOND, SECOND_GROUPS
from typed_variants import REFUSED, TYPED

from grader.student.formulas import FormulaError
from grader.student.formulas.functions import SPELLINGS


def flattened(variants):
    return [(group, text) for group, texts in variants.items() for text in texts]


@pytest.mark.parametrize(("group", "text"), flattened(TYPED))
def test_a_typed_variant_means_what_its_question_asks(group, text):
    assert is_right(GROUPS[group], read_for(GROUPS[group], text))


@pytest.mark.parametrize(("group", "text"), flattened(SECOND))
def test_a_variant_of_the_second_set_is_read_right_or_refused(group, text):
    try:
        formula = read_for(SECOND_GROUPS[group], text)
    except FormulaError as refusal:
        pytest.skip(f"refused: {refusal.sentence}")
    assert is_right(SECOND_GROUPS[group], formula)


@pytest.mark.parametrize(("group", "text"), flattened(HELD_OUT))
def test_a_held_out_variant_is_read_right_or_refused_but_never_misread(group, text):
    try:
        formula = read_for(GROUPS[group], text)
    except FormulaError as refusal:
        pytest.skip(f"refused: {refusal.sentence}")
    assert is_right(GROUPS[group], formula)


@pytest.mark.parametrize(("group", "text", "sentence"), REFUSED)
def test_a_doubtful_text_is_refused_with_a_place_and_a_reason(group, text, sentence):
    with pytest.raises(FormulaError) as refusal:
        is_right(GROUPS[group], read_for(GROUPS[group], text))
    assert sentence in refusal.value.sentence
    assert 0 <= refusal.value.position <= len(text)


def skeleton(text: str) -> str:
    """The text without spaces, and with its names numbered in order of appearance."""
    text = re.sub(r"\\[,;:! ](?!\d)|\s|~", "", text)
    names: dict[str, str] = {}

    def renamed(match: re.Match) -> str:
        word = match[0]
        if word in SPELLINGS or word.startswith("\\"):
            return word
        return names.setdefault(word, f"n{len(names)}")

    return re.sub(r"\\?[A-Za-zα-ωΑ-Ω]+", renamed, text)


def test_there_are_150_variants_and_a_third_is_held_out():
    held_out, typed = flattened(HELD_OUT), flattened(TYPED)
    assert len(held_out) + len(typed) >= 150
    assert len(held_out) >= 50


def test_no_two_variants_differ_only_by_spacing_or_renaming():
    texts = [text for _, text in flattened(HELD_OUT) + flattened(TYPED)]
    skeletons = collections.Counter(skeleton(text) for text in texts)
    assert not [text for text in texts if skeletons[skeleton(text)] > 1]
