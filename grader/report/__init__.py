"""Reports: one grading, rendered as pages that a student wants to read; and the class page.

`redact` takes out what is hidden, `write_report` writes the pages, `record_json` gives the same as
data, `shown` rounds marks for every place that prints them, `rendered` sets a statement as HTML.
The room knows records only: nothing of running, comparing or storing.
"""

from grader.report.marks import shown
from grader.report.plain import record_json
from grader.report.redact import redact
from grader.report.statements import rendered
from grader.report.writing import write_report

__all__ = ["record_json", "redact", "rendered", "shown", "write_report"]
