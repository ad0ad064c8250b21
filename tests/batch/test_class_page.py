"""The class report says how everybody did and whom to look at first, and names nobody if asked."""

import shutil
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from tests import tiny
from tests.batch.classes import run


class _Page(HTMLParser):
    """Links, headings and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.text, self.tags = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attributes)["href"])

    def handle_data(self, data):
        self.text.append(data)


def page(root):
    text = (root / "reports/week-1/class.html").read_text()
    parsed = _Page(text)
    return text, parsed, " ".join(" ".join(parsed.text).split())


@pytest.fixture
def root(template, tmp_path):
    root = tmp_path / "course"
    shutil.copytree(template, root)
    return root


def test_every_student_is_linked_and_every_link_leads_somewhere(template):
    _, parsed, _ = page(template)
    links = {link.partition("#")[0] for link in parsed.links if not link.startswith("#")}
    assert {f"student00{n}/index.html" for n in range(6)} <= links
    assert all((template / "reports/week-1" / link).is_file() for link in links)


def test_it_says_how_parts_and_tests_went(template):
    _, _, text = page(template)
    assert "1.1 The backward pass" in text
    assert "4 of 6" in text
    assert "two examples public" in text
    assert " ms " in text[text.index("Tests Test") :]
    assert "1.1 mean over the batch student001 , student004" in text


GUIDE = """
solution["why"].rubric("Two linear maps make one.")
solution["why"].red_flags("says only that it is better")
"""


def test_whoever_marks_texts_is_told_what_a_good_one_says_and_led_to_each(root):
    with (root / "solutions/affine.py").open("a") as solution:
        solution.write(GUIDE)
    run(root, "submissions", check=0)
    _, parsed, text = page(root)
    assert "1.4 In your words Marked by two affine layers make one" in text
    assert "A good text says Two linear maps make one." in text
    assert "Look out for says only that it is better 5 to mark student000 , student001" in text
    waiting = [link for link in parsed.links if "#part-why" in link]
    assert waiting == [f"student00{n}/affine.html#part-why" for n in (0, 1, 2, 3, 5)]
    student = (root / "reports/week-1/student000/affine.html").read_text()
    assert 'id="part-why"' in student
    assert "Two linear maps" not in student
    run(root, "--anonymous", "submissions", check=0)
    assert "Two linear maps" not in page(root)[2]


def test_a_text_that_a_person_has_marked_waits_no_more(root):
    run(root, "book", "override", "student000", "1.4", "1", "--reason", "good", check=0)
    run(root, "submissions", check=0)
    assert "4 to mark student001 ," in page(root)[2]


def test_it_needs_nothing_from_elsewhere_and_no_script(template):
    text, parsed, _ = page(template)
    assert "script" not in parsed.tags
    assert "http" not in text.replace("http-equiv", "")
    assert "default-src 'none'" in text


def test_without_names_nothing_tells_who_is_who(root):
    (root / "submissions/zoe").symlink_to(root)
    run(root, "--anonymous", "submissions", check=4)
    text, parsed, shown = page(root)
    assert "student00" not in text
    assert "zoe" not in text
    assert [link for link in parsed.links if not link.startswith("#")] == []
    assert "Student 7" in text
    assert " not graded " in shown[shown.index("Look at these first") :]
    assert "names students" not in text


def test_who_is_missing_unread_or_near_is_shown_first(root):
    tiny.hand_in(root, "unread", affine="def affine_backward(dy, x, W:\n")
    (root / "roster").write_text("student000\nzoe\n")
    (root / "submissions/link").symlink_to(root)
    run(root, "--roster", "roster", "submissions", check=4)
    _, parsed, text = page(root)
    assert "Look at these first link not graded: " in text
    assert "unread not read: 1.1" in text
    assert "Handed in nothing zoe" in text
    files = {unquote(link.partition("#")[0]) for link in parsed.links}
    assert [name for name in files if not (root / "reports/week-1" / name).exists()] == []


def test_what_students_write_is_text(root):
    tiny.hand_in(root, "<img src=x onerror=y>", answers=tiny.RIGHT_ANSWERS)
    run(root, "submissions", check=0)
    text, parsed, _ = page(root)
    assert "img" not in parsed.tags
    assert "&lt;img" in text
