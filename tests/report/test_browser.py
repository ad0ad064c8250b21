"""The pages in a real browser: Debian's chromium, headless."""

import numpy as np
import pytest
from msgspec.structs import replace

from grader.kit.statements import as_html
from grader.model import NumberedPart
from grader.report import write_report
from grader.student.packing import pack
from tests.report import samples
from tests.report.test_pages import PAGES, hostile_report

LOWEST_CONTRAST = 4.5

UNFOLD = "document.querySelectorAll('details').forEach(d => { d.open = true })"

# The lowest contrast of any text on the page: colours are put over the backgrounds behind them.
CONTRAST = """
() => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return [m[0], m[1], m[2], m[3] ?? 1] }
  const over = (a, b) => a.slice(0, 3).map((v, i) => v * a[3] + b[i] * (1 - a[3])).concat(1)
  const light = c => c.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
  const behind = node => {
    const layers = []
    for (let n = node; n; n = n.parentElement) layers.push(parse(getComputedStyle(n).backgroundColor))
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1])
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  let worst = [99, ''], count = 0
  while (walker.nextNode()) {
    const text = walker.currentNode, node = text.parentElement
    if (!text.data.trim() || !node.checkVisibility() || node.closest('.unseen, .skip, style')) continue
    const style = getComputedStyle(node), ground = behind(node)
    const ink = over(parse(node instanceof SVGElement ? style.fill : style.color), ground)
    const [a, b] = [light(ink), light(ground)].sort((x, y) => y - x)
    const ratio = (a + 0.05) / (b + 0.05)
    count += 1
    if (ratio < worst[0]) worst = [ratio, text.data.trim().slice(0, 40) + ' in ' + node.outerHTML.slice(0, 80)]
  }
  return [...worst, count]
}
"""

# Where the focus is: its place among all elements, whether it can be seen, and its name.
FOCUS = """
() => {
  const node = document.activeElement
  if (!node || node === document.body) return null
  const style = getComputedStyle(node), box = node.getBoundingClientRect()
  return {
    place: [...document.querySelectorAll('*')].indexOf(node),
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1,
    box: box.width > 0 && box.height > 0,
    name: (node.innerText || node.getAttribute('aria-label') || node.getAttribute('href') || '').trim(),
  }
}
"""
STOPS = "a[href], summary, [tabindex='0']"


@pytest.fixture
def show(browser):
    """Open a page with scripts off; remember its requests and console lines."""
    contexts = []

    def opened(path, *, width=1000, scheme="light", scripts=False):
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.seen = []
        page.on("request", lambda request: page.seen.append(request.url))
        page.on("console", lambda line: page.seen.append(line.text))
        page.on("pageerror", lambda error: page.seen.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    write_report(hostile_report(), problems=samples.problems(), folder=folder)
    return folder


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_and_complains_of_nothing(folder, show, name):
    page = show(folder / name, scripts=True)
    page.wait_for_load_state("networkidle")
    assert [seen for seen in page.seen if not seen.startswith("data:")] == [
        (folder / name).as_uri()
    ]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 1000])
def test_a_page_does_not_scroll_sideways(folder, show, name, width):
    page = show(folder / name, width=width)
    page.evaluate(UNFOLD)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_statement_of_a_kit_does_not_scroll_sideways(tmp_path, show):
    problem = samples.problems()[0]
    numbered = tuple(NumberedPart(number=f"1.{n}", part=p) for n, p in enumerate(problem.parts))
    (tmp_path / "statement.html").write_text(as_html(problem, numbered), encoding="utf-8")
    page = show(tmp_path / "statement.html", width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(folder, show, name, scheme):
    page = show(folder / name, scheme=scheme)
    page.evaluate(UNFOLD)
    ratio, where, count = page.evaluate(CONTRAST)
    assert count > 40
    assert ratio >= LOWEST_CONTRAST, where


def test_the_schemes_differ(folder, show):
    grounds = {
        show(folder / "index.html", scheme=scheme).evaluate(
            "getComputedStyle(document.documentElement).backgroundColor"
        )
        for scheme in ("light", "dark")
    }
    assert len(grounds) == 2


@pytest.mark.parametrize("name", ["index.html", "batch-norm.html"])
def test_the_keyboard_goes_through_a_page_in_order(folder, show, name):
    """Every link, summary and scrolling box is reached, in reading order, with a visible ring."""
    page = show(folder / name)
    stops = []
    for _ in range(200):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None or (stops and stop["place"] == stops[0]["place"]):
            break
        stops.append(stop)
    assert stops[0]["name"] == "Skip to the content"
    assert [s["place"] for s in stops] == sorted(s["place"] for s in stops)
    assert all(s["ring"] and s["box"] and s["name"] for s in stops)
    visible = page.locator(STOPS).filter(visible=True).count()
    assert len(stops) == visible


def test_the_skip_link_leads_to_the_content(folder, show):
    page = show(folder / "index.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")


def test_a_summary_unfolds_with_the_keyboard(folder, show):
    page = show(folder / "batch-norm.html")
    statement = page.locator("details.statement")
    statement.locator("summary").focus()
    page.keyboard.press("Enter")
    assert statement.locator(".prose").is_visible()


def test_mathematics_is_set(folder, show):
    page = show(folder / "batch-norm.html")
    page.evaluate(UNFOLD)
    fraction = "document.querySelector('details.statement mfrac')"
    top, bottom = page.evaluate(
        f"[...{fraction}.children].map(part => part.getBoundingClientRect().top)"
    )
    assert top < bottom
    assert page.evaluate("getComputedStyle(document.querySelector('math')).display").endswith(
        "math"
    )


def test_error_maps_are_drawn_to_scale_and_named(folder, show):
    page = show(folder / "mobilenet-parameters.html", width=360)
    page.evaluate(UNFOLD)
    found = page.get_by_role("img", name="One element differs in each 2 × 2 window").first
    box = found.bounding_box()
    assert 60 < box["width"] <= 360
    assert abs(box["width"] - box["height"]) < 2


@pytest.mark.parametrize("width", [360, 1000])
def test_a_wide_array_scrolls_by_itself_and_shows_what_is_worst(tmp_path, show, width):
    values = np.arange(60.0).reshape(2, 30) / 7e4
    part = samples.wrong_backward()
    output = part.tests[0].outputs[1]
    worst = replace(output.comparison, worst=(1, 29))
    output = replace(output, got=pack(values), expected=pack(-values), comparison=worst)
    part = replace(part, tests=(replace(part.tests[0], outputs=(output,)),))
    problem = replace(samples.report().problems[0], parts=(part,))
    report = replace(samples.report(), problems=(problem,))
    write_report(report, problems=samples.problems(), folder=tmp_path)
    page = show(tmp_path / "batch-norm.html", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator(".scroll", has=page.locator(".worst")).first
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth") == (width == 1000)


def test_what_is_folded_is_printed(folder, show):
    page = show(folder / "batch-norm.html")
    statement = page.locator("details.statement .prose")
    assert not statement.is_visible()
    page.emulate_media(media="print")
    assert statement.bounding_box()["height"] > 50
    ratio, where, _ = page.evaluate(CONTRAST)
    assert ratio >= LOWEST_CONTRAST, where


def test_hostile_text_does_nothing_in_a_browser(hostile, show):
    for name in ("index.html", "batch-norm.html"):
        page = show(hostile / name, width=360, scripts=True)
        page.evaluate(UNFOLD)
        assert [s for s in page.seen if not s.startswith("data:")] == [(hostile / name).as_uri()]
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.evaluate("document.scripts.length + document.images.length") == 0
