"""Tells by their names which files are read as what, and what to hand in instead of the others.

Nothing in them is looked at.
"""

from collections.abc import Iterable
from pathlib import PurePosixPath

from grader.student.wire import Place, Source, Unread

TYPED_NAMES = frozenset({"answers.yaml", "answers.yml"})
"""The files, in capitals or not, in which answers are typed by their numbers."""
DOCUMENTS = frozenset({".md", ".markdown", ".tex", ".txt", ".rst"})
"""The endings of the files that are read as write-ups."""

_TEXT = "hand in its text as .md, .tex or .txt, or type the answers into answers.yaml"
_PRINTED = "a PDF holds pages, not text; hand in what it was made from (.tex, .md, .ipynb)"
_WORDS = "documents of word processors are not opened; save it as plain text (.txt)"
_PAGES = "web pages are not opened; hand in the notebook itself (.ipynb)"
_PACKED = "archives are opened once, and only zip archives; unpack it and hand in the files"
_ADVICE = {
    ".pdf": f"{_PRINTED}, or {_TEXT}",
    **dict.fromkeys((".docx", ".doc", ".odt", ".rtf", ".pages"), f"{_WORDS}, or {_TEXT}"),
    **dict.fromkeys((".html", ".htm"), f"{_PAGES}, or {_TEXT}"),
    **dict.fromkeys((".zip", ".rar", ".7z", ".tar", ".gz", ".tgz"), _PACKED),
    **dict.fromkeys(
        (".xlsx", ".xls", ".ods", ".pptx", ".ppt", ".key"),
        f"tables and slides are not opened; {_TEXT}",
    ),
}
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".heic", ".tif", ".tiff", ".bmp"})
_PICTURE = f"pictures are not read; {_TEXT}"
_READ = DOCUMENTS | {".py", ".ipynb", ".yaml", ".yml"}
NOT_READ = frozenset(_ADVICE) | _PICTURES
"""The endings of files that may hold answers which nobody sees here."""


def is_misnamed(path: str, beside: Iterable[str]) -> bool:
    """Whether a file may hold typed answers under another name, as no file has the right one."""
    names = (PurePosixPath(other).name.lower() for other in beside)
    return path.lower().endswith((".yaml", ".yml")) and TYPED_NAMES.isdisjoint(names)


def is_document(path: str) -> bool:
    """Whether a file is read as a write-up; some systems add .txt to Python files."""
    lowered = path.lower()
    return lowered.endswith(tuple(DOCUMENTS)) and not lowered.endswith(".py.txt")


def not_read(source: Source, beside: Iterable[str]) -> Unread | None:
    """What to say of a file that is not read, unless a file that is read has the same name.

    Pictures belong to write-ups; they are named only where there is nothing else.
    """
    path = PurePosixPath(source.path)
    suffix = path.suffix.lower()
    read = [other for other in map(PurePosixPath, beside) if other.suffix.lower() in _READ]
    if suffix in _PICTURES:
        advice = "" if read else _PICTURE
    else:
        is_printed = any(other.stem.lower() == path.stem.lower() for other in read)
        advice = "" if is_printed else _ADVICE.get(suffix, "")
    if not advice:
        return None
    return Unread(place=Place(file=source.path), message=f"was not read: {advice}")
