"""Judges a computed part and puts its result together.

A matrix formula is judged under each layout, whole, and the best one counts. Compares and
marks nothing itself.
"""

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from grader.grading.computed.accepting import OwnCode
from grader.grading.computed.answers import Answer
from grader.grading.computed.binding import bind
from grader.grading.computed.marking import Marked, marked
from grader.grading.formulas import Layout, formula_readings, layouts
from grader.grading.results import guess_sentence, part_result, readings_of, speaking
from grader.grading.tasks import fields_by_output, stray_fields, unlabelled
from grader.model import ExpectedPart, NumberedPart, OutputResult, Part, PartResult, Verdict
from grader.sandbox import TaskOutcome
from grader.submission import Match, TypedField, field_names, untold


@np.errstate(all="ignore")  # whatever numbers a student returns, nobody is warned of them
def judge_computed(
    numbered: NumberedPart,
    expected: ExpectedPart,
    match: Match,
    outcome: TaskOutcome,
    own: OwnCode,
) -> PartResult:
    """Judge a function, formula or number by what came back for each case."""
    answers = [
        _answer(numbered, expected, match, outcome, own, layout)
        for layout in layouts(numbered.part, match)
    ]
    best = marked(_best(answers), explains=True)
    outputs = [output for test in best.tests for output in test.outputs]
    verdict = speaking(test.verdict for test in best.tests)
    return part_result(
        numbered,
        verdict=verdict,
        marks=best.marks,
        pending=best.pending,
        sentence=_sentence(best, outputs, verdict),
        readings=formula_readings(numbered.part, match, outcome) or readings_of(match),
        tests=best.tests,
        remarks=(*match.remarks, *_remarks(match, best, outputs)),
        carried=best.followed,
        lost=best.lost,
    )


def _answer(
    numbered: NumberedPart,
    expected: ExpectedPart,
    match: Match,
    outcome: TaskOutcome,
    own: OwnCode,
    layout: Layout,
) -> Answer:
    part, signature = numbered.part, numbered.part.signature
    assert signature is not None
    unanswered, stray = _unanswered(part, match), unlabelled(part, match)
    guesses = list(_guesses(numbered, match))
    unread = {reply.output: reply.error for reply in outcome.formulas if reply.error}
    unread |= dict.fromkeys(unanswered if stray else (), stray)
    unread |= {k: untold(numbered, field, name) for k, name, field in guesses if field.is_untold}
    return Answer(
        part=part,
        expected=expected,
        outcome=outcome,
        own=own,
        layout=layout,
        bound=tuple(
            tuple(bind(reply, signature, layout.name) for reply in test.cases)
            for test in outcome.tests
        ),
        unread=unread,
        unanswered=unanswered,
        guessed={k: guess_sentence(numbered, field, name) for k, name, field in guesses},
    )


def _unanswered(part: Part, match: Match) -> frozenset[int]:
    """The outputs that a typed answer leaves out."""
    if match.function is not None:
        return frozenset()
    fields = fields_by_output(part, match.fields)
    return frozenset(k for k, field in enumerate(fields) if field is None)


def _guesses(numbered: NumberedPart, match: Match) -> Iterator[tuple[int, str, TypedField]]:
    """The outputs that a document answers without a mark, with their names and texts."""
    if match.function is not None:
        return
    fields = fields_by_output(numbered.part, match.fields)
    names = field_names(numbered.part) if len(fields) > 1 else ("",)
    for output, field in enumerate(fields):
        if field is not None and field.guess:
            yield output, names[output], field


def _best(answers: list[Answer]) -> Answer:
    """The answer under the layout that earns most, the first of equals."""
    if len(answers) == 1:
        return answers[0]
    tried = [marked(answer, explains=False) for answer in answers]
    best = max(tried, key=lambda one: one.marks).answer
    if best.layout.share == 1:
        return best
    # What an accepted layout makes of the formula says where the layouts part.
    told = next((test.sentence for test in tried[0].tests if test.sentence), "")
    return replace(best, layout=replace(best.layout, told=told))


def _sentence(best: Marked, outputs: list[OutputResult], verdict: Verdict) -> str:
    """The one sentence that matters most.

    What could not be read must be put right first; then, a recognised mistake teaches most. Else it
    is the sentence of a test that has the part's verdict, since the two are read together.
    """
    told = [output for output in outputs if output.sentence]
    sentences = (
        *map(best.answer.silence, best.answer.unread),
        *(output.sentence for output in told if output.misconception),
        *(test.sentence for test in best.tests if test.verdict is verdict),
        *(output.sentence for output in told),
    )
    return next(filter(None, sentences), "")


def _remarks(match: Match, best: Marked, outputs: list[OutputResult]) -> Iterator[str]:
    for test in best.tests:
        yield from test.remarks
    if any(o.comparison is not None and o.comparison.is_float32 for o in outputs):
        yield "answered in float32, and judged with a tolerance that is fair to float32"
    if best.answer.layout.name and best.marks:
        yield f"read in the {best.answer.layout.name} layout"
    if match.function is None and not best.answer.unanswered:
        for field in stray_fields(best.answer.part, match.fields):
            yield f"{field.label or field.text!r} names none of this part's values"
