"""One test of a redacted report as its part's view shows it, with its outputs.

It decides what is worth showing of a test, and what would only be said twice. Of a hidden test it
is given nothing that must not be seen.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from grader.model import Comparison, OutputResult, PartResult, TestResult
from grader.report.maps import picture
from grader.report.materials import Materials, shortened
from grader.report.pages import OutputView, Score, TestView
from grader.report.values import Shown, digits_apart, show, show_alike
from grader.report.words import Words

_LINES = 30  # of a traceback


def views_of_tests(
    made_of: Materials, part: PartResult, scores: list[tuple[Score, list[Score]]]
) -> tuple[TestView, ...]:
    """Show a part's tests; the first that failed is unfolded, a public one if there is one.

    Args:
        scores: per test its marks and those of its outputs, as printed.
    """
    views = [
        _view(made_of, test, *score, said=(part.sentence, *part.remarks))
        for test, score in zip(part.tests, scores, strict=True)
    ]
    failed = [i for i, view in enumerate(views) if view.has_more and view.ruling.tone != "good"]
    if failed:
        first = min(failed, key=lambda i: not views[i].is_public)
        views[first] = replace(views[first], is_unfolded=True)
    return tuple(views)


def _view(
    made_of: Materials,
    test: TestResult,
    score: Score,
    of_outputs: list[Score],
    *,
    said: tuple[str, ...],
) -> TestView:
    """Show one test; what was `said` of the whole part alone is not repeated."""
    words = made_of.words
    outputs = () if _ended(test) else _output_views(words, test, of_outputs)
    told = {output.sentence for output in outputs}
    if len(test.outputs) == 1:
        outputs = tuple(o for o in outputs if o.sentence not in said or _tells_more(o))
    sentence = "" if test.sentence in told else shortened(test.sentence)
    inputs = tuple(show(value, words, label=name) for name, value in test.inputs.items())
    remarks = tuple(remark for remark in test.remarks if remark not in said)
    traceback = () if test.sentence.endswith(test.traceback) else test.traceback[:_LINES]
    has_more = any((inputs, outputs, traceback, test.printed, remarks))
    if sentence in said and not has_more:
        sentence = ""
    return TestView(
        name=test.name,
        is_public=test.is_public,
        ruling=made_of.ruling(test.verdict),
        score=score,
        cases=_cases(test, words),
        sentence=sentence,
        inputs=inputs,
        outputs=outputs,
        has_one_output=len(test.outputs) == 1,
        traceback=traceback,
        printed=test.printed,
        remarks=remarks,
        has_more=bool(sentence) or has_more,
        is_unfolded=False,
    )


def _ended(test: TestResult) -> bool:
    """Whether the test ended before any output was looked at: its one sentence says it all."""
    return bool(test.sentence) and all(
        output.sentence == test.sentence and output.comparison is None and output.got is None
        for output in test.outputs
    )


def _output_views(words: Words, test: TestResult, scores: list[Score]) -> tuple[OutputView, ...]:
    return tuple(
        _output_view(words, output, score)
        for output, score in zip(test.outputs, scores, strict=True)
        if not _is_plain(output)
    )


def _cases(test: TestResult, words: Words) -> str:
    """Say how many of a test's cases passed, where that is not just one."""
    if test.cases <= 1:
        return ""
    told = words.cases.format(test.cases_passed, test.cases)
    shown = [output.case for output in test.outputs if not _is_right(output)]
    if not test.inputs or not shown:
        return told
    return f"{told}, {words.case_shown.format(shown[0] + 1)}"


def _is_right(output: OutputResult) -> bool:
    if output.comparison is not None and not output.comparison.agrees:
        return False
    return output.marks == output.out_of and not output.sentence


def _is_plain(output: OutputResult) -> bool:
    """Whether there is nothing to say of an output but its name."""
    return _is_right(output) and output.got is None and not _remarkable(output.comparison)


def _remarkable(found: Comparison | None) -> bool:
    return found is not None and (found.is_float32 or found.undecided or found.squeezed)


def _output_view(words: Words, output: OutputResult, score: Score) -> OutputView:
    found, diagnosis = output.comparison, output.diagnosis
    worst = found.worst if found and not found.agrees else ()
    said = "" if diagnosis is None else diagnosis.sentence
    drawn = picture(output.error_map, words, name=output.name) if output.error_map else None
    got, expected = _values(words, output, worst)
    return OutputView(
        name=output.name,
        score=score,
        is_right=_is_right(output),
        sentence=shortened(output.sentence),
        figures=tuple(_figures(words, output)),
        diagnosis="" if said in output.sentence else said,
        hint=diagnosis.hint if diagnosis else "",
        map=drawn,
        got=got,
        expected=expected,
    )


def _tells_more(output: OutputView) -> bool:
    """Whether an output tells more than its sentence."""
    told = (output.diagnosis, output.hint, output.map, output.got, output.expected)
    return bool(output.figures) or any(told)


def _values(
    words: Words, output: OutputResult, worst: tuple[int, ...]
) -> tuple[Shown | None, Shown | None]:
    """Show what came back beside what was wanted, with enough digits to tell them apart."""
    got, expected = output.got, output.expected
    if _is_right(output) and got is not None:
        return show(got, words), None
    if got is None or expected is None:
        return (
            None if got is None else show(got, words, worst=worst),
            None if expected is None else show(expected, words, worst=worst),
        )
    digits = digits_apart(got, expected, worst)
    mine, truth = show_alike((got, expected), words, worst=worst, digits=digits)
    return mine, truth


def _figures(words: Words, output: OutputResult) -> Iterable[str]:
    """Give the statistics of a comparison that no sentence has said yet."""
    found = output.comparison
    if found is None:
        return
    if not found.sentence:
        yield from _statistics(words, found)
    elif found.sentence not in output.sentence:
        yield found.sentence
    if found.undecided:
        yield words.undecided
    elif found.is_float32:
        yield words.float32
    if found.squeezed:
        yield words.squeezed


def _statistics(words: Words, found: Comparison) -> Iterable[str]:
    if found.agrees or not found.error:
        return
    yield words.error.format(f"{found.error:.3g}", f"{found.bound:.2g}")
    if found.size > 1:
        yield words.outside.format(found.bad, found.size)
    if found.worst:
        yield words.worst.format(", ".join(map(str, found.worst)))
