"""A roster in any form that platforms and spreadsheets give says who handed in nothing."""

import pytest

from grader.batch.roster import attendance, names_of, read_roster
from grader.errors import UsageError

CLASS = ("Ada Lovelace", "Müller, Jürgen", "bob7")
LISTS = {
    "a list": "Ada Lovelace\nMüller, Jürgen\nbob7\nGhost\n",
    "a list with a heading": "Name\nAda Lovelace\nMüller, Jürgen\nbob7\nGhost\n",
    "a list that begins with who is missing": "Ghost\nada lovelace\nMüller, Jürgen\nbob7\n",
    "semicolons": "Nr;Anmeldename\n1;Ada Lovelace\n2;Müller, Jürgen\n3;bob7\n4;Ghost\n",
    "tabs": "Ada Lovelace\ta@x\nMüller, Jürgen\tj@x\nbob7\tb@x\nGhost\tg@x\n",
    "quotes": 'id,who\n1,Ada Lovelace\n2,"Müller, Jürgen"\n3,bob7\n4,Ghost\n',
    "two columns": "Vorname,Name,Note\nAda,Lovelace,1\nJürgen,Müller,2\nbob7,,3\n,Ghost,4\n",
    "a gradebook of Canvas": (
        "Student,ID\n    Points Possible,\n"
        '"Lovelace, Ada",1\n"Müller, Jürgen",2\nbob7,3\nGhost,4\n"Student, Test",5\n'
    ),
}


def held(tmp_path, data, students=CLASS):
    path = tmp_path / "roster.csv"
    path.write_bytes(data)
    return attendance(path, read_roster(path), {s: names_of(s) for s in students})


@pytest.mark.parametrize("form", LISTS)
def test_who_is_missing_is_found_in_every_form(tmp_path, form):
    found = held(tmp_path, LISTS[form].encode())
    assert found.absent == ("Ghost",)
    assert found.strangers == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_of_spreadsheets_is_read(tmp_path, encoding):
    found = held(tmp_path, LISTS["semicolons"].replace("\n", "\r\n").encode(encoding))
    assert (found.absent, found.strangers) == (("Ghost",), ())


def test_a_platforms_names_and_numbers_are_known(tmp_path):
    """Canvas joins the name and adds a number, Moodle adds one of its own."""
    students = ("lovelaceada_101", "Zoë Grün_202")
    for roster in ('"Lovelace, Ada"\nGrün Zoë\n', "n,id\nAda Lovelace,101\nZoë Grün,5\nGhost,6\n"):
        found = held(tmp_path, roster.encode(), students)
        assert found.strangers == ()
        assert found.absent == ("Ghost",) * ("Ghost" in roster)


def test_who_is_not_on_the_roster_is_told(tmp_path):
    assert held(tmp_path, b"Ada Lovelace\nbob7\n").strangers == ("Müller, Jürgen",)


@pytest.mark.parametrize("data", [b"", b"\n \n"])
def test_an_empty_roster_is_told(tmp_path, data):
    with pytest.raises(UsageError, match="found no student"):
        held(tmp_path, data)


def test_a_roster_of_others_is_told(tmp_path):
    """Else everybody would seem to have handed in nothing."""
    with pytest.raises(UsageError, match=r"names nobody who handed in; .* such as 'Ada Lovelace'"):
        held(tmp_path, b"Name,Mail\nEve,eve@x\n")
