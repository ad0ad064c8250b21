"""Says in a sentence how a call ended that returned nothing, with the student's own frames alone.

Knows nothing of verdicts.
"""

import traceback
from collections.abc import Mapping
from types import ModuleType, TracebackType

from grader.student.standins import ImportRefusedError
from grader.student.trees import source_line
from grader.student.wire import Frame, Place, Raised

MAX_TEXT = 500
MAX_FRAMES = 12

_HINTS = {
    "EOFError": "input() has nothing to read here; take the values from the arguments",
    "FileNotFoundError": "only the files of the submission are here, in the same folders",
    "PermissionError": "an answer can not write files, read others than the submission's, start"
    " processes or use the network",
    "NotImplementedError": "the starter raises this: write the function, and remove the line",
}
_GONE = "is gone since Python 3; write"
_BY_TEXT = {
    "'float' object cannot be interpreted as an integer": "a / b is no whole number; write a // b",
    "no attribute 'has_key'": f"has_key {_GONE} `in`",
    "no attribute 'iteritems'": f"iteritems {_GONE} items",
    "no attribute 'itervalues'": f"itervalues {_GONE} values",
    "operand type(s) for >>: 'builtin_function_or_method'": "`print >>` is Python 2",
    "'map' object is not subscriptable": "map gives no list; write list(map(…))",
    "'zip' object is not subscriptable": "zip gives no list; write list(zip(…))",
    "object of type 'map' has no len()": "map gives no list; write list(map(…))",
    "object of type 'zip' has no len()": "zip gives no list; write list(zip(…))",
    "'dict_keys' object is not subscriptable": "keys() gives no list; write list(d)",
    "'dict_values' object is not subscriptable": "values() gives no list; write list(d.values())",
    "unhashable type: 'numpy.ndarray'": "an array can not be a key, nor kept by lru_cache",
}


def raised(error: BaseException, sources: Mapping[str, bytes], *, reason: str = "") -> Raised:
    """How an exception ended a call.

    Args:
        error: what was raised; its class may be the student's.
        sources: the student's files, which tell frames of ours from theirs.
        reason: used in place of "exception".
    """
    frames = _frames(error.__traceback__, sources)
    kind, text = type(error).__name__[:80], text_of(error)
    where = f" at line {frames[-1].place.line} of {frames[-1].place.file}" if frames else ""
    if isinstance(error, ImportRefusedError):
        return Raised(reason="import refused", message=text, frames=frames)
    if isinstance(error, RecursionError):
        message = f"recursion too deep{where}: the function calls itself without an end"
        return Raised(reason="recursion too deep", message=message, frames=frames)
    if isinstance(error, MemoryError):
        more = f": {text}" if text else ""
        message = f"out of memory{where}{more}"
        return Raised(reason="out of memory", message=message, frames=frames)
    if isinstance(error, SystemExit):
        message = f"ended the program{where} ({kind}); return a value instead"
        return Raised(reason="exited", message=message, frames=frames)
    hint = _hint(error, text, sources)
    said = f"{kind}: {text}" if text else kind
    message = f"raised {said}{where}" + (f"; {hint}" if hint else "")
    return Raised(reason=reason or "exception", message=message, frames=frames)


def _hint(error: BaseException, text: str, sources: Mapping[str, bytes]) -> str:
    """What to do about an exception, where that is known."""
    if isinstance(error, NameError) and getattr(error, "name", "") == "np":
        return "is `import numpy as np` missing?"
    if isinstance(error, AttributeError) and type(error.obj) is ModuleType:
        file = f"{error.obj.__name__}.py"
        if file in {path.rpartition("/")[2] for path in sources}:
            return f"Python has a module of that name; give your {file} another name"
    known = (hint for found, hint in _BY_TEXT.items() if found in text)
    return next(known, _HINTS.get(type(error).__name__, ""))


def text_of(error: BaseException) -> str:
    """The text of an exception, whatever its class does when asked for it."""
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001  # a student's __str__ may raise anything
        return ""
    text = text.encode(errors="replace").decode()  # what is no Unicode can not cross the wire
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


def _frames(tb: TracebackType | None, sources: Mapping[str, bytes]) -> tuple[Frame, ...]:
    """The last frames that are in the student's files, outermost first; a line repeated is one."""
    frames: list[Frame] = []
    for frame, line in traceback.walk_tb(tb):
        file = frame.f_code.co_filename
        if file in sources and not (frames and frames[-1].place == Place(file=file, line=line)):
            place = Place(file=file, line=line)
            source = source_line(sources, file, line)
            frames.append(Frame(place=place, function=frame.f_code.co_name[:80], source=source))
    return tuple(frames[-MAX_FRAMES:])
