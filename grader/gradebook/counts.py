"""How a class did, counted by the database: memory does not grow with the class.

Counts; what is worth a look is for others to say.
"""

import math

from grader.gradebook.book import Gradebook
from grader.gradebook.records import (
    Counting,
    MisconceptionCount,
    PartCount,
    RemarkCount,
    TestCount,
)
from grader.gradebook.rows import Row

# x is the share that was earned (where there are no marks, whether it passed), y the marks of
# everything else.
_SUMS = """
  sum(x) AS sx, sum(y) AS sy, sum(x * x) AS sxx, sum(y * y) AS syy, sum(x * y) AS sxy
"""
_PARTS = f"""
SELECT part, min(number) AS number, min(title) AS title, count(x) AS taken,
  count(*) - count(x) AS open, sum(x = 1) AS all_of_it, sum(x = 0) AS none_of_it,
  avg(x) AS share, {_SUMS}
FROM (
  SELECT p.part, p.number, p.title, p.position, a.marks - p.marks AS y,
    CASE WHEN p.out_of = 0 THEN p.verdict = 'passed'
      WHEN p.pending < p.out_of THEN p.marks / p.out_of END AS x
  FROM chosen_attempt JOIN part_result AS p USING (attempt)
  JOIN attempt AS a ON a.id = chosen_attempt.attempt
  WHERE counting = ? AND chosen_attempt.assignment = ?
) GROUP BY part ORDER BY min(position)"""  # noqa: S608  # the sums above, nothing from outside
_TESTS = f"""
SELECT part, test, max(is_public) AS is_public, count(x) AS taken,
  sum(verdict = 'passed') AS passed, avg(x) AS share, avg(cpu_s) AS cpu_s, {_SUMS}
FROM (
  SELECT t.*, a.marks - t.marks AS y,
    CASE WHEN t.out_of = 0 THEN t.verdict = 'passed' ELSE t.marks / t.out_of END AS x
  FROM chosen_attempt JOIN test_result AS t USING (attempt)
  JOIN attempt AS a ON a.id = chosen_attempt.attempt
  WHERE counting = ? AND chosen_attempt.assignment = ?
) GROUP BY part, test ORDER BY min(position)"""  # noqa: S608  # as above

_TIMES = """
SELECT part, sum(cpu_s) AS cpu_s FROM (
  SELECT part, avg(cpu_s) AS cpu_s FROM chosen_attempt JOIN test_result USING (attempt)
  WHERE counting = ? AND assignment = ? GROUP BY part, test
) GROUP BY part"""


def count_parts(
    book: Gradebook, assignment: str, counting: Counting = Counting.LATEST
) -> tuple[PartCount, ...]:
    """How each part went, in the order of the sheet; overrides are left out."""
    times = {row["part"]: row["cpu_s"] for row in book.rows(_TIMES, counting, assignment)}
    return tuple(
        PartCount(
            part=row["part"],
            number=row["number"],
            title=row["title"],
            taken=row["taken"],
            full=row["all_of_it"] or 0,
            nothing=row["none_of_it"] or 0,
            open=row["open"],
            share=row["share"] or 0.0,
            discrimination=_correlation(row),
            cpu_s=times.get(row["part"]),
        )
        for row in book.rows(_PARTS, counting, assignment)
    )


def count_tests(
    book: Gradebook, assignment: str, counting: Counting = Counting.LATEST
) -> tuple[TestCount, ...]:
    """How each test went, in the order of the sheet."""
    numbers = book.columns(assignment, counting)
    return tuple(
        TestCount(
            part=row["part"],
            number=numbers[row["part"]],
            test=row["test"],
            is_public=bool(row["is_public"]),
            taken=row["taken"],
            passed=row["passed"],
            share=row["share"] or 0.0,
            discrimination=_correlation(row),
            cpu_s=row["cpu_s"],
        )
        for row in book.rows(_TESTS, counting, assignment)
    )


def count_misconceptions(
    book: Gradebook, assignment: str, counting: Counting = Counting.LATEST
) -> tuple[MisconceptionCount, ...]:
    """Who shows which misconception, the commonest first, and else in the order of the sheet."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in book.rows(
        "SELECT part, name, student FROM misconception JOIN chosen_part USING (attempt, part)"
        " WHERE counting = ? AND assignment = ? ORDER BY position, name, student",
        counting,
        assignment,
    ):
        found.setdefault((row["part"], row["name"]), []).append(row["student"])
    counts = [
        MisconceptionCount(part=part, name=name, students=tuple(students))
        for (part, name), students in found.items()
    ]
    return tuple(sorted(counts, key=lambda count: -len(count.students)))


def count_remarks(
    book: Gradebook, assignment: str, counting: Counting = Counting.LATEST
) -> tuple[RemarkCount, ...]:
    """Who got which remark, the commonest first."""
    found: dict[str, list[str]] = {}
    for row in book.rows(
        "SELECT DISTINCT sentence, student FROM remark JOIN chosen_attempt USING (attempt)"
        " WHERE counting = ? AND assignment = ? ORDER BY sentence, student",
        counting,
        assignment,
    ):
        found.setdefault(row["sentence"], []).append(row["student"])
    counts = [RemarkCount(sentence=said, students=tuple(who)) for said, who in found.items()]
    return tuple(sorted(counts, key=lambda count: -len(count.students)))


def _correlation(row: Row) -> float | None:
    """Pearson's correlation of x and y from their sums; None where either does not vary."""
    n = row["taken"]
    if not n:
        return None
    across = n * row["sxy"] - row["sx"] * row["sy"]
    spread_x = n * row["sxx"] - row["sx"] ** 2
    spread_y = n * row["syy"] - row["sy"] ** 2
    if min(spread_x, spread_y) <= 1e-9:  # noqa: PLR2004  # rounding noise of the sums
        return None
    return max(-1.0, min(1.0, float(across / math.sqrt(spread_x * spread_y))))
