"""Cuts replies to what a report can show, whoever wrote them.

Knows nothing of what was asked.
"""

from msgspec.structs import replace

from grader.student.wire import CaseReply, FormulaReply, Frame, Place, Raised, Returned

MAX_LINES = 40
MAX_REMARKS = 20
_MAX_TEXT, _MAX_REMARK = 4_000, 600


def bounded_case(case: CaseReply) -> CaseReply:
    """The reply of a case, its texts cut."""
    result: Returned | Raised = case.result
    if isinstance(result, Raised):
        result = Raised(
            reason=result.reason[:80],
            message=result.message[:_MAX_TEXT],
            frames=tuple(map(_bounded_frame, result.frames[:MAX_LINES])),
        )
    remarks = tuple(remark[:_MAX_REMARK] for remark in case.remarks[:MAX_REMARKS])
    return CaseReply(result=result, remarks=remarks, printed=case.printed[:_MAX_TEXT])


def bounded_formula(reply: FormulaReply) -> FormulaReply:
    """The reading of a formula, as short."""
    warnings = tuple(warning[:_MAX_TEXT] for warning in reply.warnings[:MAX_LINES])
    position = max(0, reply.position)
    return replace(reply, error=reply.error[:_MAX_TEXT], position=position, warnings=warnings)


def _bounded_frame(one: Frame) -> Frame:
    place = Place(file=one.place.file[:500], line=one.place.line, column=one.place.column)
    return Frame(place=place, function=one.function[:80], source=one.source[:200])
