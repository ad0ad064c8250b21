"""How well other machines protect, told by machines like them: what they lack is taken away here."""

import json
import os
import subprocess

import pytest

from tests import tiny
from tests.sandbox import restricted
from tests.sandbox.restricted import GRADE, LANDLOCK_FILTER


@pytest.fixture
def course(tmp_path):
    root = tiny.write_course(tmp_path / "course")
    tiny.hand_in(root, "right", affine=tiny.RIGHT_FUNCTIONS, answers=tiny.RIGHT_ANSWERS)
    return root


@pytest.fixture
def landlock_filter():
    """A descriptor with the filter that hides Landlock."""
    descriptor = os.memfd_create("filter", 0)
    os.write(descriptor, LANDLOCK_FILTER)
    os.lseek(descriptor, 0, os.SEEK_SET)
    yield descriptor
    os.close(descriptor)


def run(prefix, course, *arguments, descriptors=()):
    done = subprocess.run(
        [*prefix, GRADE, *arguments],
        cwd=course,
        env={**os.environ, "HOME": str(course)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        pass_fds=descriptors,
    )
    assert "Traceback" not in done.stderr
    return done


def works(prefix, *command):
    return subprocess.run([*prefix, *command], capture_output=True, check=False).returncode == 0


@pytest.fixture(autouse=True)
def _can_be_taken_away():
    if not works(restricted.without_namespaces(), "true"):
        pytest.skip("bubblewrap can not take anything away here")


def test_an_ordinary_user_is_told_the_walls_that_there_are(course):
    prefix = restricted.ordinary_user(course)
    inner = (restricted.BUBBLEWRAP, "--unshare-user", "--unshare-pid", "--dev-bind", "/", "/")
    has_namespaces = works(prefix, *inner, "--proc", "/proc", "true")
    doctor = json.loads(run(prefix, course, "doctor", "--json").stdout)
    assert doctor["walls"] == ("full" if has_namespaces else "reduced")
    done = run(prefix, course, "submissions/right", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["walls"], report["marks"]["exact"]) == (doctor["walls"], "11")


def test_walls_are_reduced_where_there_are_no_namespaces(course):
    prefix = restricted.without_namespaces()
    doctor = run(prefix, course, "doctor", "--json")
    found = json.loads(doctor.stdout)
    assert (found["walls"], doctor.returncode) == ("reduced", 1)
    assert any("bubblewrap" in tried for tried in found["tried"])
    assert len(found["advice"]) == 1
    done = run(prefix, course, "submissions/", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["students"][0]["marks"]["exact"] == "11"


def test_the_command_that_the_doctor_prints_raises_the_walls(course):
    if not works(restricted.twice_by_setting(0, 10_000), "true"):
        pytest.skip("the setting can not be changed here")
    done = run(restricted.twice_by_setting(0, 10_000), course, "doctor", "--json").stdout
    before, end = json.JSONDecoder().raw_decode(done)
    after = json.loads(done[end:])
    assert before["walls"] == "reduced"
    assert before["advice"] == [
        "let users make user namespaces: `sudo sysctl -w user.max_user_namespaces=10000`"
    ]
    assert after["walls"] == "full"


def test_a_container_that_masks_proc_is_told_what_to_be_started_with(course):
    found = json.loads(run(restricted.with_masked_proc(), course, "doctor", "--json").stdout)
    assert found["walls"] == "reduced"
    assert any("Can't mount proc" in tried for tried in found["tried"])
    assert "systempaths=unconfined" in found["advice"][0]


def test_a_wish_for_full_walls_is_refused_where_there_are_none(course):
    done = run(restricted.without_namespaces(), course, "--walls", "full", "submissions/right")
    assert done.returncode == 4
    assert "the walls 'full' can not be had here" in done.stderr


def test_without_namespaces_and_landlock_there_are_no_walls(course, landlock_filter):
    prefix = restricted.without_landlock(landlock_filter)
    doctor = run(prefix, course, "doctor", "--json", descriptors=(landlock_filter,))
    found = json.loads(doctor.stdout)
    assert (found["walls"], doctor.returncode) == ("none", 1)
    assert "nothing kept it from reading this machine's files" in found["note"]
    assert any("read the judge's files" in tried for tried in found["tried"])


@pytest.mark.parametrize(("options", "code"), [((), 2), (("--walls", "none"), 0)])
def test_a_class_without_walls_is_graded_only_when_a_person_says_so(
    course, landlock_filter, options, code
):
    prefix = restricted.without_landlock(landlock_filter)
    done = run(prefix, course, *options, "submissions/", descriptors=(landlock_filter,))
    assert done.returncode == code, done.stderr
    assert ("no walls around students' code" in done.stderr) == (not options)
