r"""Turns a LaTeX file into the lines that would be printed, as far as labels and answers need it.

Comments and what stands around the body go, macros are expanded, and sections, the items of
numbered lists and those of the exam class get the labels that LaTeX would print. Nothing is
included. Knows nothing of parts or answers.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from string import ascii_lowercase, ascii_uppercase

from grader.student.labels import ROMAN, read_label
from grader.student.macros import expanded
from grader.student.texts import Line

MAX_OPEN_LISTS = 12
MAX_TITLE = 200

_COMMENT = re.compile(r"(?<!\\)%.*")
_RULE = re.compile(r"\\(?:hline|toprule|midrule|bottomrule|cline\{[^{}]{0,9}\})")
_INCLUDED = re.compile(r"\\(?:input|include|subfile)\s{0,9}\{([^{}]{1,200})\}")
_STEP = re.compile(
    r"\\begin\{(?P<list>enumerate|itemize|description|compactenum|inparaenum)\}"
    r"(?:\[(?P<options>[^\]]{0,200})\])?"
    r"|\\end\{(?P<end>enumerate|itemize|description|compactenum|inparaenum)\}"
    r"|\\item\b(?!\s{0,9}\[)"
    r"|\\(?P<section>(?:sub){0,2}section)\s{0,3}\{"
    r"|\\begin\{(?P<exam>parts|subparts|questions)\}|\\end\{(?P<over>parts|subparts|questions)\}"
    r"|\\(?P<step>question|part|subpart)\b(?:\[[^\]]{0,20}\])?"
)
_LABEL = re.compile(r"\\(?P<kind>alph|Alph|arabic|roman|Roman)\s{0,3}\*")
_LABEL_OPTION = re.compile(r"label\s*=\s*(?P<label>.+?)\s*(?:,\s*\w+\s*=.*)?$")
_FONT = re.compile(r"\\(?:text\w\w|\w\wseries|\w\wshape|protect|bf|it)\b|[{}]")
_SECTION = re.compile(r"\\the(?:sub){0,2}section\b")
_SHORT = re.compile(r"^(?P<before>\(?)(?P<kind>a|A|i|I|1)(?P<after>[).]{0,2})$")
_SHORT_KINDS = {"a": "alph", "A": "Alph", "i": "roman", "I": "Roman", "1": "arabic"}


def printed(lines: Sequence[Line]) -> tuple[list[Line], list[tuple[Line, str]]]:
    """The lines of a LaTeX file's body as printed, and what it includes, each with its line."""
    bare = expanded([_without_comment(line) for line in lines])
    begin = next((k for k, line in enumerate(bare) if r"\begin{document}" in line.text), -1)
    end = next((k for k, line in enumerate(bare) if r"\end{document}" in line.text), len(bare))
    body = bare[begin + 1 : end]
    included = [
        (line, found[1].strip()) for line in body for found in _INCLUDED.finditer(line.text)
    ]
    return list(_numbered(body)), included


def _without_comment(line: Line) -> Line:
    """The line without its comment and without the rules of tables."""
    if "%" not in line.text and "rule" not in line.text and "line" not in line.text:
        return line
    return Line(_RULE.sub("", _COMMENT.sub("", line.text)), line.place)


def _numbered(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines with labels in place of the commands that count."""
    counters = _Counters()
    for line in lines:
        is_plain = "\\" not in line.text
        text = line.text if is_plain else _STEP.sub(counters.step, line.text)
        yield line if text is line.text else Line(text, line.place)


class _Counters:
    """The lists that are open, with what counts their items, and the counters of an exam."""

    def __init__(self) -> None:
        self._lists: list[Callable[[int], str] | None] = []
        self._counts: list[int] = []
        self._exam = {"questions": 0, "parts": 0, "subparts": 0}
        self._is_exam = False
        self._sections: list[int] = []

    def step(self, found: re.Match[str]) -> str:
        """What stands in place of a command."""
        if found["list"] and len(self._lists) < MAX_OPEN_LISTS:
            self._lists.append(self._style(found["list"], found["options"] or ""))
            self._counts.append(0)
        elif found["end"] and self._lists:
            self._lists.pop()
            self._counts.pop()
        elif found["section"]:
            return f"{found.group()}{self._section(found)}"
        elif found["exam"]:
            self._is_exam = True
            self._exam[found["exam"]] *= found["exam"] == "questions"
        elif found["step"]:
            return self._exam_label(found)
        elif found.group() == r"\item" and self._lists and (style := self._lists[-1]) is not None:
            self._counts[-1] += 1
            return style(self._counts[-1])
        return found.group() if found.group().startswith(r"\item") else ""

    def _section(self, found: re.Match[str]) -> str:
        """The number that LaTeX prints before a title, where the title has none of its own."""
        depth = found["section"].count("sub")
        counts = [*self._sections, 0, 0, 0][: depth + 1]
        self._sections = [*counts[:-1], counts[-1] + 1]
        has_own = read_label(found.string[found.end() : found.end() + MAX_TITLE]) is not None
        return "" if has_own else f"{self._number()} "

    def _number(self) -> str:
        return ".".join(map(str, self._sections))

    def _exam_label(self, found: re.Match[str]) -> str:
        if not self._is_exam:
            return found.group()
        name = f"{found['step']}s"
        self._exam[name] += 1
        count = self._exam[name]
        if name == "questions":
            return f"Question {count}. "
        return (
            f"({_counted('alph', count)}) " if name == "parts" else f"{_counted('roman', count)}. "
        )

    def _style(self, kind: str, options: str) -> Callable[[int], str] | None:
        """How the items of a list are labelled, or None where they are not counted."""
        if kind in ("itemize", "description"):
            return None
        told = _LABEL.search(options)
        short = _SHORT.match(options.strip())
        if told is not None:
            return self._told(options)
        if short is not None:
            kind = _SHORT_KINDS[short["kind"]]
            return lambda count: f"{short['before']}{_counted(kind, count)}{short['after'] or '.'}"
        if sum(style is not None for style in self._lists):  # LaTeX letters the lists in a list
            return lambda count: f"({_counted('alph', count)})"
        return lambda count: f"{count}."

    def _told(self, options: str) -> Callable[[int], str]:
        r"""How items are labelled that have a label of their own: `\thesection.\alph*)`."""
        option = _LABEL_OPTION.search(options)
        label = _SECTION.sub(self._number(), option["label"] if option else options)
        before, kind, after = _LABEL.split(_FONT.sub("", label), 1)
        end = after.strip() or ("" if "." in before else ".")
        return lambda count: f"{before.strip()}{_counted(kind, count)}{end} "


def _counted(kind: str, count: int) -> str:
    """A number as one of LaTeX's counters prints it; beyond what it has, in digits."""
    signs: Sequence[str] = {
        "alph": ascii_lowercase,
        "Alph": ascii_uppercase,
        "roman": [*ROMAN],
        "Roman": [sign.upper() for sign in ROMAN],
        "arabic": "",
    }[kind]
    return signs[count - 1] if 0 < count <= len(signs) else str(count)
