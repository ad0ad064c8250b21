"""The gradebook: one SQLite file that holds every attempt, a person's overrides, current marks.

Stores and gives back; never grades, renders or prints. Only this room knows sqlite3 and the schema,
which docs/gradebook.md describes for other tools.
"""

from grader.gradebook.book import Gradebook
from grader.gradebook.counts import (
    count_misconceptions,
    count_parts,
    count_remarks,
    count_tests,
)
from grader.gradebook.export import as_csv, as_json
from grader.gradebook.filled import Filled, read_filled
from grader.gradebook.lateness import lateness
from grader.gradebook.records import (
    Attempt,
    Counted,
    Counting,
    Fingerprint,
    MisconceptionCount,
    Override,
    PartCount,
    PartMark,
    PastAttempt,
    RemarkCount,
    Standing,
    TestCount,
)
from grader.gradebook.rows import now, packed, preview, unpacked
from grader.gradebook.tables import Rows, read_table

__all__ = [
    "Attempt",
    "Counted",
    "Counting",
    "Filled",
    "Fingerprint",
    "Gradebook",
    "MisconceptionCount",
    "Override",
    "PartCount",
    "PartMark",
    "PastAttempt",
    "RemarkCount",
    "Rows",
    "Standing",
    "TestCount",
    "as_csv",
    "as_json",
    "count_misconceptions",
    "count_parts",
    "count_remarks",
    "count_tests",
    "lateness",
    "now",
    "packed",
    "preview",
    "read_filled",
    "read_table",
    "unpacked",
]
