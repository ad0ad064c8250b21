"""Writing a report's folder: the overview, a page per problem and the record as data.

It joins the other modules of the report and must not know more of them than their front doors.
"""

import base64
import hashlib
from pathlib import Path

from markupsafe import Markup

from grader.model import Problem, Report
from grader.report import statements
from grader.report.building import INDEX, Materials, index_page, page_name, problem_page
from grader.report.keeping import Kept, make_folder, write_whole
from grader.report.mathml import MathError, allowed
from grader.report.plain import record_json
from grader.report.redact import redact
from grader.report.rendering import Templates, style_of
from grader.report.tally import Tally
from grader.report.words import words_of

RECORD = "report.json"


def write_report(
    report: Report,
    *,
    problems: tuple[Problem, ...],
    folder: Path,
    templates: tuple[Path, ...] = (),
    cache: Path | None = None,
) -> Path:
    """Write the student's report into `folder` and give the path of its `index.html`.

    Args:
        report: as graded; nothing that is hidden leaves it.
        problems: the public side of the problems, for questions and statements.
        folder: made if it is missing, for the owner alone.
        templates: folders of the course that override templates, style sheet and words.
        cache: a folder for rendered statements and compiled templates.

    Raises:
        CourseError: a template or `words.yaml` of the course is broken.
        UsageError: the folder can not be written.
    """
    kept = Kept(cache / "report" if cache is not None else None)
    words = words_of(templates)
    style = style_of(templates)
    redacted = redact(report)
    made_of = Materials(
        report=redacted,
        problems={problem.slug: problem for problem in problems},
        words=words,
        tally=Tally(redacted),
        style=Markup(style),  # noqa: S704  # an author's file, which goes where no text is escaped
        style_hash=_hash(style),
        markdown=lambda text: _markdown(text, kept),
        math=lambda text: _math(text, kept),
    )
    pages = Templates(templates, words, kept.folder)
    make_folder(folder)
    for index, problem in enumerate(made_of.report.problems):
        page = pages.render("problem.html", problem_page(made_of, index))
        write_whole(folder / page_name(problem.slug), page.encode())
    write_whole(folder / RECORD, f"{record_json(made_of.report)}\n".encode())
    # Last, so that whoever finds a new overview finds what it links to.
    write_whole(folder / INDEX, pages.render(INDEX, index_page(made_of)).encode())
    return folder / INDEX


def _markdown(text: str, kept: Kept) -> Markup:
    """Give an author's Markdown as safe HTML."""
    made = kept.get(f"markdown {statements.VERSION}", text, lambda: statements.rendered(text))
    return Markup(made)  # noqa: S704  # the renderer lets no raw HTML through


def _math(text: str, kept: Kept) -> Markup:
    """Give MathML that passed the gate; nothing for what did not."""

    def make() -> str:
        try:
            return allowed(text)
        except MathError:
            return ""

    return Markup(kept.get(f"mathml {statements.VERSION}", text, make))  # noqa: S704  # it passed


def _hash(style: str) -> str:
    """Give the hash by which the page's security policy knows its style sheet."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
