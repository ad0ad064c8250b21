"""`grade doctor` tells the truth about the walls, and the command that would raise them."""

import json

from tests.cli.test_grade import run


def test_the_doctor_names_the_walls_and_what_they_mean(tmp_path):
    done = run(tmp_path, "doctor", "--json")
    found = json.loads(done.stdout)
    assert found["walls"] in ("full", "reduced", "none")
    assert done.returncode == (0 if found["walls"] == "full" else 1)
    assert bool(found["advice"]) == (found["walls"] != "full")


def test_the_doctor_says_the_same_to_a_person(tmp_path):
    found = json.loads(run(tmp_path, "doctor", "--json").stdout)
    told = run(tmp_path, "doctor").stdout
    assert f"Walls   {found['walls']}: {found['note']}" in told
    assert told.count("Raise   ") == len(found["advice"])
