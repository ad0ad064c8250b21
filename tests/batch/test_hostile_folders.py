"""No submission's folder keeps the others from being found."""

from grader.batch.gather import gather
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
