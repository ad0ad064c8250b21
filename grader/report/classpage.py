"""The class report: one page on how everybody did, and whom to look at first.

Holds what the template is given and writes the page. Knows neither the gradebook nor how the
figures came about. docs/gradebook.md documents the fields for a course's own `class.html`.
"""

from pathlib import Path

from markupsafe import Markup

from grader.model import Record
from grader.report.keeping import make_folder, write_whole

PAGE = "class.html"
_STYLE = "class.css"


class Bar(Record, frozen=True):
    """One bar of the distribution.

    Attributes:
        label: its range of marks, in percent ("10–20 %").
        count: how many students.
        height: of 100.
    """

    label: str
    count: int
    height: int


class PartRow(Record, frozen=True):
    """One part, over the class.

    Attributes:
        share: the mean of what was earned, in percent.
        discrimination: "0.42", or "" where it says nothing.
        is_odd: it sorts students the wrong way round.
        time: the CPU time of students' answers in the mean ("12 ms"), or "" where it is unknown.
    """

    number: str
    title: str
    taken: int
    full: int
    nothing: int
    open: int
    share: int
    discrimination: str
    is_odd: bool
    time: str


class TestRow(Record, frozen=True):
    """One test, over the class.

    Attributes:
        note: "nobody passes", "everybody passes", or "".
        time: as for a part.
    """

    number: str
    test: str
    is_public: bool
    taken: int
    passed: int
    share: int
    discrimination: str
    note: str
    time: str


class Who(Record, frozen=True):
    """One student, or a number in place of the name, with a link where there is a page."""

    name: str
    href: str = ""


class Shared(Record, frozen=True):
    """Something that several students share: a misconception, a remark.

    Attributes:
        place: the part's number, or "".
    """

    place: str
    sentence: str
    count: int
    students: tuple[Who, ...]


class Look(Record, frozen=True):
    """A student to look at first, and why."""

    who: Who
    why: str


class Marking(Record, frozen=True):
    """A text that a person marks, and those whose text waits for it.

    Attributes:
        headings: by which it is marked, as students see them.
        good, red_flags: what a good one says, and what to look out for; no student sees them.
        students: each with a link to the text itself.
    """

    number: str
    title: str
    headings: tuple[str, ...]
    good: tuple[str, ...]
    red_flags: tuple[str, ...]
    students: tuple[Who, ...]


class StudentRow(Record, frozen=True):
    """One student; `share` is of 100 and fills a bar."""

    who: Who
    marks: str
    out_of: str
    open: str
    share: int
    note: str


class ClassPage(Record, frozen=True):
    """All that the page says.

    Attributes:
        figures: the class in numbers, as name and value.
        bars: the distribution of marks.
        texts: what waits for a person's marks; empty without names.
        absent: who handed in nothing, where a roster says who was expected.
    """

    title: str
    is_anonymous: bool
    figures: tuple[tuple[str, str], ...]
    bars: tuple[Bar, ...]
    looks: tuple[Look, ...]
    texts: tuple[Marking, ...]
    parts: tuple[PartRow, ...]
    tests: tuple[TestRow, ...]
    misconceptions: tuple[Shared, ...]
    remarks: tuple[Shared, ...]
    students: tuple[StudentRow, ...]
    absent: tuple[Who, ...]
    grader: str


def write_class_page(page: ClassPage, folder: Path, templates: tuple[Path, ...] = ()) -> Path:
    """Write the class report into `folder` and give its path.

    Args:
        templates: folders of the course that override `class.html` and the style sheets.

    Raises:
        CourseError: a template of the course is broken.
        UsageError: the folder can not be written.
    """
    from grader.report.rendering import Templates, style_of
    from grader.report.site import hash_of
    from grader.report.words import words_of
    from grader.report.writing import OURS

    folders = (*templates, OURS)
    style = style_of(folders) + style_of(folders, _STYLE)
    filled = Templates(folders, words_of(folders), None)
    text = filled.render(
        PAGE,
        page,
        style=Markup(style),  # noqa: S704  # an author's file, which goes where no text is escaped
        style_hash=hash_of(style),
    )
    make_folder(folder)
    write_whole(folder / PAGE, text.encode())
    return folder / PAGE
