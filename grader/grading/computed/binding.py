"""Binds what came back for a case to the outputs that the signature declares.

Knows nothing of expected values.
"""

from itertools import islice

from grader.expected import bind_outputs
from grader.model import Record, Verdict
from grader.sandbox import TestOutcome
from grader.student.packing import Packed, Unusable, Value, unpack
from grader.student.signature import Signature
from grader.student.wire import CaseReply, Raised

_MAX_KEYS, _MAX_KEY = 8, 40
_RAISED_VERDICTS = {"out of memory": Verdict.OUT_OF_MEMORY}


class Bound(Record, frozen=True, kw_only=True):
    """One case's reply, bound to the outputs.

    Attributes:
        values: one per output; empty where the verdict is not PASSED.
        verdict, reason, sentence: what went wrong otherwise.
    """

    values: tuple[Value, ...] = ()
    verdict: Verdict = Verdict.PASSED
    reason: str = ""
    sentence: str = ""


def bind(reply: CaseReply, signature: Signature, layout: str) -> Bound:
    """The values of one case, those under a layout where there are several."""
    if isinstance(reply.result, Raised):
        verdict = _RAISED_VERDICTS.get(reply.result.reason, Verdict.RAISED)
        return Bound(verdict=verdict, reason=reply.result.reason, sentence=reply.result.message)
    values = bind_outputs(reply.result.value, signature)
    if values is None:
        sentence = _miscounted(reply.result.value, signature)
        return Bound(verdict=Verdict.WRONG, reason="number of values", sentence=sentence)
    if layout:
        values = tuple(v.get(layout) if isinstance(v, dict) else v for v in values)
    return Bound(values=values)


def failure(outcome: TestOutcome, bound: tuple[Bound, ...]) -> Bound | None:
    """What kept a test from being compared at all, or None."""
    if outcome.verdict is not Verdict.PASSED:
        return Bound(verdict=outcome.verdict, reason=outcome.reason, sentence=outcome.sentence)
    return next((one for one in bound if one.verdict is not Verdict.PASSED), None)


def _miscounted(packed: Packed, signature: Signature) -> str:
    names = ", ".join(variable.name for variable in signature.outputs)
    count = len(signature.outputs)
    value = unpack(packed)
    if value is None:
        return f"returned None; wanted {count} values: {names} (is a return missing?)"
    if isinstance(value, Unusable):
        return f"returned {value.found}; wanted {count} values: {names}"
    if isinstance(value, dict):
        return f"returned a dict with the keys {_few(value)}; wanted {names}"
    if isinstance(value, tuple):
        return f"returned {len(value)} values; wanted {count}: {names}"
    return f"returned one value; wanted {count}: {names}"


def _few(keys: dict[str, Value]) -> str:
    """As many keys as somebody reads."""
    shown = [
        key if len(key) <= _MAX_KEY else f"{key[:_MAX_KEY]}…" for key in islice(keys, _MAX_KEYS)
    ]
    more = len(keys) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")
