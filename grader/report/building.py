"""From a redacted report to the records that the templates are given.

It decides what is worth showing and what would only be said twice. It must not know of files or
templates, and never sees anything hidden: it is given the redacted record.
"""

from collections.abc import Iterable

from markupsafe import Markup

from grader.model import PartResult, Verdict, Walls
from grader.report.keeping import INDEX
from grader.report.materials import Materials, shortened
from grader.report.pages import Frame, IndexPage, Link, PartLine, ProblemLine, ProblemPage, Score
from grader.report.partviews import anchor, part_view
from grader.report.words import Words


def index_page(made_of: Materials) -> IndexPage:
    """Make the overview."""
    report, words, tally = made_of.report, made_of.words, made_of.tally
    return IndexPage(
        frame=_frame(made_of, f"{report.title} · {report.student}"),
        score=tally.total(),
        open=tuple(_open(report.parts, words)),
        notes=report.notes,
        problems=tuple(
            ProblemLine(
                title=problem.title,
                href=page_name(problem.slug),
                score=tally.problem(index),
                parts=tuple(
                    _part_line(made_of, part, tally.part(index, place))
                    for place, part in enumerate(problem.parts)
                ),
            )
            for index, problem in enumerate(report.problems)
        ),
    )


def problem_page(made_of: Materials, index: int) -> ProblemPage:
    """Make the page of the problem at `index`."""
    report = made_of.report
    result = report.problems[index]
    problem = made_of.problems.get(result.slug)
    by_id = {part.id: part for part in problem.parts} if problem else {}
    links = [Link(text=p.title, href=page_name(p.slug)) for p in report.problems]
    return ProblemPage(
        frame=_frame(made_of, f"{result.title} · {report.student}"),
        heading=result.title,
        score=made_of.tally.problem(index),
        statement=made_of.markdown(problem.statement) if problem else Markup(),
        parts=tuple(
            part_view(made_of, part, by_id.get(part.id), (index, place))
            for place, part in enumerate(result.parts)
        ),
        previous=links[index - 1] if index else None,
        following=links[index + 1] if index + 1 < len(links) else None,
    )


def page_name(slug: str) -> str:
    """Give the file name of a problem's page; the overview keeps its own."""
    name = f"{slug}.html"
    return name if name != INDEX else f"problem-{name}"


def place_of(part_id: str) -> str:
    """Give the place of a part on the pages of a student."""
    return f"{page_name(part_id.partition('/')[0])}#{anchor(part_id)}"


def _frame(made_of: Materials, title: str) -> Frame:
    report, words = made_of.report, made_of.words
    return Frame(
        title=title,
        assignment=report.title,
        student=report.student,
        walls=words.walls[report.walls],
        walls_note=report.walls_note,
        is_unwalled=report.walls is Walls.NONE,
        grader=report.grader,
        style=made_of.style,
        style_hash=made_of.style_hash,
    )


def _open(parts: Iterable[PartResult], words: Words) -> Iterable[str]:
    """Say what is not decided yet, a phrase for each verdict."""
    found = [part.verdict for part in parts]
    for verdict, one in words.verdicts_one.items():
        count = found.count(verdict)
        if count:
            yield (one if count == 1 else words.verdicts_many[verdict]).format(count)


def _part_line(made_of: Materials, part: PartResult, score: Score) -> PartLine:
    return PartLine(
        number=part.number,
        title=part.title,
        href=place_of(part.id),
        ruling=made_of.ruling(part.verdict),
        score=score,
        # That a person will mark it is what the verdict says.
        sentence="" if part.verdict is Verdict.NEEDS_MARKING else shortened(part.sentence),
    )
