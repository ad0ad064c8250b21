"""YAML as authors write it, decoded strictly into records, with errors that name the place.

Keys are taken as the text typed ("2.10" stays "2.10"). Knows nothing of what the records mean.
"""

import re
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec
import yaml

from grader.errors import CourseError, ProblemError, did_you_mean

T = TypeVar("T")
_UNKNOWN = re.compile(r"Object contains unknown field `([^`]*)`(?: - at `([^`]*)`)?")
_PLACED = re.compile(r"(.*?)(?: - at `([^`]*)`)?", re.DOTALL)
_TEXT_THAT_IS_A_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")  # of a path: a key, or a place in a list
_EXPECTED = re.compile(r"Expected `([^`]*)`.*", re.DOTALL)
# The library's names of types, in an author's words.
_TYPES = {
    "object": "lines of the form `key: value`",
    "array": "a list",
    "str": "a text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
}
# What the parser says of a slip, and what an author does about it.
_YAML_ADVICE = {
    "mapping values are not allowed": "put a text that holds a colon in quotes, and let the keys "
    "of one mapping begin in the same column",
    "did not find expected": "check that the keys of one mapping begin in the same column",
    "found a tab": "indent by spaces",
    "cannot start any token": "indent by spaces, and put a text with signs in quotes",
}

# libyaml is many times faster; the pure loader serves where a build lacks it.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # the base is chosen at run time
    """Takes keys as typed and refuses a key that stands twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:  # noqa: ARG002, FBT001, FBT002  # the library's signature
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "found a list or mapping as a key; wanted text", key_node.start_mark
                )
            if key_node.value in mapping:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key_node.value!r} stands twice", key_node.start_mark
                )
            mapping[key_node.value] = self.construct_object(value_node, deep=True)
        return mapping


# A day or a time stays the text that was typed: what is no such day is told by who wants one.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in pairs if not tag.endswith(":timestamp")]
    for first, pairs in _Base.yaml_implicit_resolvers.items()
}
_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_mapping)


def load_strict(path: Path, into: type[T], *, error: type[CourseError | ProblemError]) -> T:
    """Read a YAML file into a record.

    Raises:
        CourseError, ProblemError: (as `error` says) the file is absent, is not UTF-8, is not YAML,
            or has an unknown key or a value of another type; with file and place.
    """
    return convert_strict(load_yaml(path, error), into, path=path, where="", error=error)


def convert_strict(
    data: Any, into: type[T], *, path: Path, where: str, error: type[CourseError | ProblemError]
) -> T:
    """Turn what stands at `where` in a YAML file into a record; raises as `load_strict`."""
    try:
        return msgspec.convert(data, into)
    except msgspec.ValidationError as invalid:
        message, place = _explained(str(invalid), data, into)
        raise error(path, message, where=".".join(filter(None, (where, place)))) from invalid


def load_yaml(path: Path, error: type[CourseError | ProblemError]) -> Any:
    """Read a YAML file as plain data; raises as `load_strict`."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        near = did_you_mean(path.name, [file.name for file in path.parent.glob("*")])
        raise error(path, f"there is no such file{near}") from None
    except UnicodeDecodeError as strange:
        line = strange.object.count(b"\n", 0, strange.start) + 1
        message = "is not UTF-8 text here; save the file as UTF-8"
        raise error(path, message, where=f"line {line}") from strange
    except OSError as unreadable:
        raise error(path, f"can not be read: {unreadable.strerror}") from unreadable
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # derived from the safe loader
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        said = f"is not valid YAML: {broken.problem}"
        advice = [a for slip, a in _YAML_ADVICE.items() if slip in said]
        raise error(path, "; ".join([said, *advice[:1]]), where=where) from broken
    except yaml.YAMLError as broken:
        raise error(path, f"is not valid YAML: {broken}") from broken


def _explained(message: str, data: Any, into: type) -> tuple[str, str]:
    """The library's complaint in our words, and its place."""
    unknown = _UNKNOWN.fullmatch(message)
    if unknown:
        key, place = unknown.groups()
        known = _keys_at(into, place)
        advice = did_you_mean(key, known) or f"; known keys: {', '.join(known)}"
        return f"unknown key {key!r}{advice}", _where(place)
    placed = _PLACED.fullmatch(message)
    assert placed is not None
    what, place = placed.groups()
    if "missing required field" in what:
        return what.replace("Object missing required field", "missing key"), _where(place)
    choices = _choices(place, into)
    found, steps = _followed(data, into, place)
    said = f"found {found!r}" if found is not None else "found nothing"
    advice = number_advice(found) or _quotes_advice(what, found) or did_you_mean(found, choices)
    return f"{_wanted(what, choices)}, {said}{advice}", _where(steps)


def _wanted(what: str, choices: list[str]) -> str:
    """What should have stood there: "expected a number"."""
    expected = _EXPECTED.fullmatch(what)
    if expected and not choices:
        types = [kind for kind in expected.group(1).split(" | ") if kind != "null"]
        return "expected " + " or ".join(dict.fromkeys(_TYPES.get(kind, kind) for kind in types))
    return f"expected one of {', '.join(choices)}" if choices else what


def _choices(place: str | None, into: type) -> list[str]:
    """The words that a key takes, where it takes a few words alone."""
    key = _where(place).rpartition(".")[2]
    kinds = [field.type for field in msgspec.structs.fields(into) if field.encode_name == key]
    listed = [word for kind in kinds for of in (kind, *get_args(kind)) for word in get_args(of)]
    return [word for word in listed if isinstance(word, str)]


def number_advice(found: Any) -> str:
    """What to write for a number that YAML reads as a text, or ""."""
    if not (isinstance(found, str) and _TEXT_THAT_IS_A_NUMBER.fullmatch(found)):
        return ""
    return f"; YAML reads this as text: write {_with_point(found)}"


def _quotes_advice(what: str, found: Any) -> str:
    """How a number, or a word that YAML reads as one of true and false, becomes a text; or ""."""
    is_plain = isinstance(found, bool | int | float)
    return "; in quotes it is one" if is_plain and what.startswith("Expected `str`") else ""


def _with_point(number: str) -> str:
    """`1e-6` as YAML 1.1 wants a float: with a point and a signed exponent."""
    mantissa, exponent = re.split("[eE]", number)
    mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
    exponent = exponent if exponent[0] in "+-" else f"+{exponent}"
    return f"{mantissa}e{exponent}"


def _where(place: str | None) -> str:
    return (place or "").removeprefix("$").removeprefix(".")


def _followed(data: Any, kind: Any, place: str | None) -> tuple[Any, str]:
    """The value at msgspec's path, and the path with the key that it leaves open.

    `[...]` is a value of a mapping; the first one that does not fit is meant.
    """
    steps = ""
    for name, index in _STEP.findall(place or ""):
        if name:
            kind = _types_of(kind)[name]
            data, steps = data[name], f"{steps}.{name}"
        elif index == "...":
            kind = get_args(kind)[-1]
            key = next(key for key, value in data.items() if not _fits(value, kind))
            data, steps = data[key], f"{steps}.{key}"
        else:
            kind = get_args(kind)[0]
            data, steps = data[int(index)], f"{steps}[{index}]"
    return data, steps


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _keys_at(into: Any, place: str | None) -> list[str]:
    """The keys of the record at a place, in the order in which they are declared."""
    kind = into
    for name, _ in _STEP.findall(place or ""):
        if name:
            kind = _types_of(kind).get(name, kind)
    return list(_types_of(kind))


def _types_of(kind: Any) -> dict[str, Any]:
    """The keys of the record that a type is or holds, with their types."""
    return {field.encode_name: field.type for field in msgspec.structs.fields(_record_in(kind))}


def _record_in(kind: Any) -> Any:
    """The record that a type is, or is a list, mapping or choice of."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    found = [_record_in(inner) for inner in get_args(kind)]
    return next((record for record in found if record is not None), None)
