"""No submission's folder keeps the others from being found."""

import os
from datetime import UTC, datetime

from grader.batch.gather import gather
from grader.submission import moment
from tests.nests import nested


def test_folders_nested_without_an_end_are_found_and_the_others_as_well(tmp_path):
    (tmp_path / "honest").mkdir()
    (tmp_path / "honest" / "a.py").write_text("x = 1", encoding="ascii")
    (tmp_path / "deep").mkdir()
    with nested(tmp_path / "deep"):
        entries = gather([tmp_path], is_class=lambda path: path == tmp_path)
        assert [entry.student for entry in entries] == ["deep", "honest"]
        assert [len(entry.take().sources) for entry in entries] == [0, 1]
        assert entries[1].submitted_at


def test_a_file_of_a_year_that_there_is_not_has_no_time(tmp_path):
    """Disks keep such times, and an archive can set them."""
    far, last_day = 10**12, datetime(9999, 12, 31, tzinfo=UTC).timestamp()
    assert moment(far) is None
    assert moment(-far) is None
    assert moment(last_day) is not None
    for name in ("eve", "ada"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text("x = 1", encoding="ascii")
    os.utime(tmp_path / "eve" / "a.py", (far, far))
    is_kept = (tmp_path / "eve" / "a.py").stat().st_mtime == far
    entries = gather([tmp_path], is_class=lambda path: path == tmp_path)
    assert [entry.student for entry in entries] == ["ada", "eve"]
    assert bool(entries[1].submitted_at) is not is_kept
