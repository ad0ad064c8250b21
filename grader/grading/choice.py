"""Judges claims and picks, and passes texts on to a person.

Marks of a choice are max(0, right − wrong) / n; an unanswered claim is neither right nor wrong.
Knows the key that it is given; nothing of the experiments behind it.
"""

from fractions import Fraction

from msgspec.structs import replace

from grader.grading.results import guess_sentence, part_result, readings_of
from grader.model import (
    ExpectedClaim,
    ExpectedPart,
    LostMark,
    NumberedPart,
    Part,
    PartResult,
    Reading,
    Record,
    Rungs,
    Verdict,
    plain_label,
)
from grader.submission import Match, TypedField, untold

_WORDS = {
    **dict.fromkeys(("true", "t", "yes", "y", "right", "1", "✓", "x"), True),
    **dict.fromkeys(("false", "f", "no", "n", "wrong", "0", "✗", "-"), False),
}


def judge_text(numbered: NumberedPart, match: Match) -> PartResult:
    """A text is collected for a person to mark: pending, never zero."""
    return part_result(
        numbered,
        verdict=Verdict.NEEDS_MARKING,
        marks=Fraction(0),
        pending=numbered.part.marks,
        sentence="a person will mark this text",
        readings=readings_of(match),
    )


def judge_choice(numbered: NumberedPart, expected: ExpectedPart, match: Match) -> PartResult:
    """Claims judged one by one, or options picked."""
    told = tuple(field for field in match.fields if not field.is_untold)
    if numbered.part.pick == "each":
        given, trouble = _judged(numbered.part, told)
    else:
        given, trouble = _picked(numbered.part, told)
    trouble |= {f.label: untold(numbered, f, f.label) for f in match.fields if f.is_untold}
    if trouble:
        readings = tuple(_marked(reading, trouble) for reading in readings_of(match))
        return part_result(
            numbered,
            verdict=Verdict.UNREADABLE,
            marks=Fraction(0),
            pending=numbered.part.marks,
            sentence=next(iter(trouble.values())),
            readings=readings,
        )
    return _marked_choice(numbered, expected.claims, given, match)


def _marked_choice(
    numbered: NumberedPart,
    claims: tuple[ExpectedClaim, ...],
    given: dict[str, bool],
    match: Match,
) -> PartResult:
    part = numbered.part
    slips = _slips(part, claims, given)
    marks = part.marks * _share(part, slips, len(claims))
    left = part.marks - marks
    guessed = next((field for field in match.fields if field.guess), None)
    if left and guessed is not None:
        return part_result(
            numbered,
            verdict=Verdict.UNREADABLE,
            marks=marks,
            pending=left,
            sentence=guess_sentence(numbered, guessed, guessed.label),
            readings=readings_of(match),
        )
    total = sum(slip.cost for slip in slips)
    return part_result(
        numbered,
        verdict=Verdict.WRONG if slips else Verdict.PASSED,
        marks=marks,
        sentence=slips[0].sentence if slips else "",
        readings=readings_of(match),
        lost=(
            LostMark(
                marks=left * s.cost / total, sentence=s.sentence, output=s.claim, rungs=s.rungs
            )
            for s in slips
        ),
    )


class _Slip(Record, frozen=True, kw_only=True):
    """A claim that is not right, and how many right ones it costs: itself, or one more if wrong.

    Attributes:
        claim: its id, or "" where it may not be named.
    """

    claim: str
    sentence: str
    rungs: Rungs
    cost: int


def _slips(
    part: Part, claims: tuple[ExpectedClaim, ...], given: dict[str, bool]
) -> tuple[_Slip, ...]:
    """The slips, the most telling first; a wrong pick of one is told once."""
    # In a pick, what was picked and should not have been teaches most: it comes first.
    by_truth = sorted(claims, key=lambda claim: claim.truth)
    wrong = [claim for claim in by_truth if given.get(claim.id, claim.truth) != claim.truth]
    slips = [
        _Slip(
            claim="" if _is_left_out(part, claim) else claim.id,
            sentence=_explained(part, claim),
            rungs=_rungs(part, claim),
            cost=2,
        )
        for claim in wrong
    ]
    if part.pick == "one":
        return tuple(slips[:1])
    return (*slips, *(_unanswered(claim.id) for claim in claims if claim.id not in given))


def _unanswered(claim: str) -> _Slip:
    sentence = f"{claim}: not answered"
    return _Slip(
        claim=claim, sentence=sentence, rungs=Rungs(shape=sentence, place=sentence), cost=1
    )


def _share(part: Part, slips: tuple[_Slip, ...], count: int) -> Fraction:
    """max(0, right − wrong) of all claims; for a pick of one, all or nothing."""
    if part.pick == "one":
        return Fraction(not slips)
    return Fraction(max(0, count - sum(slip.cost for slip in slips)), count)


def _explained(part: Part, claim: ExpectedClaim) -> str:
    """Says which claim is wrong and why; an option that was not picked is not named."""
    if _is_left_out(part, claim):
        return "an option that belongs to the answer was not picked"
    return f"{claim.id}: {claim.say}" if claim.say else f"{claim.id} is not right"


def _is_left_out(part: Part, claim: ExpectedClaim) -> bool:
    """Whether it is an option that should have been picked, which is the answer."""
    return part.pick != "each" and claim.truth


def _rungs(part: Part, claim: ExpectedClaim) -> Rungs:
    """That something is not right, and then which claim or pick; the reason stays out."""
    if part.pick == "each":
        return Rungs(shape="a claim is not judged right", place=f"{claim.id} is not right")
    place = "" if _is_left_out(part, claim) else f"{claim.id} is not right"
    shape = "this is not the right choice"
    return Rungs(shape=shape, place=place or _explained(part, claim))


def _judged(part: Part, fields: tuple[TypedField, ...]) -> tuple[dict[str, bool], dict[str, str]]:
    """Truth values per claim, and per label what could not be read."""
    ids = [claim.id for claim in part.claims]
    given: dict[str, bool] = {}
    trouble: dict[str, str] = {}
    for field in fields:
        id_ = _claim_id(field.label, ids)
        word = field.text.strip().lower()
        if id_ is None:
            is_named = field.label and not field.label.isdigit()  # else it stands in a list
            found = field.label if is_named else field.text
            trouble[field.label] = (
                f"found {found!r}; wanted true or false for each of {', '.join(ids)}"
            )
        elif word not in _WORDS:
            trouble[field.label] = f"{id_}: found {field.text!r}; wanted true or false"
        else:
            given[id_] = _WORDS[word]
    return given, trouble


def _picked(part: Part, fields: tuple[TypedField, ...]) -> tuple[dict[str, bool], dict[str, str]]:
    """Which options are picked, and per label what could not be read.

    Options come as one text ("a" or "a, b"), as a list, or as true and false per option.
    """
    ids = [claim.id for claim in part.claims]
    if all(_claim_id(field.label, ids) for field in fields):
        picked, trouble = _judged(part, fields)
        chosen = [id_ for id_, is_picked in picked.items() if is_picked]
    else:
        chosen, trouble = [], {}
        for field in fields:
            for word in filter(None, (w.strip() for w in field.text.split(","))):
                id_ = _claim_id(word, ids)
                if id_ is None:
                    trouble[field.label] = f"found {word!r}; wanted one of {', '.join(ids)}"
                else:
                    chosen.append(id_)
    if part.pick == "one" and len(set(chosen)) != 1 and not trouble:
        trouble[fields[0].label] = f"found {len(set(chosen))} picks; wanted exactly one"
    return {id_: id_ in chosen for id_ in ids}, trouble


def _claim_id(word: str, ids: list[str]) -> str | None:
    label = plain_label(word)
    return next((id_ for id_ in ids if id_.lower() == label), None)


def _marked(reading: Reading, trouble: dict[str, str]) -> Reading:
    return replace(reading, error=trouble.get(reading.label, ""))
