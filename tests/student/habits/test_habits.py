"""Whatever a student's habits, what is right earns its marks, and what fails says what to change."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.cli.preparing import prepared
from grader.course import find_course
from grader.grading import Grading, grade
from grader.model import PartResult, Walls
from grader.sandbox import Sandbox
from grader.submission import take_submission
from tests.student.habits import (
    answers,
    code,
    imports,
    last,
    leftovers,
    mixed,
    more,
    notebooks,
    shapes,
)
from tests.student.habits.habit import Habit, write_course

HABITS: dict[str, Habit] = {
    f"{room.__name__.rpartition('.')[2]}: {name}": habit
    for room in (answers, code, imports, last, leftovers, mixed, more, notebooks, shapes)
    for name, habit in room.HABITS.items()
}


@pytest.fixture(scope="module")
def grading(tmp_path_factory: pytest.TempPathFactory) -> Grading:
    root = write_course(tmp_path_factory.mktemp("habits"))
    return prepared(find_course(given=root, near=root), None)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(walls=Walls.NONE) as opened:
        yield opened


def said(part: PartResult) -> str:
    """All that is said of a part, in one text."""
    failures = (test.sentence for test in part.tests)
    return " | ".join((part.sentence, *failures, *(mark.sentence for mark in part.lost)))


@pytest.mark.parametrize("name", HABITS)
def test_a_habit_comes_out_as_pinned(
    name: str, tmp_path: Path, grading: Grading, sandbox: Sandbox
) -> None:
    """The verdict, the sentences and the remarks are those that the habit asks for."""
    habit = HABITS[name]
    habit.write(tmp_path)
    report = grade(take_submission(tmp_path), grading, sandbox)
    part = next(part for part in report.parts if part.number == habit.part)
    heard, remarks = said(part), " | ".join(part.remarks)
    assert part.verdict is habit.verdict, f"{heard} ({remarks})"
    assert [text for text in habit.says if text not in heard] == [], heard
    assert [text for text in habit.remarks if text not in remarks] == [], remarks
    typed = tuple(reading.typed for reading in part.readings)
    assert not habit.readings or typed == habit.readings
