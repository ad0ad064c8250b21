"""Only mathematics passes the gate, and statements hold only what it lets through."""

import pytest

from grader.report.mathml import MathError, allowed
from grader.report.statements import rendered

HOSTILE = [
    "<math><script>alert(1)</script></math>",
    "<math><mtext><img src='x' onerror='alert(1)'/></mtext></math>",
    "<math><maction actiontype='statusline'><mi>x</mi></maction></math>",
    "<math><annotation-xml encoding='text/html'><b>x</b></annotation-xml></math>",
    "<math><mglyph src='http://example.org/x.png'/></math>",
    "<math xmlns:h='http://www.w3.org/1999/xhtml'><h:script>1</h:script></math>",
    "<!DOCTYPE math [<!ENTITY a 'b'>]><math><mi>&a;</mi></math>",
    "<svg><script>1</script></svg>",
    "<math><mi>x</math>",
    "<math>" + "<mrow>" * 200 + "</mrow>" * 200 + "</math>",
    "<math>" + "<mi>x</mi>" * 100_000 + "</math>",
    "",
    "\ud800",
]


@pytest.mark.parametrize("mathml", HOSTILE)
def test_hostile_mathml_is_refused(mathml):
    with pytest.raises(MathError):
        allowed(mathml)


def test_attributes_that_link_style_or_run_are_dropped():
    found = allowed(
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block" onclick="x()">'
        '<mi href="javascript:alert(1)" style="color:red" class="c" mathvariant="normal">a</mi>'
        '<mo stretchy="tr&quot;ue">+</mo></math>'
    )
    assert found == '<math display="block"><mi mathvariant="normal">a</mi><mo>+</mo></math>'


def test_text_stays_escaped():
    assert allowed("<math><mtext>&lt;script&gt; &amp; x</mtext></math>") == (
        "<math><mtext>&lt;script&gt; &amp; x</mtext></math>"
    )


def test_math_in_a_statement_becomes_mathml():
    html = rendered(r"The mean $\frac{1}{N}\sum_i x_i$ and" "\n\n" r"$$\hat{x} = x - \mu$$")
    assert "<mfrac>" in html
    assert '<math display="block">' in html
    assert "$" not in html


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        r"$\text{<script>alert(1)</script>}$",
        r"$\textcolor{\"><script>alert(1)</script>}{x}$",
        "[x](javascript:alert(1))",
        "![x](http://example.org/x.png)",
    ],
)
def test_nothing_active_comes_out_of_a_statement(source):
    html = rendered(source)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_math_that_can_not_be_set_is_shown_as_its_source():
    assert "<code>\\frac{</code>" in rendered(r"$\frac{$")


def test_headings_stand_below_those_of_the_page_without_gaps():
    html = rendered("# One\n\n#### Two\n\n# Three\n")
    assert [html[i + 1 : i + 3] for i in range(len(html)) if html[i : i + 2] == "<h"] == [
        "h3",
        "h4",
        "h3",
    ]


def test_tables_scroll_in_a_box_of_their_own():
    html = rendered("| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert 'class="scroll"' in html
    assert html.count('<th scope="col">') == 2
