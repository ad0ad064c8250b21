"""Archives of strangers: nothing leads out, no link, no bomb, names of any kind."""

import io
import stat
import struct
import unicodedata
import zipfile

import pytest

from grader.errors import SubmissionError
from grader.submission import archive as archives
from grader.submission.archive import Archive

FILE = stat.S_IFREG | 0o644


def opened(*members, **changes):
    """An archive of (name, data) or (name, data, mode)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data, *mode in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = changes.get("method", zipfile.ZIP_DEFLATED)
            info.external_attr = (mode[0] if mode else FILE) << 16
            made.writestr(info, data)
    return Archive(out, place="class.zip")


def contents(archive):
    return {member.name: archive.read(member) for member in archive.members}


def test_files_come_back_by_name():
    found = contents(opened(("alice/a.py", b"1"), ("bob/b.py", b"2"), ("bob/", b"")))
    assert found == {"alice/a.py": b"1", "bob/b.py": b"2"}


@pytest.mark.parametrize(
    "name", ["../a.py", "/etc/passwd", "alice/../../a.py", "..\\a.py", "C:/a.py", "C:\\a.py"]
)
def test_a_name_that_leads_out_is_left_out(name):
    archive = opened((name, b"x"), ("alice/a.py", b"1"))
    assert list(contents(archive)) == ["alice/a.py"]
    assert "leads out of its folder and was left out" in archive.notes.values()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_a_link_or_a_device_is_left_out(kind):
    archive = opened(("alice/a.py", b"/etc/passwd", kind | 0o777))
    assert contents(archive) == {}
    assert "is a link or no regular file" in archive.notes["alice/a.py"]


def test_a_bomb_is_left_out_by_its_ratio():
    archive = opened(("alice/a.py", bytes(8 * 2**20)))
    assert contents(archive) == {}
    assert "8 MiB is too large" in archive.notes["alice/a.py"]


def test_a_bomb_that_lies_about_its_size_is_not_unpacked(monkeypatch):
    """The list says 10 bytes; what comes out is bounded all the same."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.py", bytes(2**20))
    data = bytearray(out.getvalue())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    archive = Archive(io.BytesIO(bytes(data)), place="class.zip")
    with pytest.raises(SubmissionError, match="is damaged"):
        archive.read(archive.members[0])


def test_more_members_than_allowed_are_refused(monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    with pytest.raises(SubmissionError, match="found 4 members; wanted at most 3"):
        opened(*((f"{n}.py", b"") for n in range(4)))


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip at all" * 100])
def test_what_is_no_archive_is_told(data):
    with pytest.raises(SubmissionError, match="can not be opened as a zip archive"):
        Archive(io.BytesIO(data), place="class.zip")


def test_a_damaged_member_is_told_by_name():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.py", b"x" * 1000)
    data = out.getvalue().replace(b"x" * 1000, b"y" * 1000)
    archive = Archive(io.BytesIO(data), place="class.zip")
    with pytest.raises(SubmissionError, match=r"a\.py is damaged"):
        archive.read(archive.members[0])


def made_of(name, *, listed=None):
    """An archive of one file, which its list of members may call something else."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name, b"x = 1")
        made.infolist()[0].filename = name if listed is None else listed
    return out.getvalue()


def moved(data):
    """The archive, whose end says that the list begins one byte further on."""
    (offset,) = struct.unpack("<I", data[-6:-2])
    return data[:-6] + struct.pack("<I", offset + 1) + data[-2:]


@pytest.mark.parametrize(
    "data",
    [made_of("\u00fc.py").replace(b"\xc3\xbc", b"\xff\xff", 1), moved(made_of("a.py"))],
    ids=["a name that is no text", "a place before the start"],
)
def test_lines_that_contradict_each_other_are_told(data):
    """What one student packs must not end the run for the others."""
    archive = Archive(io.BytesIO(data), place="class.zip")
    with pytest.raises(SubmissionError, match="is damaged"):
        archive.read(archive.members[0])


def test_a_member_without_a_name_is_ignored():
    assert contents(Archive(io.BytesIO(made_of("a.py", listed="")), place="class.zip")) == {}


def test_files_that_are_left_out_are_still_somebodys():
    link = ("bob/a.py", b"/etc/passwd", stat.S_IFLNK | 0o777)
    archive = opened(link, ("eve/\u202ea.py", b"x"), ("../out.py", b"x"))
    assert archive.members == ()
    assert archive.names == ("bob/a.py", "eve/\u202ea.py")


def test_other_packings_are_named():
    archive = opened(("a.py", b"x"), method=zipfile.ZIP_LZMA)
    assert "pack it as plain zip" in archive.notes["a.py"]


def test_names_of_any_encoding_and_form_become_one():
    """A decomposed name, and UTF-8 in an archive that does not say so."""
    decomposed = unicodedata.normalize("NFD", "Zoë/é.py")
    assert [m.name for m in opened((decomposed, b"x")).members] == ["Zoë/é.py"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("Zo?/a.py", b"x")
    data = out.getvalue().replace(b"Zo?/a.py", b"Z\xc3\xab/a.py")
    assert [m.name for m in Archive(io.BytesIO(data), place="x").members] == ["Zë/a.py"]


def test_what_systems_leave_in_archives_is_ignored():
    names = ("__MACOSX/alice/._a.py", "alice/.DS_Store", "Thumbs.db", ".git/config")
    archive = opened(*((name, b"x") for name in names), ("alice/a.py", b"1"))
    assert list(contents(archive)) == ["alice/a.py"]
    assert archive.notes == {}
