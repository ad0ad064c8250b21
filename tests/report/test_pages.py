"""The pages hold what they must, safely, and are written whole."""

import base64
import hashlib
import os
import re
import stat
import subprocess
import sys
from fractions import Fraction as F
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.errors import CourseError, UsageError
from grader.model import LostMark, Reading, Verdict
from grader.report import write_report
from grader.report.words import Words
from grader.student.packing import Scalar
from grader.student.wire import Place
from tests.report import samples
from tests.report.reading import read

PAGES = ("index.html", "batch-norm.html", "mobilenet-parameters.html", "residual-mlp.html")
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>&{{ 7*7 }}{% raw %}"
    "\x1b[31mred\x1b[0m\x00\u202eevil\u2066\ud800" + "</style></pre></code>" + "W" * 300
)


@pytest.fixture(params=PAGES)
def page(request, folder):
    return read(folder / request.param)


def written(tmp_path, **changes):
    report = replace(samples.report(), **changes)
    return write_report(report, problems=samples.problems(), folder=tmp_path / "r").parent


# --- every page ---------------------------------------------------------------------------------


def test_a_page_allows_its_own_style_sheet_and_nothing_else(page):
    policy = page.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"]
    style = page.one("style")
    digest = base64.b64encode(hashlib.sha256("".join(style.children).encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def test_a_page_has_no_script_no_inline_style_and_links_inside_the_report_only(page):
    for node in page.all():
        assert node.name not in {"script", "iframe", "object", "embed", "form", "base", "img"}
        assert not {a for a in node.attributes if a.startswith("on") or a == "style"}
        link = node.attributes.get("href", "#")
        assert re.fullmatch(r"#[\w-]+|#|data:,|[\w-]+\.(html|json)(#[\w-]+)?", link), link


def test_every_link_has_its_target(folder):
    for name in PAGES:
        for link in read(folder / name).all("a"):
            file, _, fragment = link.attributes["href"].partition("#")
            target = folder / (file or name)
            assert target.is_file()
            if fragment:
                read(target).one(id=fragment)


def test_a_page_names_its_language_and_its_parts(page):
    assert page.one("html").attributes["lang"] == "en"
    for landmark in ("main", "header", "footer", "h1"):
        found = [
            n for n in page.all(landmark) if landmark != "header" or "top" in str(n.attributes)
        ]
        assert len(found) == 1


def test_headings_descend_one_level_at_a_time(page):
    levels = [int(n.name[1]) for n in page.all() if re.fullmatch("h[1-6]", n.name)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique(page):
    ids = [node.attributes["id"] for node in page.all() if "id" in node.attributes]
    assert len(ids) == len(set(ids))


def test_every_verdict_has_a_symbol_and_a_word(page):
    rulings = list(page.all("span", class_="ruling"))
    assert rulings
    for ruling in rulings:
        assert ruling.text
        target = ruling.one("use").attributes["href"]
        page.one("symbol", id=target.removeprefix("#"))


# --- the overview -------------------------------------------------------------------------------


def test_the_overview_tells_the_result_at_a_glance(folder):
    page = read(folder / "index.html")
    assert page.one("h1").text == "alice"
    assert page.one("p", class_="total").text == "6.67 of 22 marks"
    assert [li.text for li in page.one("ul", class_="open").all("li")] == [
        "1 needs marking by a person",
        "1 could not be read",
        "1 failed to grade, which is our fault",
    ]
    assert "reduced: Landlock and seccomp held the code in" in page.one("footer").text
    assert "a link that leaves the submission" in page.one("section", class_="notes").text
    assert page.text.index("a link that leaves") < page.text.index("1.1 Why a larger")


def test_the_overview_has_a_line_for_each_part(folder):
    page = read(folder / "index.html")
    rows = [row.text for row in page.all("tr") if row.first("th").attributes["scope"] == "row"]
    assert len(rows) == len(samples.report().parts)
    assert rows[0] == "1.1 Why a larger learning rate works needs marking – of 2"
    assert rows[2] == "1.3 Larger batches passed 1 of 1"


def test_printed_lines_add_up_to_the_printed_total(folder):
    page = read(folder / "index.html")
    total = F(page.one("p", class_="total").first("strong").text)
    lines = [
        row.first("span", class_="score").first("b").text
        for row in page.all("tr")
        if list(row.all("td"))
    ]
    assert sum(F(text) for text in lines if text != "–") == total


# --- a problem ----------------------------------------------------------------------------------


def part(folder, page, anchor):
    return read(folder / page).one("section", id=anchor)


def test_a_function_is_named_with_its_file_and_line(folder):
    answer = part(folder, "batch-norm.html", "part-backward").one("p", class_="function")
    assert answer.text == "bn_backward function batch_norm.py, line 12"


def test_a_formula_stands_as_typed_beside_our_reading(folder):
    typed = part(folder, "batch-norm.html", "part-scale").first("div", class_="typed")
    assert typed.first("pre").text == "alpha * W^T"
    assert typed.one("math").one("mfrac").text == "1 α"
    assert "1/2x was read as (1/2)·x" in typed.text
    assert "answers.yaml, line 4" in typed.text


def test_an_unreadable_formula_shows_where_reading_stopped(folder):
    typed = part(folder, "residual-mlp.html", "part-unread").one("div", class_="typed")
    assert typed.one("mark").text == "("
    assert "a bracket is opened here and never closed" in typed.text


def test_answers_that_stand_on_one_line_say_so_once(tmp_path):
    found = samples.hidden_number()
    one, two, three = found.readings
    readings = (replace(one, place=two.place), two, three)
    problem = replace(samples.report().problems[1], parts=(replace(found, readings=readings),))
    folder = written(tmp_path, problems=(problem,))
    typed = part(folder, "mobilenet-parameters.html", "part-v1").all("div", class_="typed")
    assert [answer.text for answer in typed] == [
        "depthwise 27",
        "pointwise 512 answers.yaml, line 13",
        "total 522 answers.yaml, line 14",
    ]


def test_claims_stand_with_what_was_answered(folder):
    rows = list(part(folder, "batch-norm.html", "part-noise").one("table").all("tr"))
    assert [row.text.split()[-1] for row in rows[1:]] == ["false", "true"]


def test_a_claim_that_lost_marks_says_so_in_its_row(tmp_path):
    lost = (
        LostMark(marks=F(2, 3), sentence="a: no", output="a"),
        LostMark(marks=F(1, 3), sentence="b: not answered", output="b"),
    )
    found = samples.claims()
    found = replace(
        found, marks=F(0), verdict=Verdict.WRONG, readings=found.readings[:1], lost=lost
    )
    problem = replace(samples.report().problems[0], parts=(found,))
    report = replace(samples.report(), problems=(problem,))
    write_report(report, problems=samples.problems(), folder=tmp_path)
    rows = list(part(tmp_path, "batch-norm.html", "part-noise").one("table").all("tr"))
    assert [list(row.all("td"))[-1].text for row in rows[1:]] == ["wrong false", "missing"]


def test_a_text_is_shown_with_its_rubric(folder):
    found = part(folder, "batch-norm.html", "part-why")
    assert "a larger step is stable" in found.one("blockquote").text
    assert "insensitive to the scale" in found.one("div", class_="rubric").text


def test_each_lost_mark_has_its_reason_and_place(folder):
    losses = [
        li.text
        for li in part(folder, "batch-norm.html", "part-backward").all("ul", class_="losses")
    ]
    assert losses == [
        "−0.67 You kept μ and σ² fixed. Both are functions of x, so x reaches y along three paths. "
        "random batches −0.66 dgamma: every element is 4 times what it should be, the batch size "
        "a small batch, written out: dgamma"
    ]


def test_equal_reasons_are_put_together_and_their_marks_added(tmp_path):
    told = tuple(
        LostMark(marks=F(1, 3), sentence="it ended in an error", test=test, output=output)
        for test in ("one", "two", "three")
        for output in ("dx", "dw")
    )
    part_ = replace(samples.wrong_backward(), lost=told, marks=F(2), tests=(), sentence="")
    problem = replace(samples.report().problems[0], parts=(part_,))
    page = read(written(tmp_path, problems=(problem,)) / "batch-norm.html")
    assert [li.text for li in page.one("ul", class_="losses").all("li")] == [
        "−2 it ended in an error one: dx, dw; two: dx, dw; three: dx, dw"
    ]


def failing(*messages, lines=("work.py, line 3, in f: x @ y",)):
    """A part whose tests end each with its message at the same line."""
    one = samples.wrong_backward()
    tests = tuple(
        replace(
            one.tests[1],
            name=f"test {n}",
            verdict=Verdict.RAISED,
            sentence=message,
            traceback=lines,
            outputs=(),
        )
        for n, message in enumerate(messages, 1)
    )
    lost = tuple(LostMark(marks=F(1), sentence=t.sentence, test=t.name) for t in tests)
    return replace(one, sentence=messages[0], tests=tests, lost=lost, marks=F(4 - len(messages)))


def test_one_line_that_fails_in_several_tests_is_one_reason(tmp_path):
    part_ = failing(
        "raised ValueError: shapes (1,2) and (3,2) not aligned",
        "raised ValueError: shapes (4,5) and (2,5) not aligned",
        "raised TypeError: it is None",
    )
    problem = replace(samples.report().problems[0], parts=(part_,))
    page = read(written(tmp_path, problems=(problem,)) / "batch-norm.html")
    assert [li.text for li in page.one("ul", class_="losses").all("li")] == [
        "−2 raised ValueError: shapes (1,2) and (3,2) not aligned test 1; test 2",
        "−1 raised TypeError: it is None test 3",
    ]


def test_a_test_that_only_repeats_its_part_is_not_unfolded(tmp_path):
    said = "ran out of time at line 6 of work.py, `while True: pass`"
    part_ = failing(said, lines=("line 6 of work.py, `while True: pass`",))
    problem = replace(samples.report().problems[0], parts=(part_,))
    page = read(written(tmp_path, problems=(problem,)) / "batch-norm.html")
    assert page.one("div", class_="test").text.startswith("raised test 1 hidden")
    assert page.text.count(said) == 1


def test_marks_that_a_whole_test_lost_are_placed_by_its_name(tmp_path):
    told = (LostMark(marks=F(2), sentence="it ended in an error", test="a batch of one"),)
    part_ = replace(samples.wrong_backward(), lost=told, marks=F(2), sentence="")
    problem = replace(samples.report().problems[0], parts=(part_,))
    page = read(written(tmp_path, problems=(problem,)) / "batch-norm.html")
    assert [li.text for li in page.one("ul", class_="losses").all("li")] == [
        "−2 it ended in an error a batch of one"
    ]


def test_a_public_test_shows_inputs_got_and_expected_with_the_worst_element_marked(folder):
    found = part(folder, "batch-norm.html", "part-backward").first("details", class_="test")
    titles = [figure.first("b").text for figure in found.all("figure", class_="value")]
    assert titles[:5] == ["dy", "x", "gamma", "eps", "Got, which is right"]
    assert titles[5:7] == ["Got", "Expected"]
    worst = [cell.text for cell in found.all("td", class_="worst")]
    assert len(worst) == 2
    assert all("the worst element" in text for text in worst)


def test_error_maps_have_a_text_and_a_legend(folder):
    svg = part(folder, "mobilenet-parameters.html", "part-pool").first("svg", role="img")
    assert svg.attributes["aria-label"] == (
        "Error map of dP, shape 6×6 : One element differs in each 2 × 2 window. "
        "9 of 36 elements differ."
    )
    key = part(folder, "mobilenet-parameters.html", "part-pool").one("figure", class_="map")
    assert key.one("ul", class_="key").text == "agrees 27 far off 9"


def test_the_first_failed_test_is_unfolded_and_a_passed_part_is_folded(folder):
    found = part(folder, "batch-norm.html", "part-backward")
    assert ["open" in t.attributes for t in found.all("details", class_="test")] == [True, False]
    passed = part(folder, "residual-mlp.html", "part-gradient").one("details", class_="tests")
    assert "open" not in passed.attributes


def test_a_test_that_ended_early_says_so_once_with_the_place_and_no_hidden_prints(folder):
    found = part(folder, "residual-mlp.html", "part-raised").first("details", class_="test").text
    assert found.count("ValueError: x was …, not …") == 1
    assert "residual.py, line 41, in forward" in found
    assert "about to raise" not in found


# --- hostile and strange reports ----------------------------------------------------------------


def hostile_report():
    part_ = samples.wrong_backward()
    test = replace(
        part_.tests[0],
        name=HOSTILE,
        sentence=HOSTILE,
        printed=HOSTILE * 400,
        traceback=(HOSTILE,),
        inputs={HOSTILE: Scalar(HOSTILE)},
        remarks=(HOSTILE,),
        outputs=tuple(replace(o, name=HOSTILE, sentence=HOSTILE) for o in part_.tests[0].outputs),
    )
    reading = Reading(
        label=HOSTILE,
        typed=HOSTILE * 400,
        place=Place(file=HOSTILE, line=3),
        read_as=HOSTILE,
        mathml=f"<math><mtext>{HOSTILE}</mtext></math>",
        error=HOSTILE,
        position=10**9,
        warnings=(HOSTILE,),
    )
    part_ = replace(
        part_,
        tests=(test,),
        readings=(reading,),
        sentence=HOSTILE,
        remarks=(HOSTILE,),
        rubric=(HOSTILE,),
        lost=(LostMark(marks=F(4, 3), sentence=HOSTILE, test=HOSTILE, output=HOSTILE),),
    )
    problem = replace(samples.report().problems[0], parts=(part_,), title=HOSTILE)
    return replace(
        samples.report(), student=HOSTILE, title=HOSTILE, problems=(problem,), notes=(HOSTILE,)
    )


def test_hostile_text_comes_out_as_text(tmp_path):
    """Markup, templates, terminal and direction marks, surrogates and length do nothing."""
    folder = write_report(hostile_report(), problems=samples.problems(), folder=tmp_path).parent
    for path in folder.iterdir():
        data = path.read_bytes()
        assert len(data) < 600_000
        assert b"\x1b" not in data
        assert b"\x00" not in data
        assert not set("\u202e\u2066") & set(data.decode())
    for name in ("index.html", "batch-norm.html"):
        page = read(folder / name)
        assert not [
            n for n in page.all() if n.name in {"script", "img"} or "onerror" in n.attributes
        ]
        assert "<script>alert(1)</script>" in page.text
        assert "{{ 7*7 }}" in page.text
        assert "‹U+202E›evil" in page.text


def test_a_problem_that_is_not_known_is_shown_without_its_question(tmp_path):
    folder = write_report(samples.report(), problems=(), folder=tmp_path).parent
    page = read(folder / "batch-norm.html")
    assert not list(page.all("details", class_="statement"))
    assert len(list(page.all("section", class_="part"))) == 4


def test_a_report_without_problems_is_a_page_too(tmp_path):
    page = read(written(tmp_path, problems=()) / "index.html")
    assert page.one("p", class_="total").text == "0 of 0 marks"


def test_a_problem_called_index_keeps_out_of_the_way_of_the_overview(tmp_path):
    problem = replace(samples.report().problems[0], slug="index")
    folder = written(tmp_path, problems=(problem,))
    assert read(folder / "index.html").one("h1").text == "alice"
    assert (folder / "problem-index.html").is_file()


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_can_be_shown(tmp_path, verdict):
    part_ = replace(samples.scaled(), verdict=verdict)
    problem = replace(samples.report().problems[0], parts=(part_,))
    page = read(written(tmp_path, problems=(problem,)) / "batch-norm.html")
    assert page.first("section", class_="part").first("span", class_="ruling").text == verdict.value


# --- a course's own templates and words ---------------------------------------------------------


def with_templates(tmp_path, **files):
    own = tmp_path / "templates"
    own.mkdir()
    for name, text in files.items():
        (own / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return write_report(
        samples.report(), problems=samples.problems(), folder=tmp_path / "r", templates=(own,)
    )


def test_a_course_may_override_a_template_the_style_and_the_words(tmp_path):
    index = with_templates(
        tmp_path,
        part__html="<section class='part'>{{ part.title }}</section>",
        style__css="body { color: #123456 }",
        words__yaml="lang: de\nof: von\nverdicts: {passed: bestanden}\n",
    )
    page = read(index)
    assert page.one("html").attributes["lang"] == "de"
    assert page.one("p", class_="total").text == "6.67 von 22 marks"
    assert page.one("style").text == "body { color: #123456 }"
    assert "bestanden" in page.text
    parts = read(index.with_name("batch-norm.html")).all("section", class_="part")
    assert [p.text for p in parts][2] == "Larger batches"


def test_every_word_is_said_somewhere():
    """A translator is not asked for a text that no page shows."""
    root = Path(__file__).resolve().parents[2]
    sources = [*(root / "templates").glob("*.html"), *(root / "grader/report").glob("*.py")]
    said = "".join(path.read_text(encoding="utf-8") for path in sources)
    assert [n for n in Words.__struct_fields__ if not re.search(rf"\bwords\.{n}\b", said)] == []


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"index__html": "{% if %}"},
            r"index\.html: line 1: Expected an expression, got 'end of statement block'",
        ),
        (
            {"index__html": "one\n{{ page.grade }}"},
            r"index\.html: index\.html, line 2: .*has no attribute 'grade'; docs/report\.md lists",
        ),
        ({"index__html": "{% extends 'none.html' %}"}, r"the template none\.html is missing"),
        (
            {"words__yaml": "verdict_s: x"},
            r"words\.yaml: Object contains unknown field `verdict_s`",
        ),
        (
            {"words__yaml": "line: 'Zeile'"},
            r"words\.yaml: line: found 'Zeile'; wanted 1 places \{\}",
        ),
        ({"words__yaml": "of: '{0.__class__}'"}, r"words\.yaml: of: found .* wanted 0 places"),
        ({"words__yaml": "- a\n"}, r"words\.yaml: Expected `object`, got `array`"),
        ({"words__yaml": "a: [\n"}, r"words\.yaml: while parsing"),
    ],
)
def test_a_broken_template_or_word_is_an_error_with_its_place(tmp_path, files, message):
    with pytest.raises(CourseError, match=message):
        with_templates(tmp_path, **files)


# --- files --------------------------------------------------------------------------------------


def test_files_and_folders_are_for_their_owner_alone_and_none_is_left_half_written(tmp_path):
    old = os.umask(0)
    try:
        index = write_report(
            samples.report(), problems=(), folder=tmp_path / "reports" / "hw" / "alice"
        )
    finally:
        os.umask(old)
    assert sorted(p.name for p in index.parent.iterdir()) == sorted((*PAGES, "report.json"))
    for path in index.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (index.parent, index.parents[1], index.parents[2]):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_can_not_be_made_is_an_error_with_its_path(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match=r"file.*the report"):
        write_report(samples.report(), problems=(), folder=tmp_path / "file")


def times(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def both(tmp_path, report=None):
    write_report(
        report or samples.report(),
        problems=samples.problems(),
        folder=tmp_path / "r",
        cache=tmp_path / "c",
    )
    return times(tmp_path / "r")


def test_a_second_run_over_the_same_grading_writes_nothing(tmp_path):
    assert both(tmp_path) == both(tmp_path)


def test_a_changed_grading_or_file_is_written_anew(tmp_path):
    both(tmp_path)
    both(tmp_path, replace(samples.report(), student="bob"))
    assert read(tmp_path / "r" / "index.html").one("h1").text == "bob"
    (tmp_path / "r" / "index.html").write_text("tampered")
    both(tmp_path, replace(samples.report(), student="bob"))
    assert read(tmp_path / "r" / "index.html").one("h1").text == "bob"


def test_a_cache_that_others_can_write_to_is_not_used(tmp_path):
    """What is kept goes into pages unescaped, so nobody else may have put it there."""
    shared = tmp_path / "c" / "report"
    shared.mkdir(parents=True)
    shared.chmod(0o777)
    both(tmp_path)
    assert not list(shared.iterdir())


def test_a_damaged_cache_is_made_anew(tmp_path):
    both(tmp_path)
    for path in (tmp_path / "c" / "report").iterdir():
        path.write_bytes(b"\xff damaged")
    first = (tmp_path / "r" / "index.html").read_bytes()
    (tmp_path / "r" / "index.html").unlink()
    both(tmp_path)
    assert (tmp_path / "r" / "index.html").read_bytes() == first


IMPORTS = """
import sys
from pathlib import Path
from msgspec.structs import replace
from grader.report import write_report
from tests.report import samples
folder = Path(sys.argv[1])
report = replace(samples.report(), student=sys.argv[2])
write_report(report, problems=samples.problems(), folder=folder / "r", cache=folder / "c")
slow = ("jinja2", "markdown_it", "mdit_py_plugins", "latex2mathml", "yaml", "torch")
print(*(name for name in slow if name in sys.modules))
"""


def test_later_runs_import_only_what_they_need(tmp_path):
    """Rendered statements are kept, and pages that are current are not rendered at all."""

    def imported(student):
        command = [sys.executable, "-c", IMPORTS, str(tmp_path), student]
        root = Path(__file__).resolve().parents[2]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
        return done.stdout.split()

    assert imported("alice") == ["jinja2", "markdown_it", "mdit_py_plugins", "latex2mathml"]
    assert imported("bob") == ["jinja2"]
    assert imported("bob") == []
