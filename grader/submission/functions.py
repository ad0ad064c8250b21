"""The functions that a submission defines, by name, as parts need them.

Of each name the plainest definition counts; knows nothing of typed answers, nor of what is right.
"""

import ast
import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator

from grader.model import Assignment, Part
from grader.student.definitions import HIDDEN, STARTER
from grader.student.formats import is_document
from grader.student.wire import Found, Index


def needed_names(part: Part) -> tuple[str, ...]:
    """The names that a function answer must define: the signature's, or those that a call uses."""
    if part.signature is None:
        return ()
    if not part.call:
        return (part.signature.name,)
    tree = ast.parse(part.call)  # the author's own text
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    inputs = {variable.name for variable in part.signature.inputs}
    used = (node.id for node in names if isinstance(node.ctx, ast.Load))
    builtin = {"range", "len", "int", "float", "tuple", "list"}
    return tuple(dict.fromkeys(n for n in used if n not in stored | inputs | builtin))


class Functions:
    """The definitions that an index found, by name; of each name those that are plainest."""

    def __init__(self, index: Index, assignment: Assignment) -> None:
        self.every: dict[str, list[Found]] = defaultdict(list)
        for found in index.found:
            if found.kind == "function":
                self.every[found.key[0]].append(found)
        self.counting = {name: _plainest(found) for name, found in self.every.items()}
        self.known = frozenset(name for n in assignment.numbered for name in needed_names(n.part))

    def files_with_all(self, names: tuple[str, ...]) -> dict[str, list[Found]]:
        """Per file that defines all the names, the definitions of the first name, in order."""
        files = [{found.place.file for found in self.counting.get(name, [])} for name in names]
        common = set.intersection(*files)
        # A write-up often shows what a Python file beside it holds: the file counts.
        common = {file for file in common if not is_document(file)} or common
        return {file: self._in(file, names[0]) for file in sorted(common)}

    def is_empty(self, file: str, names: tuple[str, ...]) -> bool:
        """Whether a file still has the names as the starter does."""
        return all(found.trust == STARTER for name in names for found in self._in(file, name))

    def are_copies(self, names: tuple[str, ...], files: Iterable[str]) -> bool:
        """Whether all files define the names in the same lines, as a notebook and its script do."""
        texts = {tuple(self._in(file, name)[-1].text for name in names) for file in files}
        return len(texts) == 1 and all(all(text) for text in texts)

    def starters(self, names: tuple[str, ...]) -> Iterator[str]:
        """A remark for each place where a name that is answered still stands as it was given."""
        for found in (found for name in names for found in self.every[name]):
            if found.trust == STARTER and found not in self.counting[found.key[0]]:
                yield f"{found.place} still has the starter's {found.key[0]}; it was passed over"

    def nearly(self, names: tuple[str, ...]) -> Iterator[str]:
        """What may be meant by names that are missing: others that are close, or out of reach."""
        for name in names:
            for found in self.every.get(name, [])[:1]:
                if found.trust == HIDDEN:
                    yield (
                        f"{found.place} defines {name} inside {found.text}, where it can not be"
                        " called from; move it out, to the left margin"
                    )
        others = [name for name in self.counting if name not in self.known]
        near = {other for name in names for other in _close(name, others)}
        for other in sorted(near):
            wanted = " or ".join(names)
            place = self.every[other][-1].place
            yield f"{place} defines {other}, which no part asks for; did you mean {wanted}?"

    def _in(self, file: str, name: str) -> list[Found]:
        return [found for found in self.counting[name] if found.place.file == file]


def _plainest(found: list[Found]) -> list[Found]:
    best = min(one.trust for one in found)
    return [one for one in found if one.trust == best and best != HIDDEN]


def _close(name: str, others: list[str]) -> list[str]:
    """The names that are spelled nearly like another, or only differ in case or by a word."""
    plain = {other: other.replace("_", "").lower() for other in others}
    same = [other for other in others if plain[other] == name.replace("_", "").lower()]
    longer = [other for other in others if other.lower().startswith(f"{name.lower()}_")]
    return same or difflib.get_close_matches(name, others, n=1, cutoff=0.8) or longer[:1]
