"""All pages of one report as text: the place where records, words and templates meet.

It must not know where the pages go. It is given the redacted record. It is imported only when pages
have to be rendered, as it brings the templates' machinery with it.
"""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

from markupsafe import Markup

from grader.model import Problem, Report
from grader.report import statements
from grader.report.building import index_page, page_name, problem_page
from grader.report.keeping import INDEX, Kept
from grader.report.materials import Materials
from grader.report.mathml import MathError, allowed
from grader.report.rendering import Templates, style_of
from grader.report.tally import Tally
from grader.report.words import words_of


def rendered_pages(
    redacted: Report, problems: tuple[Problem, ...], templates: tuple[Path, ...], kept: Kept
) -> Iterator[tuple[str, str]]:
    """Give the name and text of each page; the overview last, after all that it links to.

    Raises:
        CourseError: a template or `words.yaml` of the course is broken.
    """
    words = words_of(templates)
    style = style_of(templates)
    made_of = Materials(
        report=redacted,
        problems={problem.slug: problem for problem in problems},
        words=words,
        tally=Tally(redacted),
        style=Markup(style),  # noqa: S704  # an author's file, which goes where no text is escaped
        style_hash=hash_of(style),
        markdown=lambda text: _markdown(text, kept),
        math=_math,
    )
    filled = Templates(templates, words, kept.folder)
    for index, problem in enumerate(redacted.problems):
        yield page_name(problem.slug), filled.render("problem.html", problem_page(made_of, index))
    yield INDEX, filled.render(INDEX, index_page(made_of))


def _markdown(text: str, kept: Kept) -> Markup:
    """Give an author's Markdown as safe HTML."""
    made = kept.get(f"markdown {statements.VERSION}", text, lambda: statements.rendered(text))
    return Markup(made)  # noqa: S704  # the renderer lets no raw HTML through


def _math(text: str) -> Markup:
    """Give MathML that passed the gate; nothing for what did not."""
    try:
        return Markup(allowed(text))  # noqa: S704  # it passed
    except MathError:
        return Markup()


def hash_of(style: str) -> str:
    """Give the hash by which the page's security policy knows its style sheet."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
