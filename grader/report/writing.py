"""Writing a report's folder: the overview, a page per problem and the record as data.

It knows the folder and what pages are made from, so that a second run over the same grading writes
nothing; how pages are made is known to `site`.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from grader.model import Problem, Report
from grader.report.keeping import INDEX, RECORD, Kept, make_folder, write_whole
from grader.report.plain import encoded
from grader.report.redact import redact

_CODE = Path(__file__).resolve().parent
_SHIPPED, _BESIDE = _CODE.parent / "templates", _CODE.parent.parent / "templates"
# A wheel holds the templates inside the package; in the repository they stand beside it.
OURS = _SHIPPED if _SHIPPED.is_dir() else _BESIDE


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
        cache: a folder for rendered statements, compiled templates and what pages were made from.

    Raises:
        CourseError: a template or `words.yaml` of the course is broken.
        UsageError: the folder can not be written.
    """
    kept = Kept(cache / "report" if cache is not None else None)
    redacted = redact(report)
    record = encoded(redacted)
    templates = (*templates, OURS)
    made_from = record + _encoded(problems) + _fingerprint((*templates, _CODE))
    if not kept.is_current(folder, made_from):
        written = dict(_write(folder, _files(redacted, record, problems, templates, kept)))
        kept.remember(folder, made_from, written)
    return folder / INDEX


def _files(
    redacted: Report,
    record: str,
    problems: tuple[Problem, ...],
    templates: tuple[Path, ...],
    kept: Kept,
) -> Iterator[tuple[str, str]]:
    """Give the name and text of every file; the overview comes last."""
    from grader.report.site import rendered_pages

    yield RECORD, f"{record}\n"
    yield from rendered_pages(redacted, problems, templates, kept)


def _write(folder: Path, files: Iterable[tuple[str, str]]) -> Iterator[tuple[str, bytes]]:
    make_folder(folder)
    for name, text in files:
        data = text.encode()
        write_whole(folder / name, data)
        yield name, data


def _encoded(problems: tuple[Problem, ...]) -> str:
    return msgspec.json.encode(problems, enc_hook=str).decode(errors="replace")


def _fingerprint(folders: tuple[Path, ...]) -> str:
    """Tell the state of templates and of the code that fills them: names, sizes and times."""
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    states = [(path, path.stat()) for path in found if path.suffix != ".pyc"]
    return repr([(str(path), state.st_size, state.st_mtime_ns) for path, state in states])
