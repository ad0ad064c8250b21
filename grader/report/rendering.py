"""The templates: found, overridden by a course's own, filled with a page's record.

The only module that knows jinja2, which is imported when the first page is rendered. Every text
that a template prints is made inert and escaped here, whatever it is.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from grader.errors import CourseError
from grader.model import Record
from grader.report.text import clean
from grader.report.words import Words

if TYPE_CHECKING:
    from jinja2 import Environment

STYLE = "style.css"
LONGEST = 40_000


class Templates:
    """The templates of a course: its own where it has one, ours otherwise."""

    def __init__(self, folders: tuple[Path, ...], words: Words, compiled: Path | None) -> None:
        """Look in the folders in order; keep compiled templates in the folder `compiled`."""
        self._folders = folders
        self._environment = _environment(self._folders, compiled)
        self._words = words

    def render(self, name: str, page: Record, **more: str) -> str:
        """Fill a template with its page, and with `more` that stands beside it.

        Raises:
            CourseError: a template is missing, is broken or asks for what is not there.
        """
        from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

        try:
            return self._environment.get_template(name).render(page=page, words=self._words, **more)
        except TemplateNotFound as error:
            raise CourseError(self._folders[0], f"the template {error.name} is missing") from error
        except TemplateSyntaxError as error:
            place = f"line {error.lineno}"
            raise CourseError(error.filename or name, f"{error.message}", where=place) from error
        except TemplateError as error:
            raise CourseError(
                self._folders[0] / name,
                f"{error.message}; docs/report.md lists what a template is given",
                where=_line(error, self._folders),
            ) from error


def style_of(folders: tuple[Path, ...], name: str = STYLE) -> str:
    """Give a style sheet: the first one that there is."""
    found = next(folder / name for folder in folders if (folder / name).is_file())
    return found.read_text(encoding="utf-8")


def _environment(folders: tuple[Path, ...], compiled: Path | None) -> "Environment":
    from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_inert,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=FileSystemBytecodeCache(str(compiled)) if compiled else None,
    )


def _inert(value: Any) -> Any:
    """Take what is active out of every text that a template prints."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean(value, limit=LONGEST)
    return value


def _line(error: BaseException, folders: tuple[Path, ...]) -> str:
    """Find the line of the template at which rendering stopped."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.parent in folders:
            place = f"{path.name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place
