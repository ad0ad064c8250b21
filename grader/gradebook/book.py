"""The gradebook: stores attempts and overrides, gives back marks, histories and records.

One writer, any number of readers. Speaks SQL on attempts and students; what is counted over a class
stands in `counts`, the schema in `migrations`.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Self

from grader.errors import GradebookError, UsageError
from grader.gradebook.lateness import moved
from grader.gradebook.migrations import check, migrate
from grader.gradebook.opening import connect, lock_writer, speaking
from grader.gradebook.records import (
    Attempt,
    Counted,
    Counting,
    Override,
    PastAttempt,
    Standing,
)
from grader.gradebook.rows import (
    Digests,
    Row,
    attempt_row,
    digests_of,
    fingerprint,
    misconception_rows,
    override_row,
    part_mark,
    part_rows,
    past_attempt,
    problem_rows,
    record_rows,
    remark_rows,
    standing,
    test_rows,
    unpacked,
)
from grader.model import Report

_NOBODY: tuple[str, Iterator[Row]] = ("", iter(()))


class Gradebook:
    """One gradebook file; use it as a context manager.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, *, is_writer: bool = False) -> None:
        """Open for reading, or as the one writer, who also makes the file and its schema.

        Raises:
            GradebookError: there is none, it is damaged, or another run is writing.
        """
        self.path = path
        self._lock = lock_writer(path) if is_writer else -1
        with ExitStack() as undoing, speaking(path):
            undoing.callback(self._unlock)
            self._connection = connect(path, is_writer=is_writer)
            undoing.callback(self._connection.close)
            (migrate if is_writer else check)(self._connection, path)
            undoing.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and let the next writer in."""
        self._connection.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    # --- writing --------------------------------------------------------------------------------

    def store(self, attempt: Attempt) -> int:
        """Store an attempt, all of it or nothing; gives its number."""
        row = attempt_row(attempt)
        with self._writing() as connection:
            number = _insert(connection, "attempt", [row])
            _insert(connection, "attempt_problem", problem_rows(number, attempt.fingerprint))
            _insert(connection, "record", record_rows(number, attempt))
            if attempt.report is not None:
                _insert(connection, "part_result", part_rows(number, attempt.report))
                _insert(connection, "test_result", test_rows(number, attempt.report, attempt.cpu_s))
                _insert(connection, "misconception", misconception_rows(number, attempt.report))
                _insert(connection, "remark", remark_rows(number, attempt.report))
        return number

    def follow_due(
        self, assignment: str, due: datetime | None, said: Mapping[str, bool | None]
    ) -> tuple[str, ...]:
        """Hold students' attempts against the due time of now; gives whom that changes.

        Args:
            said: the students, and whether the platform says now that the newest attempt is late.
        """
        sql = "SELECT id, student, submitted_at, is_late, late_s FROM attempt WHERE assignment = ?"
        found = list(moved(self.rows(f"{sql} ORDER BY id", assignment), due, said))
        if found:
            with self._writing() as connection:
                connection.executemany(
                    "UPDATE attempt SET is_late = ?, late_s = ? WHERE id = ?",
                    [values for _, values in found],
                )
        return tuple(dict.fromkeys(student for student, _ in found))

    def override(self, *overrides: Override) -> None:
        """Set a person's marks, each for one part; they count until replaced or withdrawn.

        Raises:
            UsageError: the gradebook knows no such student or part; none of them is set then.
        """
        self._decide(overrides, is_withdrawn=False)

    def withdraw(self, *overrides: Override) -> None:
        """Let the computed marks count again; who said so and why stays on record."""
        self._decide(overrides, is_withdrawn=True)

    def _decide(self, overrides: tuple[Override, ...], *, is_withdrawn: bool) -> None:
        for override in overrides:
            self._check_known(override)
        rows = [override_row(override, is_withdrawn=is_withdrawn) for override in overrides]
        with self._writing() as connection:
            _insert(connection, "override", rows)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with speaking(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _check_known(self, override: Override) -> None:
        rows = self.rows(
            "SELECT part, part_result.out_of_exact AS out_of FROM part_result JOIN attempt"
            " ON attempt.id = part_result.attempt WHERE student = ? AND assignment = ?"
            " ORDER BY attempt.id, position",
            override.student,
            override.assignment,
        )
        known = {row["part"]: Fraction(row["out_of"]) for row in rows}
        if not known:
            raise UsageError(
                f"{self.path}: {override.student!r} has no graded attempt at"
                f" {override.assignment!r}; `grade book` lists who has"
            )
        if override.part not in known:
            raise UsageError(
                f"{self.path}: there is no part {override.part!r}; wanted one of {', '.join(known)}"
            )
        if not 0 <= override.marks <= known[override.part]:
            raise UsageError(
                f"{override.part}: found {override.marks} marks; wanted 0 to {known[override.part]}"
            )

    # --- reading --------------------------------------------------------------------------------

    def standings(
        self, assignment: str, counting: Counting = Counting.LATEST
    ) -> Iterator[Standing]:
        """Where every student stands, by name; those whom the grader failed have no attempt.

        One after the other, as the file is read: a class may be larger than memory.
        """
        parts = groupby(
            self._each(
                "SELECT * FROM chosen_part WHERE counting = ? AND assignment = ?"
                " ORDER BY student, position",
                counting,
                assignment,
            ),
            key=itemgetter("student"),
        )
        student, mine = next(parts, _NOBODY)
        for row in self._heads(assignment, counting):
            if student != row["student"]:
                yield standing(row)
                continue
            yield standing(row).with_parts(map(part_mark, mine))
            student, mine = next(parts, _NOBODY)

    def _heads(self, assignment: str, counting: Counting) -> Iterator[Row]:
        """What a standing says beside its parts."""
        return self._each(
            "SELECT newest.student, newest.assignment, newest.trouble, chosen.attempt, attempts,"
            " a.graded_at, a.submitted_at, a.late_s, a.seconds"
            " FROM (SELECT student, assignment, max(id) AS id, count(*) AS attempts, trouble"
            "  FROM attempt WHERE assignment = ? GROUP BY student) AS newest"
            " LEFT JOIN chosen_attempt AS chosen ON chosen.counting = ?"
            "  AND chosen.student = newest.student AND chosen.assignment = newest.assignment"
            " LEFT JOIN attempt AS a ON a.id = chosen.attempt ORDER BY newest.student",
            assignment,
            counting,
        )

    def columns(self, assignment: str, counting: Counting = Counting.LATEST) -> dict[str, str]:
        """Per part id its number, in the order of the sheet, over all students."""
        rows = self._each(
            "SELECT part, min(number) AS number FROM chosen_part"
            " WHERE counting = ? AND assignment = ? GROUP BY part ORDER BY min(position)",
            counting,
            assignment,
        )
        return {row["part"]: row["number"] for row in rows}

    def students(self, assignment: str) -> tuple[str, ...]:
        """Everybody who has an attempt, by name."""
        sql = "SELECT DISTINCT student FROM attempt WHERE assignment = ? ORDER BY student"
        return tuple(row["student"] for row in self._each(sql, assignment))

    def history(self, student: str, assignment: str) -> tuple[PastAttempt, ...]:
        """All attempts of one student, oldest first."""
        rows = self.rows(
            "SELECT * FROM attempt WHERE student = ? AND assignment = ? ORDER BY id",
            student,
            assignment,
        )
        return tuple(past_attempt(row, self._problems([row["id"]])[row["id"]]) for row in rows)

    def newest(self, assignment: str) -> dict[str, PastAttempt]:
        """The newest attempt of each student."""
        rows = self.rows(
            "SELECT * FROM attempt WHERE id IN"
            " (SELECT max(id) FROM attempt WHERE assignment = ? GROUP BY student)",
            assignment,
        )
        problems = self._problems([row["id"] for row in rows])
        return {row["student"]: past_attempt(row, problems[row["id"]]) for row in rows}

    def counted(self, assignment: str) -> dict[str, Counted]:
        """The attempt of each student that counts, without anybody's overrides."""
        rows = self.rows(
            "SELECT a.* FROM attempt AS a JOIN chosen_attempt AS chosen ON chosen.attempt = a.id"
            " WHERE counting = 'latest' AND chosen.assignment = ?",
            assignment,
        )
        problems = self._problems([row["id"] for row in rows])
        return {
            row["student"]: Counted(
                attempt=row["id"],
                marks=Fraction(row["marks_exact"]),
                fingerprint=fingerprint(row, problems[row["id"]]),
            )
            for row in rows
        }

    def report(self, attempt: int) -> Report:
        """The full record of an attempt.

        Raises:
            GradebookError: there is none, or it is damaged.
        """
        rows = self.rows("SELECT data FROM record WHERE attempt = ?", attempt)
        if not rows:
            raise GradebookError(f"{self.path}: attempt {attempt} has no record")
        try:
            return unpacked(rows[0]["data"])
        except ValueError as error:
            raise GradebookError(
                f"{self.path}: the record of attempt {attempt} can not be read ({error});"
                " grade the submission again"
            ) from error

    def overrides(self, student: str, assignment: str) -> tuple[Override, ...]:
        """The overrides of one student that count."""
        rows = self.rows(
            "SELECT * FROM current_override WHERE student = ? AND assignment = ? ORDER BY id",
            student,
            assignment,
        )
        return tuple(
            Override(
                student=student,
                assignment=assignment,
                part=row["part"],
                marks=Fraction(row["marks_exact"]),
                by=row["person"],
                reason=row["reason"],
                at=row["at"],
            )
            for row in rows
        )

    def rows(self, sql: str, *values: str | int) -> list[Row]:
        """What a query gives, for the other modules of this room."""
        return list(self._each(sql, *values))

    def _each(self, sql: str, *values: str | int) -> Iterator[Row]:
        with speaking(self.path):
            cursor = self._connection.execute(sql, values)
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield dict(zip(names, row, strict=True))

    def _problems(self, attempts: list[int]) -> dict[int, Digests]:
        """Per attempt the digests of the problems' files; equal ones, as most are, kept once."""
        found: dict[int, list[tuple[str, str, str]]] = {number: [] for number in attempts}
        low, high = min(attempts, default=0), max(attempts, default=-1)
        for row in self._each(
            "SELECT * FROM attempt_problem WHERE attempt BETWEEN ? AND ?", low, high
        ):
            if row["attempt"] in found:
                files = (row["slug"], row["problem_digest"], row["solution_digest"])
                found[row["attempt"]].append(files)
        kept: dict[tuple[tuple[str, str, str], ...], Digests] = {}
        return {
            number: kept.setdefault(tuple(files), digests_of(files))
            for number, files in found.items()
        }


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Row]) -> int:
    """Insert rows of one shape; gives the number of the last one."""
    number = 0
    for row in rows:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  # names of our own
        number = connection.execute(sql, tuple(row.values())).lastrowid or 0
    return number
