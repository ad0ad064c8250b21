"""Runs functions on cases: binds by position, or runs a part's `call`, and packs what comes back.

Every end is data. Knows inputs and answers; no expected values.
"""

import inspect
import random
import sys
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from grader.student.ends import raised, text_of
from grader.student.loading import StudentFiles
from grader.student.objects import ObjectError, as_function
from grader.student.packing import Array, Many, Packed, Value, pack, unpack
from grader.student.printing import Printed
from grader.student.returning import as_plain
from grader.student.signature import Signature
from grader.student.wire import CaseReply, FunctionAnswer, Raised, Returned

_SEED = 20_240_229
_STATE = random.Random(_SEED).getstate()  # noqa: S311  # no secret; to set it is quicker than to seed

_ONE_ELEMENT = (
    "setting an array element with a sequence",
    "only 0-dimensional arrays can be converted",
)
_LENIENT = "an array of one element was taken as a number, as NumPy no longer does"


class CallError(Exception):
    """The call itself could not be made: names the reason and the sentence."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason, self.sentence = reason, sentence


class Function:
    """A student's function, or the names that a part's `call` needs, ready to be called."""

    def __init__(
        self,
        files: StudentFiles,
        answer: FunctionAnswer,
        signature: Signature,
        imports: tuple[str, ...],
    ) -> None:
        self._files, self._answer, self._signature = files, answer, signature
        self._failed: Raised | None = None
        self._remarks: tuple[str, ...] = ()
        self._names: dict[str, object] = {}
        self._by_name: dict[str, int] = {}
        self._imports = frozenset(imports)
        files.is_lenient = False
        self._load(self._wanted)
        if self._failed is not None and _wants_lenience(self._failed):
            files.is_lenient = True
            self._load(self._wanted)
        self._call: CodeType | None = None
        if answer.call:
            self._call = compile(answer.call, "<call>", "exec", dont_inherit=True)

    @property
    def _wanted(self) -> tuple[str, ...]:
        return self._answer.provides or (self._signature.name,)

    def run(self, inputs: tuple[Packed, ...]) -> CaseReply:
        """Call it on one case, with fresh copies of the inputs and a fresh random state."""
        if self._failed is not None:
            return CaseReply(result=self._failed, remarks=self._remarks)
        values = tuple(map(_fresh, inputs))
        _seed()
        with Printed() as printed:
            result = self._result(values)
            if isinstance(result, Raised) and self._misses_a_name(result):
                values = tuple(map(_fresh, inputs))
                result = self._loaded_again((), values, otherwise=result)
            if isinstance(result, Raised) and self._wants_lenience(result):
                self._files.is_lenient = True
                values = tuple(map(_fresh, inputs))
                needed = () if self._files.is_whole else self._wanted
                result = self._loaded_again(needed, values, otherwise=result)
        is_refused = isinstance(result, Raised) and result.reason == "import refused"
        remarks = [*(() if is_refused else self._remarks), *self._changed(inputs, values)]
        if printed.is_out:
            remarks.append("prints while it runs")
        return CaseReply(result=result, remarks=tuple(remarks), printed=printed.shown())

    def _result(self, values: tuple[Value, ...]) -> Returned | Raised:
        try:
            if self._call is not None:
                return Returned(value=self._run_call(self._call, values))
            return Returned(value=self._plain(values))
        except ObjectError as error:
            return Raised(reason="not callable", message=str(error))
        except CallError as error:
            return Raised(reason=error.reason, message=error.sentence)
        except BaseException as error:  # noqa: BLE001  # exits and interrupts end a case, not the child
            return raised(error, self._files.sources)

    def _plain(self, values: tuple[Value, ...]) -> Packed:
        function: Any = self._names[self._signature.name]
        named = {name: values[place] for name, place in self._by_name.items()}
        plain = [x for place, x in enumerate(values) if place not in self._by_name.values()]
        outputs = tuple(variable.name for variable in self._signature.outputs)
        try:
            return pack(as_plain(function(*plain, **named), outputs))
        except TypeError as error:
            if raised(error, self._files.sources).frames:
                raise  # it happened in the student's own lines
            wanted = ", ".join(variable.name for variable in self._signature.inputs)
            name = self._signature.name
            sentence = f"{name}{_takes(function)} can not be called as {name}({wanted})"
            if isinstance(function, type):
                sentence = f"{name} is a class; wanted a function {name}({wanted})"
            if hasattr(function, "cache_info"):
                sentence = (
                    f"{name} remembers its calls (lru_cache), which no array can be; remove that"
                )
            raise CallError("wrong arguments", f"{sentence}: {text_of(error)}"[:600]) from None

    def _run_call(self, code: CodeType, values: tuple[Value, ...]) -> Packed:
        names = {v.name: x for v, x in zip(self._signature.inputs, values, strict=True)}
        space: dict[str, Any] = {**names, **self._names}
        try:
            exec(code, space)  # noqa: S102  # the part's own statements, written by its author
            outputs = [variable.name for variable in self._signature.outputs]
            return Many(tuple(pack(as_plain(space[name], (name,))) for name in outputs))
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            found = raised(error, self._files.sources)
            if found.frames:
                raise  # it happened in the student's own lines
            statement = _statement(error, self._answer.call)
            sentence = f"`{statement}` fails: {type(error).__name__}: {text_of(error)}"
            raise CallError("wrong arguments", sentence) from None

    def _changed(self, inputs: tuple[Packed, ...], values: tuple[Value, ...]) -> list[str]:
        return [
            f"changed its input {variable.name} in place"
            for variable, packed, value in zip(self._signature.inputs, inputs, values, strict=True)
            if isinstance(packed, Array | Many) and not _is_same(value, packed)
        ]

    # --- loading --------------------------------------------------------------------------------

    def _load(self, needed: tuple[str, ...]) -> None:
        """Load what the needed names take, or without names the whole file."""
        files = self._files
        _seed()  # a file may draw numbers while it loads
        with Printed():
            try:
                module = files.load(self._answer.place.file, self._imports, needed)
                self._names = {name: self._provided(module, name) for name in self._wanted}
            except CallError as error:
                self._failed = Raised(reason=error.reason, message=error.sentence)
            except ObjectError as error:
                self._failed = Raised(reason="not callable", message=str(error))
            except BaseException as error:  # noqa: BLE001  # a file may end in any way when it is loaded
                self._failed = self._does_not_load(error)
        unneeded = (
            f"imports {name}, which is not allowed in this part; nothing that ran needed it"
            for name in files.unneeded
        )
        lenient = (_LENIENT,) if files.is_lenient else ()
        self._remarks = (*unneeded, *files.supplied, *lenient, *self._of_parameters())

    def _loaded_again(
        self, needed: tuple[str, ...], values: tuple[Value, ...], *, otherwise: Raised
    ) -> Returned | Raised:
        """The result when the file is loaded in another way; as before where that fails."""
        before = self._names, self._by_name, self._remarks
        self._load(needed)
        if self._failed is None:
            return self._result(values)
        self._names, self._by_name, self._remarks = before
        self._failed = None
        return otherwise

    def _of_parameters(self) -> Iterator[str]:
        """Sets which inputs are given by name, and says where their order is another."""
        self._by_name = {}
        function = self._names.get(self._signature.name)
        wanted = [variable.name for variable in self._signature.inputs]
        if _takes_just(function, wanted):
            return
        taken = _parameters(function)
        for place, name in enumerate(wanted):
            if name in taken and taken[name].kind is inspect.Parameter.KEYWORD_ONLY:
                self._by_name[name] = place
        own = [name for name in taken if name in wanted]
        if not self._by_name and len(own) == len(wanted) and own != wanted:
            yield (
                f"{self._signature.name} takes {', '.join(own)}; the question, and the call, have"
                f" {', '.join(wanted)}"
            )

    def _wants_lenience(self, result: Raised) -> bool:
        return _wants_lenience(result) and not self._files.is_lenient

    def _misses_a_name(self, result: Raised) -> bool:
        """Whether a name is missing that the statements may have made which were left out."""
        is_missing = result.message.startswith("raised NameError") and not self._files.is_whole
        return is_missing and self._files.makes_names(self._answer.place.file)

    def _provided(self, module: object, name: str) -> object:
        file = str(self._answer.place.document)
        if not hasattr(module, name):
            raise CallError("not defined", f"{file} defines no {name} when it is run")
        found: object = getattr(module, name)
        if isinstance(found, type) and not self._answer.call:
            wanted = ", ".join(variable.name for variable in self._signature.inputs)
            made = as_function(found, f"{name} is a class; wanted a function {name}({wanted})")
            if made is not None:
                method, found = made
                self._files.supplied[f"{name} is a class; its {method} was called"] = None
        if not callable(found):
            kind = type(found).__name__[:80]
            sentence = f"{name} in {file} is no function; it is of type {kind}"
            raise CallError("not callable", sentence)
        return found

    def _does_not_load(self, error: BaseException) -> Raised:
        found = raised(error, self._files.sources, reason="does not load")
        if isinstance(error, SyntaxError):
            where = f"line {error.lineno} of {error.filename}"
            message = f"can not be read as Python 3: {error.msg} ({where})"
            return Raised(reason="does not load", message=message)
        if found.reason == "import refused":
            return found
        message = f"{self._answer.place.document} does not load: {found.message}"
        return Raised(reason=found.reason, message=message, frames=found.frames)


def _takes_just(function: Any, names: list[str]) -> bool:
    """Whether it is a plain function of these parameters in this order, which is quick to see."""
    if type(function) is not FunctionType or hasattr(function, "__wrapped__"):
        return False
    code = function.__code__
    is_plain = code.co_kwonlyargcount == 0
    return is_plain and code.co_varnames[: code.co_argcount] == tuple(names)


def _parameters(function: Any) -> Mapping[str, inspect.Parameter]:
    """The parameters of a function, none for what does not tell."""
    try:
        return inspect.signature(function).parameters
    except (ValueError, TypeError):
        return {}


def _wants_lenience(result: Raised) -> bool:
    """Whether NumPy refused an array of one element where it used to take a number."""
    return any(text in result.message for text in _ONE_ELEMENT)


def _takes(function: Any) -> str:
    """The parameters of a function in brackets, or "" for a builtin that does not tell."""
    try:
        return str(inspect.signature(function))
    except (ValueError, TypeError):
        return ""


def _fresh(packed: Packed) -> Value:
    """The value of an input, with arrays that the student may write to."""
    value = unpack(packed)
    return _writable(value)


def _writable(value: Value) -> Value:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple):
        return tuple(map(_writable, value))
    if isinstance(value, dict):
        return {name: _writable(item) for name, item in value.items()}
    return value


def _is_same(value: Value, packed: Packed) -> bool:
    try:
        return pack(value) == packed
    except Exception:  # noqa: BLE001  # whatever the student made of it, it is not the same
        return False


def _seed() -> None:
    """Give each case the same random numbers, so that a submission has one result."""
    random.setstate(_STATE)
    np.random.seed(_SEED)  # noqa: NPY002  # the global generator is the one that students use
    # Of torch's devices the one there is: to seed all kinds takes a hundred times as long.
    generator = getattr(sys.modules.get("torch"), "default_generator", None)
    if generator is not None:
        generator.manual_seed(_SEED)


def _statement(error: BaseException, call: str) -> str:
    """The line of the call in which an exception was raised."""
    tb, line = error.__traceback__, 0
    while tb is not None:
        if tb.tb_frame.f_code.co_filename == "<call>":
            line = tb.tb_lineno
        tb = tb.tb_next
    lines = call.splitlines()
    return lines[line - 1].strip() if 0 < line <= len(lines) else call.strip()
