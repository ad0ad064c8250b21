"""The few names that authors and tools use, and nothing else."""

import grader


def test_the_front_door_offers_these_names():
    assert grader.__all__ == ["GraderError", "Solution", "Verdict", "Walls", "__version__"]
    assert grader.__all__ == sorted(grader.__all__)
    assert all(getattr(grader, name) is not None for name in grader.__all__)
    assert set(grader.__all__) <= set(dir(grader))


def test_another_name_is_no_attribute():
    assert not hasattr(grader, "settings")
