"""The schema, as named steps that are applied in order; each commits with its record or not at all.

A step that was released is never edited: a change of the schema is a new step at the end.
docs/gradebook.md describes the outcome.
"""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import GradebookError

_RECORD = """
CREATE TABLE IF NOT EXISTS migration (
  name TEXT PRIMARY KEY,
  applied_at TEXT NOT NULL
)"""

_ATTEMPTS = (
    """
CREATE TABLE attempt (
  id INTEGER PRIMARY KEY,
  student TEXT NOT NULL,
  assignment TEXT NOT NULL,
  is_graded INTEGER NOT NULL,
  is_complete INTEGER NOT NULL,
  trouble TEXT NOT NULL,
  set_aside TEXT NOT NULL,
  marks REAL NOT NULL,
  out_of REAL NOT NULL,
  pending REAL NOT NULL,
  marks_exact TEXT NOT NULL,
  out_of_exact TEXT NOT NULL,
  pending_exact TEXT NOT NULL,
  graded_at TEXT NOT NULL,
  submitted_at TEXT NOT NULL,
  late_s INTEGER,
  seconds REAL NOT NULL,
  grader TEXT NOT NULL,
  walls TEXT NOT NULL,
  seed INTEGER NOT NULL,
  submission_digest TEXT NOT NULL,
  engine_digest TEXT NOT NULL,
  assignment_digest TEXT NOT NULL
)""",
    """
CREATE TABLE record (
  attempt INTEGER PRIMARY KEY REFERENCES attempt (id),
  data BLOB NOT NULL
)""",
    "CREATE INDEX attempt_of ON attempt (assignment, student, id)",
    """
CREATE TABLE attempt_problem (
  attempt INTEGER NOT NULL REFERENCES attempt (id),
  slug TEXT NOT NULL,
  problem_digest TEXT NOT NULL,
  solution_digest TEXT NOT NULL,
  PRIMARY KEY (attempt, slug)
) WITHOUT ROWID""",
    """
CREATE TABLE part_result (
  attempt INTEGER NOT NULL REFERENCES attempt (id),
  position INTEGER NOT NULL,
  part TEXT NOT NULL,
  number TEXT NOT NULL,
  title TEXT NOT NULL,
  verdict TEXT NOT NULL,
  marks REAL NOT NULL,
  out_of REAL NOT NULL,
  pending REAL NOT NULL,
  marks_exact TEXT NOT NULL,
  out_of_exact TEXT NOT NULL,
  pending_exact TEXT NOT NULL,
  sentence TEXT NOT NULL,
  PRIMARY KEY (attempt, position)
) WITHOUT ROWID""",
    """
CREATE TABLE test_result (
  attempt INTEGER NOT NULL REFERENCES attempt (id),
  position INTEGER NOT NULL,
  part TEXT NOT NULL,
  test TEXT NOT NULL,
  is_public INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  reason TEXT NOT NULL,
  marks REAL NOT NULL,
  out_of REAL NOT NULL,
  cases INTEGER NOT NULL,
  cases_passed INTEGER NOT NULL,
  PRIMARY KEY (attempt, position)
) WITHOUT ROWID""",
    """
CREATE TABLE misconception (
  attempt INTEGER NOT NULL REFERENCES attempt (id),
  part TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (attempt, part, name)
) WITHOUT ROWID""",
    """
CREATE TABLE remark (
  attempt INTEGER NOT NULL REFERENCES attempt (id),
  part TEXT NOT NULL,
  sentence TEXT NOT NULL,
  PRIMARY KEY (attempt, part, sentence)
) WITHOUT ROWID""",
)
_OVERRIDES = (
    """
CREATE TABLE override (
  id INTEGER PRIMARY KEY,
  student TEXT NOT NULL,
  assignment TEXT NOT NULL,
  part TEXT NOT NULL,
  marks REAL,
  marks_exact TEXT,
  person TEXT NOT NULL,
  reason TEXT NOT NULL,
  at TEXT NOT NULL
)""",
    "CREATE INDEX override_of ON override (assignment, student, part, id)",
    """
CREATE VIEW current_override AS
SELECT * FROM override AS mine
WHERE marks IS NOT NULL AND id = (
  SELECT max(id) FROM override AS other
  WHERE other.student = mine.student AND other.assignment = mine.assignment
    AND other.part = mine.part
)""",
)
_CURRENT = (
    """
CREATE VIEW chosen_attempt AS
SELECT 'latest' AS counting, student, assignment, max(id) AS attempt FROM attempt
WHERE is_graded AND set_aside = ''
GROUP BY student, assignment
UNION ALL
SELECT 'best', student, assignment, attempt FROM (
  SELECT student, assignment, id AS attempt, row_number() OVER (
    PARTITION BY student, assignment ORDER BY marks DESC, id DESC
  ) AS place FROM attempt WHERE is_graded AND set_aside = ''
) WHERE place = 1""",
    """
CREATE VIEW chosen_part AS
SELECT chosen.counting, chosen.student, chosen.assignment, chosen.attempt,
  p.position, p.part, p.number, p.title, p.verdict,
  coalesce(o.marks, p.marks) AS marks, p.out_of,
  CASE WHEN o.id IS NULL THEN p.pending ELSE 0 END AS pending,
  coalesce(o.marks_exact, p.marks_exact) AS marks_exact, p.out_of_exact,
  CASE WHEN o.id IS NULL THEN p.pending_exact ELSE '0' END AS pending_exact,
  p.sentence, o.person AS override_person, o.reason AS override_reason, o.at AS override_at
FROM chosen_attempt AS chosen
JOIN part_result AS p ON p.attempt = chosen.attempt
LEFT JOIN current_override AS o
  ON o.student = chosen.student AND o.assignment = chosen.assignment AND o.part = p.part""",
    """
CREATE VIEW current_mark AS
SELECT student, assignment, attempt, round(sum(marks), 2) AS marks,
  round(sum(out_of), 2) AS out_of, round(sum(pending), 2) AS pending,
  sum(override_person IS NOT NULL) AS overrides
FROM chosen_part WHERE counting = 'latest' GROUP BY student, assignment""",
)
_TIMES = ("ALTER TABLE test_result ADD COLUMN cpu_s REAL",)
_PLATFORM = (
    "ALTER TABLE attempt ADD COLUMN is_late INTEGER NOT NULL DEFAULT 0",
    "UPDATE attempt SET is_late = 1 WHERE late_s = 1",  # so was kept what a platform alone said
)
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("attempts", _ATTEMPTS),
    ("overrides", _OVERRIDES),
    ("current marks", _CURRENT),
    ("times of tests", _TIMES),
    ("late by the platform", _PLATFORM),
)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a gradebook to the newest schema; `connection` must not open transactions by itself.

    Raises:
        GradebookError: the file is another program's, or a newer grader's.
    """
    applied = _applied(connection, path)
    for name, statements in STEPS:
        if name not in applied:
            _apply(connection, name, statements)


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is not of the newest schema, where it is only read.

    Raises:
        GradebookError: the file is another program's, or another grader's.
    """
    if len(_applied(connection, path)) < len(STEPS):
        raise GradebookError(
            f"{path}: is empty or an older grader's; grade the class once more, which brings it up"
            " to date"
        )


def _applied(connection: sqlite3.Connection, path: Path) -> set[str]:
    """The steps that the file has, after checking that it is ours to change."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    if "migration" not in tables:
        if tables:
            raise GradebookError(
                f"{path}: found an SQLite file of something else (it has {min(tables)!r});"
                " wanted a gradebook; name another file with --book"
            )
        return set()
    applied = {row[0] for row in connection.execute("SELECT name FROM migration")}
    newer = applied - {name for name, _ in STEPS}
    if newer:
        raise GradebookError(
            f"{path}: was written by a newer grader (it has the step {min(newer)!r});"
            " upgrade the grader"
        )
    return applied


def _apply(connection: sqlite3.Connection, name: str, statements: tuple[str, ...]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(_RECORD)
        for statement in statements:
            connection.execute(statement)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        connection.execute("INSERT INTO migration VALUES (?, ?)", (name, now))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
