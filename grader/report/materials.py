"""What all pages of one report are made from.

It must not know of pages or templates, and holds nothing hidden: its report is the redacted one.
"""

from collections.abc import Callable, Mapping

from markupsafe import Markup

from grader.model import Problem, Record, Report, Verdict
from grader.report.pages import Ruling
from grader.report.tally import Tally
from grader.report.text import clip
from grader.report.words import Words

_SENTENCE = 600

_TONES = {
    Verdict.PASSED: "good",
    Verdict.WRONG: "bad",
    Verdict.RAISED: "bad",
    Verdict.TIMED_OUT: "bad",
    Verdict.OUT_OF_MEMORY: "bad",
    Verdict.MISSING: "quiet",
    Verdict.SKIPPED: "quiet",
    Verdict.UNREADABLE: "open",
    Verdict.NEEDS_MARKING: "open",
    Verdict.FAILED_TO_GRADE: "open",
}


class Materials(Record, frozen=True):
    """All that pages are made from.

    Attributes:
        report: the redacted record.
        problems: the public side of the problems by slug.
        markdown, math: turn Markdown, and MathML, into safe HTML.
    """

    report: Report
    problems: Mapping[str, Problem]
    words: Words
    tally: Tally
    style: Markup
    style_hash: str
    markdown: Callable[[str], Markup]
    math: Callable[[str], Markup]

    def ruling(self, verdict: Verdict) -> Ruling:
        """Give a verdict as it is shown."""
        kind = verdict.value.replace(" ", "-")
        return Ruling(kind=kind, tone=_TONES[verdict], word=self.words.verdicts[verdict])


def shortened(sentence: str) -> str:
    """Cut a sentence to what a page has room for."""
    return clip(sentence, limit=_SENTENCE)
