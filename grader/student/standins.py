"""Stands in for packages that are not here: refused when they are used, or supplied where trivial.

`six`, `past` and `future` only rename what Python 3 has, and `tqdm` only counts: for these the
plain thing is given, with a remark. Knows nothing of files.
"""

import builtins
import functools
import itertools
import operator
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType, ModuleType
from typing import Any, Self

PYTHON_2: dict[str, Any] = {
    "xrange": range,
    "unicode": str,
    "basestring": str,
    "long": int,
    "unichr": chr,
    "reduce": functools.reduce,
}
"""Names that Python 2 had built in, with what Python 3 has in their place."""

ITERTOOLS_2: dict[str, Any] = {
    "izip": zip,
    "imap": map,
    "ifilter": filter,
    "izip_longest": itertools.zip_longest,
}
_HARMLESS = frozenset(
    {"jit", "njit", "script", "compile", "function", "no_grad", "inference_mode", "enable_grad"}
    | {"profile", "typechecked", "beartype", "jaxtyped"}
)
"""Decorators that change how fast a function runs or what is recorded, not what it returns."""


class ImportRefusedError(ModuleNotFoundError):
    """A package that the part does not allow is imported or used; the text is the sentence."""


class StandIn:
    """What an import of a package gives that the part does not allow.

    While the file loads everything may be done with it that stands at the top of files
    (attributes, calls, decorators, base classes, annotations); later each use is refused.
    """

    def __init__(
        self, sentence: str, name: str, is_loading: Callable[[], bool], attribute: str = ""
    ) -> None:
        self._sentence, self._name, self._is_loading = sentence, name, is_loading
        self._attribute = attribute

    def _more(self, attribute: str = "") -> "StandIn":
        if not self._is_loading():
            raise ImportRefusedError(self._sentence, name=self._name)
        return StandIn(self._sentence, self._name, self._is_loading, attribute)

    def __getattr__(self, name: str) -> "StandIn":
        if name.startswith("__"):
            raise AttributeError(name)
        return self._more(name)

    def __call__(self, *values: Any, **named: Any) -> Any:
        """Go on while the file loads; a function that is decorated in vain stays itself."""
        is_harmless = self._attribute in _HARMLESS and not named
        if is_harmless and len(values) == 1 and isinstance(values[0], FunctionType):
            return values[0]
        return self._more(self._attribute)

    def __getitem__(self, key: Any) -> "StandIn":
        del key
        return self._more()

    __or__ = __ror__ = __getitem__

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        del bases
        self._more()
        return ()


class _Shim(ModuleType):
    """A module of plain things; what it does not have is refused with the sentence."""

    def __init__(self, name: str, contents: Mapping[str, Any], sentence: str) -> None:
        super().__init__(name)
        self.__dict__.update(contents)
        self.__path__: list[str] = []
        self._sentence = sentence

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise ImportRefusedError(self._sentence, name=self.__name__)


def shim(name: str, wanted: Iterable[str], sentence: str) -> ModuleType | None:
    """A plain module in place of one that is not here, if all wanted names are trivial.

    Args:
        name: as imported, with dots.
        wanted: the names that are imported from it; without any, the package itself is.
        sentence: refuses what is used later and is not there.
    """
    top = name.partition(".")[0]
    contents = _MODULES.get(name, {})
    is_known = name in _MODULES and all(one in contents or one == "*" for one in wanted)
    if not is_known:
        return None
    made = {
        full: _Shim(full, held, sentence) for full, held in _MODULES.items() if _is_in(full, top)
    }
    for full, module in made.items():
        above, _, last = full.rpartition(".")
        if above:
            setattr(made[above], last, module)
    return made[name] if wanted else made[top]


def shim_remark(top: str) -> str:
    """What to say of a package in whose place a plain module was given."""
    if top == "tqdm":
        return "tqdm is not here; its bars were left out"
    return f"{top} is not here; what Python 3 has in its place was used, and no import is needed"


def _is_in(name: str, top: str) -> bool:
    return name == top or name.startswith(f"{top}.")


class _Bar:
    """Counts nothing and shows nothing; iterates over what it was given."""

    def __init__(self, iterable: Iterable[Any] = (), *values: Any, **named: Any) -> None:
        del values, named
        self._iterable = iterable

    def __iter__(self) -> Any:
        return iter(self._iterable)

    def __len__(self) -> int:
        return len(self._iterable)  # type: ignore[arg-type]  # raises as its own would

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def _nothing(self, *values: Any, **named: Any) -> None:
        """Bars are told many things; none matters here."""

    update = close = refresh = set_postfix = set_description = set_postfix_str = _nothing
    set_description_str = reset = clear = _nothing

    @staticmethod
    def write(*values: Any, **named: Any) -> None:
        """Show no line above the bar either."""


def _bars(*values: int, **named: Any) -> _Bar:
    del named
    return _Bar(range(*values))


def _old_div(a: Any, b: Any) -> Any:
    """Division as Python 2 had it: whole numbers give a whole number."""
    is_whole = isinstance(a, int) and isinstance(b, int)
    return a // b if is_whole else a / b


def _with_metaclass(meta: type, *bases: type) -> Any:
    return meta("temporary", bases, {})


def _same(value: Any) -> Any:
    return value


_BUILTINS = {
    name: getattr(builtins, name)
    for name in (
        *("range", "zip", "map", "filter", "input", "int", "str", "bytes", "dict", "list"),
        *("object", "super", "round", "pow", "open", "chr", "max", "min"),
    )
}
_ITERATING = {
    "iteritems": lambda d, **named: iter(d.items(**named)),
    "itervalues": lambda d, **named: iter(d.values(**named)),
    "iterkeys": lambda d, **named: iter(d.keys(**named)),
    "with_metaclass": _with_metaclass,
    "python_2_unicode_compatible": _same,
    "string_types": (str,),
    "text_type": str,
    "PY2": False,
    "PY3": True,
}
_TQDM = {"tqdm": _Bar, "trange": _bars, "tqdm_notebook": _Bar, "tnrange": _bars}
_MODULES: dict[str, dict[str, Any]] = {
    "six": {
        **_ITERATING,
        "integer_types": (int,),
        "class_types": (type,),
        "binary_type": bytes,
        "PY34": True,
        "callable": callable,
        "next": next,
        "add_metaclass": lambda meta: lambda cls: meta(cls.__name__, cls.__bases__, {**vars(cls)}),
    },
    "six.moves": {**_BUILTINS, **PYTHON_2, "zip_longest": itertools.zip_longest},
    "past": {},
    "past.builtins": {**_BUILTINS, **PYTHON_2},
    "past.utils": {"old_div": _old_div},
    "future": {},
    "future.builtins": _BUILTINS,
    "future.utils": {
        **_ITERATING,
        "viewitems": operator.methodcaller("items"),
        "old_div": _old_div,
    },
    "future.standard_library": {"install_aliases": lambda: None, "install_hooks": lambda: None},
    **dict.fromkeys(("tqdm", "tqdm.auto", "tqdm.notebook", "tqdm.std", "tqdm.autonotebook"), _TQDM),
}
